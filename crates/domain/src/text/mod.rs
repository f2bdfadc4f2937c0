//! Text that people read in mails and pages: names of people, titles of accounts; and the language that they read.
//!
//! Usher sends such text to strangers, so a name that could carry a link, markup or a second mail header is refused
//! instead of being cleaned up: phishing through invitation mails is how such services are abused.

mod display;
mod locale;

pub use display::{DisplayText, MAX_CHARACTERS, TextError};
pub use locale::{Locale, LocaleError};
