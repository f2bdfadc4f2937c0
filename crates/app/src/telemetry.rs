//! What operators see of rejections and failures: one log line for each, and one counter for each failure.
//!
//! OPERATIONS.md has the table: each 503, its log line, its counter, what to do.

pub mod catalogue;
pub(crate) mod delivery;
pub mod security;

use metrics::counter;
use usher_domain::port::{StoreError, store::UnitError};

use catalogue::{CONTENDED, DEFECTS, OVERLOADED, UNREACHABLE};

/// Logs and counts the error of an operation, once: a rejection at debug, a temporary failure at warn, a defect at error.
pub(crate) fn report(operation: &'static str, error: &impl UnitError) {
    match error.store_error() {
        None => rejected(operation, error.code()),
        Some(error) => failed(operation, error),
    }
}

/// Logs that a request was rejected, which is normal.
pub(crate) fn rejected(operation: &'static str, code: &'static str) {
    tracing::debug!(operation, code, "request rejected");
}

fn failed(operation: &'static str, error: &StoreError) {
    match error {
        StoreError::Overloaded(limit) => overloaded(operation, limit.as_str()),
        StoreError::Unreachable(cause) => {
            counter!(UNREACHABLE).increment(1);
            tracing::warn!(operation, error = cause, "request rejected: the database cannot be reached");
        }
        StoreError::Contended => {
            counter!(CONTENDED).increment(1);
            tracing::warn!(operation, "request rejected: too many changes to the same row");
        }
        StoreError::Conflict(_) | StoreError::Corrupt { .. } | StoreError::Defect(_) => {
            defect(operation, error);
        }
    }
}

/// Logs and counts a wait that ran out.
pub(crate) fn overloaded(operation: &'static str, limit: &'static str) {
    counter!(OVERLOADED, "limit" => limit).increment(1);
    tracing::warn!(operation, limit, "request rejected: overloaded");
}

/// Logs and counts a defect. The request's span carries its id.
pub fn defect(operation: &'static str, error: &dyn std::fmt::Display) {
    counter!(DEFECTS).increment(1);
    tracing::error!(operation, %error, "defect");
}

#[cfg(test)]
mod tests {
    use metrics_util::debugging::{DebugValue, DebuggingRecorder};
    use usher_domain::port::store::{Constraint, WaitLimit};

    use super::*;

    /// The counters that a report of this error increments, with their labels.
    fn counted(error: &StoreError) -> Vec<String> {
        let recorder = DebuggingRecorder::new();
        metrics::with_local_recorder(&recorder, || report("test", error));
        let counters = recorder.snapshotter().snapshot().into_vec().into_iter().map(|(key, _, _, value)| {
            assert_eq!(value, DebugValue::Counter(1));
            let labels: Vec<&str> = key.key().labels().map(metrics::Label::value).collect();
            format!("{}{labels:?}", key.key().name())
        });
        counters.collect()
    }

    /// The table in OPERATIONS.md names these.
    #[test]
    fn each_failure_has_its_counter() {
        let corrupt = StoreError::Corrupt { table: "invitation", column: "roles", id: 7 };
        let table = [
            (StoreError::Overloaded(WaitLimit::Permit), "usher_overloaded_total[\"permit\"]"),
            (StoreError::Overloaded(WaitLimit::BatchQueue), "usher_overloaded_total[\"batch_queue\"]"),
            (StoreError::Overloaded(WaitLimit::Connection), "usher_overloaded_total[\"connection\"]"),
            (StoreError::Overloaded(WaitLimit::Writer), "usher_overloaded_total[\"writer\"]"),
            (StoreError::Unreachable(String::new()), "usher_store_unreachable_total[]"),
            (StoreError::Contended, "usher_store_contended_total[]"),
            (StoreError::defect("a panic"), "usher_defects_total[]"),
            (StoreError::Conflict(Constraint::RandomId), "usher_defects_total[]"),
            (corrupt, "usher_defects_total[]"),
        ];
        for (error, counter) in table {
            assert_eq!(counted(&error), [counter], "{error}");
        }
    }

    #[test]
    fn a_rejection_is_no_failure() {
        let recorder = DebuggingRecorder::new();
        metrics::with_local_recorder(&recorder, || rejected("test", "forbidden"));
        assert!(recorder.snapshotter().snapshot().into_vec().is_empty());
    }
}
