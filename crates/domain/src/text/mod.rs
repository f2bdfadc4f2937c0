//! Text that people read in mails and pages: names of people, titles of accounts; and the language that they read.
//!
//! Usher sends this text to strangers, and such services are abused for phishing. So a name with a link, markup or a line break
//! is rejected.

mod display;
mod locale;

pub use display::{DisplayText, MAX_CHARACTERS, TextError};
pub use locale::{Locale, LocaleError};
