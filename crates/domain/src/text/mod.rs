//! Text that people read in mails and pages: names of people, titles of accounts.
//!
//! Usher sends such text to strangers, so a name that could carry a link, markup or a second mail header is refused
//! instead of being cleaned up: phishing through invitation mails is how such services are abused.

mod display;

pub use display::{DisplayText, MAX_CHARACTERS, TextError};
