//! Text that people read in mails and pages: names of people, titles of accounts; and the language that they read.
//!
//! Usher sends this text to strangers, and such services are abused for phishing. So a name with a link, markup, a
//! telephone number, a currency sign or a line break is rejected.

mod characters;
mod display;
mod link;
mod locale;
mod lure;

pub(crate) use characters::is_ignorable;
pub use display::{DisplayText, MAX_CHARACTERS, TextError};
pub use locale::{Locale, LocaleError};
