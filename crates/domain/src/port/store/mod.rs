//! The store: units of work over small traits, one for each kind of row.
//!
//! A unit of work is all or nothing. The rows of a use case, its audit entry and its mail are written together or not at all,
//! and `Ok` means durable. A store may commit several units at once.

mod access_tokens;
mod accounts;
mod audit;
mod backlog;
mod callers;
mod check;
mod error;
mod idempotency;
mod invitations;
mod leases;
mod mail_quotas;
mod outbox;
mod people;
mod sign_ins;
mod unit;

pub use access_tokens::AccessTokens;
pub use accounts::{Accounts, Memberships};
pub use audit::AuditLog;
pub use backlog::Backlog;
pub use callers::{Callers, PersonWithMemberships};
pub use check::ClockReading;
pub use error::{Constraint, StoreError, WaitLimit};
pub use idempotency::IdempotencyKeys;
pub use invitations::{
    Addressee, AddresseeHistory, HistoryPage, Invitations, Offer, OpenList, OpenPart, Order, Page,
};
pub use leases::{LeasedWork, Leases};
pub use mail_quotas::MailQuotas;
pub use outbox::{DeadMails, MailClaim, MailFilter, Outbox, Settlement};
pub use people::People;
pub use sign_ins::{NewFailureCount, SignIns};
pub use unit::{CountedWork, Counting, Mode, Store, Tx, Unit, UnitError, Verdict};
