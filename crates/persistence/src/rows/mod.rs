//! Rows as both databases store them, and the conversion between each row and the domain's value.

mod access_token;
mod account;
mod audit_event;
mod failed_sign_in;
mod grant;
mod idempotency_key;
mod invitation;
mod known_network;
mod lease;
mod mail;
mod mail_quota;
mod membership;
mod open_invitation;
mod person;
mod reading;
mod row_ref;
mod stored_time;

pub(crate) use access_token::{AccessTokenRow, NewAccessTokenRow};
pub(crate) use account::{AccountRow, NewAccountRow};
pub(crate) use audit_event::{AuditEventRow, NewAuditEventRow};
pub(crate) use failed_sign_in::{FailureCountRow, NewFailureCountRow};
pub(crate) use grant::columns as grant_columns;
pub(crate) use idempotency_key::KeptAnswerRow;
pub(crate) use invitation::{ChangedInvitationRow, InvitationRow, NewInvitationRow};
pub(crate) use known_network::KnownNetworkRow;
pub(crate) use lease::NewLeaseRow;
pub(crate) use mail::{MailRow, NewMailRow, NewQueueEntryRow};
pub(crate) use mail_quota::{MailQuotaRow, NewMailQuotaRow};
pub(crate) use membership::{MembershipRow, NewMembershipRow};
pub(crate) use open_invitation::OpenInvitationRow;
pub(crate) use person::{NewPersonRow, PersonRow};
pub(crate) use reading::{read_all, read_optional, read_or_skip};
