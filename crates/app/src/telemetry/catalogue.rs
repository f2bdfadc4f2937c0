//! Every metric of Usher, with its name, kind and meaning. It is the only list in the code; a test compares OPERATIONS.md and the
//! alert rules with it.

use metrics::{counter, describe_counter, describe_gauge, describe_histogram};

/// A metric as Prometheus sees it.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// The name.
    pub name: &'static str,
    /// The kind.
    pub kind: Kind,
    /// The names of the labels. Each label has few values: none comes from a client.
    pub labels: &'static [&'static str],
    /// The meaning.
    pub meaning: &'static str,
}

/// The kind of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It only grows, from 0 at the start of the process.
    Counter,
    /// The state at the moment of the scrape.
    Gauge,
    /// A distribution.
    Histogram,
}

macro_rules! catalogue {
    ($(#[doc = $meaning:literal] $constant:ident: $kind:ident = $name:literal [$($label:literal),*];)*) => {
        $(#[doc = $meaning] pub const $constant: &str = $name;)*

        /// All metrics.
        pub const METRICS: &[Metric] = &[$(Metric {
            name: $name,
            kind: Kind::$kind,
            labels: &[$($label),*],
            meaning: $meaning,
        }),*];
    };
}

catalogue! {
    /// Requests, by the pattern of their route
    HTTP_REQUESTS: Counter = "usher_http_requests_total" ["dialect", "method", "route", "status"];
    /// Time from the head of a request to its response
    HTTP_DURATION: Histogram = "usher_http_request_duration_seconds" ["dialect", "method", "route"];
    /// Connections that ended with something other than a valid request
    CONNECTION_ERRORS: Counter = "usher_connection_errors_total" [];
    /// Failed logins and refused tokens
    SECURITY_EVENTS: Counter = "usher_security_events_total" ["event", "reason"];
    /// Waits that ran out
    OVERLOADED: Counter = "usher_overloaded_total" ["limit"];
    /// Units that failed because the database could not be reached, was full, or gave up
    UNREACHABLE: Counter = "usher_store_unreachable_total" [];
    /// Units that were given up after too many concurrent changes to one row
    CONTENDED: Counter = "usher_store_contended_total" [];
    /// Bugs in Usher: panics, missing results, impossible states, corrupt rows
    DEFECTS: Counter = "usher_defects_total" [];
    /// Permits in use
    PERMITS_IN_USE: Gauge = "usher_permits_in_use" ["limiter"];
    /// Permits that exist
    PERMITS: Gauge = "usher_permits" ["limiter"];
    /// Connections to the database
    CONNECTIONS: Gauge = "usher_database_connections" ["state"];
    /// Most connections to the database
    MAX_CONNECTIONS: Gauge = "usher_database_connections_max" [];
    /// Requests in batches and in their queues
    BATCH_REQUESTS: Gauge = "usher_batch_requests" ["operation", "state"];
    /// Runners of an operation
    BATCH_RUNNERS: Gauge = "usher_batch_runners" ["operation"];
    /// Deliveries that ended
    DELIVERIES: Counter = "usher_deliveries_total" ["result"];
    /// Mails that a worker could deliver now, counted up to 10,000
    MAIL_DUE: Gauge = "usher_mail_due" [];
    /// How long the oldest of these mails has been due
    MAIL_OLDEST_DUE: Gauge = "usher_mail_oldest_due_seconds" [];
    /// Mails that were given up, counted up to 10,000
    MAIL_DEAD: Gauge = "usher_mail_dead" [];
    /// When this process's worker last looked for mails with success
    WORKER_PROGRESS: Gauge = "usher_worker_last_progress_timestamp_seconds" [];
    /// When this process last ended a turn of the sweep with success
    SWEEP_PROGRESS: Gauge = "usher_sweep_last_progress_timestamp_seconds" [];
    /// Changes of counts of open invitations that no worker has moved yet, counted up to 10,000
    UNSETTLED: Gauge = "usher_unsettled_changes" [];
    /// Whether the last scrape could read the database: 1 or 0
    BACKLOG_READ: Gauge = "usher_backlog_read" [];
    /// Always 1; the label is the version
    BUILD_INFO: Gauge = "usher_build_info" ["version"];
}

/// The values of the label `result` of [`DELIVERIES`].
const RESULTS: [&str; 5] = ["relayed", "deferred", "dead", "lease_lost", "unrecorded"];

/// Describes all metrics to the recorder, and begins those counters at 0 that have known labels: an increase from nothing to 1
/// would be invisible.
pub fn describe() {
    for Metric { name, kind, meaning, .. } in METRICS {
        let meaning = meaning.trim();
        match kind {
            Kind::Counter => describe_counter!(*name, meaning),
            Kind::Gauge => describe_gauge!(*name, meaning),
            Kind::Histogram => describe_histogram!(*name, meaning),
        }
    }
    for metric in METRICS.iter().filter(|metric| metric.kind == Kind::Counter && metric.labels.is_empty()) {
        counter!(metric.name).increment(0);
    }
    for result in RESULTS {
        counter!(DELIVERIES, "result" => result).increment(0);
    }
}
