//! The use cases, and the steps that they share: `rounds`, `proof`, `record`, `mail_limits`, [`resolve`], [`idempotency`],
//! [`count_write`].
//! A use case is one file: a command, an error enum, and a function over an open transaction.
//!
//! A use case has no runtime, no database and no clock of its own. A use case on an account takes an [`Actor`] and checks its
//! authority: what the actor may not see is not found; what it may see but not do is forbidden. After an error nothing is
//! written, because the store rolls the unit back.
//!
//! [`Actor`]: crate::principal::Actor

pub mod accept;
pub mod add_member;
pub mod attempt_sign_in;
pub mod choose_mails;
pub mod count_write;
pub mod create_access_token;
pub mod create_account;
pub mod create_person;
pub mod decline;
pub mod deliver;
pub mod erase_person;
pub mod expire;
pub mod idempotency;
pub mod invite;
pub mod list_audit_events;
pub mod login;
pub mod mails;
pub mod manage_member;
pub mod open_link;
pub mod operate;
pub mod receipt;
pub mod reopen;
pub mod resend;
pub mod resolve;
pub mod revoke;
pub mod revoke_access_token;
pub mod set_password;
pub mod sign_in;
pub mod sign_out;
pub mod summary;
pub mod sweep;
pub mod view;

mod administrators;
mod end_tokens;
mod mail_limits;
mod proof;
mod record;
mod rounds;

/// Implements `UnitError` for a use case's error enum: it tells errors of the store from rejections, and gives each rejection
/// its code.
macro_rules! unit_error {
    ($error:ty { $($rejection:pat => $code:literal),+ $(,)? }) => {
        impl crate::port::store::UnitError for $error {
            fn store_error(&self) -> Option<&crate::port::StoreError> {
                match self {
                    Self::Store(error) => Some(error),
                    _ => None,
                }
            }

            fn code(&self) -> &'static str {
                match self {
                    $($rejection => $code,)+
                    Self::Store(error) => error.code(),
                }
            }
        }
    };
}
use unit_error;
