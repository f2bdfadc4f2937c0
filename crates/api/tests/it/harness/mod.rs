//! A server on a free port, with its own database and a clock that only the test advances.

mod database;
pub(crate) mod fastly;
mod held;
mod http;
mod mail;
mod mailed;
mod process;
mod server;
mod setup;
mod token;

pub(crate) use database::Backend;
pub(crate) use held::while_unit_is_open;
pub(crate) use http::{Client, Response, send};
pub(crate) use mail::{InvitationMail, Postbox};
pub(crate) use mailed::MailedInvitation;
pub(crate) use process::{Process, Running};
pub(crate) use server::{Server, invitation_body};
pub(crate) use setup::{SECRET, Setup};
pub(crate) use token::claims;

/// Expands to one module for each database, with one test for each function. Both databases share inline
/// snapshots.
macro_rules! on_both_databases {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $test() {
                insta::allow_duplicates! { super::$test($crate::harness::Backend::sqlite()) }
            })+
        }
        mod postgres {
            $(#[test] fn $test() {
                insta::allow_duplicates! { super::$test($crate::harness::Backend::postgres()) }
            })+
        }
    };
}
pub(crate) use on_both_databases;
