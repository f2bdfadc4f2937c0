//! Text that people read in mails and pages: names of people, titles of accounts.
//!
//! Usher sends this text to strangers, and such services are abused for phishing. So a name with a link, markup or a line break
//! is rejected.

mod display;

pub use display::{DisplayText, MAX_CHARACTERS, TextError};
