//! Usher's mails: what they say, and how they leave.
//!
//! What belongs here: templates and the building of messages ([`Composer`]), and the adapters of
//! [`usher_domain::port::Mailer`]: [`LettreMailer`] over SMTP for real use, [`MailboxDir`] into a folder for
//! development. What does not: when a mail is sent and sent again (the domain's outbox), and who may cause one.
//!
//! To add a kind of mail: three templates in `templates/`, a `TemplateSet` with its words in `compose/template.rs`, and
//! a method of [`Composer`]. To add a language: the same three templates in a folder of its own, and a choice of the
//! set. To add a way out: one module with one type that implements the port.
//!
//! Nothing that leaves this crate but the mail itself holds a recipient, a link or a login: neither a
//! [`SendError`](usher_domain::port::SendError) nor a line of the log.

mod catching;
mod compose;
mod mailbox_dir;
mod settings;
mod smtp;

pub use compose::{ComposeError, ComposedMail, Composer, Sender};
pub use mailbox_dir::{MailboxDir, MailboxDirError};
pub use settings::{SettingsError, SettingsErrors};
pub use smtp::{LettreMailer, SmtpSettings, Tls};
