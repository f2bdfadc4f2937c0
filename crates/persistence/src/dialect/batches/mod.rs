//! Statements for several keys or rows at once. A unit that serves a batch of requests costs as many round trips as a unit that
//! serves one.
//!
//! PostgreSQL gets the keys as arrays: one statement that stays prepared for any number of keys. SQLite gets one
//! statement per key: a call costs no round trip there, and a statement with a list would be prepared again for each
//! length. Insertions are in [`crate::insertion`].

mod addressees;
mod callers;
mod invitation_updates;
mod keys;
mod mail_quotas;
mod offers;
mod open_list_row;
mod open_lists;
pub(super) mod pg_statement;

pub(crate) use addressees::{are_members, histories, invitations, pending_invitations};
pub(crate) use callers::{TokenHolderRows, people_with_memberships, token_holders};
pub(crate) use invitation_updates::update_invitations;
pub(crate) use mail_quotas::mail_quotas;
pub(crate) use offers::offers;
pub(crate) use open_list_row::OpenListRow;
pub(crate) use open_lists::{MANY, OpenListStart, earliest_end, nth_open_id, open_by_end, open_list_rows};
