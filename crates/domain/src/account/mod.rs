//! The account: whom people are invited to (Fastly: the customer).

mod name;

pub use name::{AccountName, AccountNameError};

use crate::{Timestamp, id::AccountId, text::DisplayText, token::Token};

/// The id that Fastly's clients see: 22 characters of `[A-Za-z0-9]`.
pub type PublicId = Token<22>;

/// A company or team with members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Number of the row; Landscape's `account_id`.
    pub id: AccountId,
    /// Fastly's customer id.
    pub public_id: PublicId,
    /// The slug by which tokens choose the account (Landscape's claim `acc`).
    pub name: AccountName,
    /// What people read, such as `Onward, Inc.`.
    pub title: DisplayText,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An account that the store has not numbered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Fastly's customer id.
    pub public_id: PublicId,
    /// The slug; unique.
    pub name: AccountName,
    /// What people read.
    pub title: DisplayText,
    /// When it is made.
    pub created_at: Timestamp,
}
