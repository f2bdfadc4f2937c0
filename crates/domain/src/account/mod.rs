//! The account: the tenant that people are invited to (Fastly's customer).

mod name;

pub use name::{AccountName, AccountNameError};

use crate::{Timestamp, id::AccountId, text::DisplayText, token::Token};

/// An id in Fastly's dialect: 22 characters of `[A-Za-z0-9]`.
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
    /// The title that people see, such as `Onward, Inc.`.
    pub title: DisplayText,
    /// When it was created.
    pub created_at: Timestamp,
}

/// An account to insert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Fastly's customer id.
    pub public_id: PublicId,
    /// The slug; unique.
    pub name: AccountName,
    /// The title that people see.
    pub title: DisplayText,
    /// When it is created.
    pub created_at: Timestamp,
}
