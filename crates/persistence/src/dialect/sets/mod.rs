//! Statements about several rows at once, so that a unit that serves several requests costs no more round trips than one
//! that serves one.
//!
//! PostgreSQL is given the keys as arrays, in one statement that stays prepared whatever their number. SQLite is asked for
//! each: a call is no round trip there, and a statement with a list would be prepared anew for each length. Insertions are in
//! [`crate::insertion`].

mod acceptances;
mod addressees;
mod callers;
mod hand_written;
mod listed_rows;
mod lists;

pub(crate) use acceptances::{offers, update_invitations};
pub(crate) use addressees::{are_members, invitations, pending_invitations};
pub(crate) use callers::{HolderRows, known, token_holders};
use diesel::QueryResult;
use hand_written::hand_written;
pub(crate) use lists::{Wanted, open_nth, open_parts};

/// One column of rows.
fn column<'a, Row, T>(rows: &'a [Row], value: impl Fn(&'a Row) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

/// What a statement answers for each key, one after the other.
fn each<K: Copy, T>(keys: &[K], mut statement: impl FnMut(K) -> QueryResult<Vec<T>>) -> QueryResult<Vec<T>> {
    let mut all = Vec::new();
    for key in keys {
        all.append(&mut statement(*key)?);
    }
    Ok(all)
}
