//! What people can do, one file each: the command, the refusals, and one function over an open transaction.
//!
//! The functions are plain: no runtime, no database, no clock of their own. Those on an account take the [`Actor`]
//! first and decide about authority themselves: what the actor may not see is not found, what it may see but not do is
//! forbidden. A refusal leaves nothing written, because the store rolls the unit back.
//!
//! [`Actor`]: crate::principal::Actor

pub mod accept;
pub mod add_member;
pub mod count_write;
pub mod create_access_token;
pub mod create_account;
pub mod create_person;
pub mod decline;
pub mod deliver;
pub mod expire;
pub mod idempotency;
pub mod invite;
pub mod login;
pub mod open_link;
pub mod resend;
pub mod resolve;
pub mod revoke;
pub mod revoke_access_token;
pub mod set_password;
pub mod sign_in;
pub mod summary;
pub mod view;

mod proof;
mod record;
mod several;

/// Lets the store see its own errors inside a use case's error enum, and names the refusals.
macro_rules! unit_error {
    ($error:ty { $($refusal:pat => $code:literal),+ $(,)? }) => {
        impl crate::port::store::UnitError for $error {
            fn store_error(&self) -> Option<&crate::port::StoreError> {
                match self {
                    Self::Store(error) => Some(error),
                    _ => None,
                }
            }

            fn code(&self) -> &'static str {
                match self {
                    $($refusal => $code,)+
                    Self::Store(error) => error.code(),
                }
            }
        }
    };
}
use unit_error;
