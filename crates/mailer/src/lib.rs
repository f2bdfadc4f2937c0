//! Usher's mails: their content and their delivery.
//!
//! This crate holds the templates, the building of messages ([`Composer`]), and the adapters of
//! [`usher_domain::port::Mailer`]: [`LettreMailer`] over SMTP for production, [`MailboxDir`] into a folder for
//! development. It validates the settings of the relay and the sender ([`SmtpSettings::check`]). Scheduling deliveries,
//! and deciding who may cause one, belong to the domain.
//!
//! To add a kind of mail, write three templates in `templates/`, a `TemplateSet` in `compose/template.rs` and a method
//! of [`Composer`]. To add a language, write the same three templates in their own folder and choose the set. To add
//! another transport, write one module with one type that implements the port.
//!
//! Only the mail itself holds a recipient, a link or a login. A [`SendError`](usher_domain::port::SendError) and the log
//! never do.

mod catching;
mod compose;
mod mailbox_dir;
mod settings;
mod smtp;

pub use compose::{ComposeError, ComposedMail, Composer, Sender, SenderError, TestMail};
pub use mailbox_dir::{MailboxDir, MailboxDirError};
pub use settings::{Relay, SettingsError, SettingsErrors, SmtpSettings};
#[cfg(feature = "fuzzing")]
pub use smtp::fuzzing;
pub use smtp::{AuthoritiesError, LettreMailer, PassedStep, Trial};
