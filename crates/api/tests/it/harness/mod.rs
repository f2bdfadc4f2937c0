//! A server on a free port, on a database of its own, with a clock that stands still.

mod database;
pub(crate) mod fastly;
mod http;
mod invited;
mod mail;
mod process;
mod server;
mod token;

pub(crate) use database::Backend;
pub(crate) use http::{Answer, Client, send};
pub(crate) use invited::Invitation;
pub(crate) use mail::{Invited, Postbox};
pub(crate) use process::Running;
pub(crate) use server::{SECRET, Server, Setup, body};
pub(crate) use token::claims;

/// Expands to one module for each database, with one test for each function named.
macro_rules! on_both_databases {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $test() { super::$test($crate::harness::Backend::sqlite()); })+
        }
        mod postgres {
            $(#[test] fn $test() { super::$test($crate::harness::Backend::postgres()); })+
        }
    };
}
pub(crate) use on_both_databases;
