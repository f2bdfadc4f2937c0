//! Keeps diesel's view of the transaction in step with the server's.

use diesel::connection::{TransactionManagerStatus, ValidTransactionManagerStatus};

use crate::ffi::PGTransactionStatusType;

/// Updates diesel's view after a call. libpq knows the server's state from each answer, without a round trip.
pub(crate) fn follow(status: &mut TransactionManagerStatus, state: PGTransactionStatusType, failed: bool) {
    match state {
        PGTransactionStatusType::PQTRANS_UNKNOWN => status.set_in_error(),
        PGTransactionStatusType::PQTRANS_INERROR => status.set_requires_rollback_maybe_up_to_top_level(true),
        // Also after a failed COMMIT, which ends the transaction all the same.
        PGTransactionStatusType::PQTRANS_IDLE => {
            *status = TransactionManagerStatus::Valid(ValidTransactionManagerStatus::default());
        }
        PGTransactionStatusType::PQTRANS_INTRANS if failed => {
            if !is_open(status) {
                status.set_in_error();
            }
        }
        PGTransactionStatusType::PQTRANS_INTRANS => status.set_requires_rollback_maybe_up_to_top_level(false),
        PGTransactionStatusType::PQTRANS_ACTIVE => {}
    }
}

/// Whether diesel knows of an open transaction.
fn is_open(status: &TransactionManagerStatus) -> bool {
    matches!(status, TransactionManagerStatus::Valid(valid) if valid.transaction_depth().is_some())
}
