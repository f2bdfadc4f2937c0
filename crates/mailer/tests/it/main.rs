//! Building of mails, and delivery to an independent server and to a scripted one.

mod against_aiosmtpd;
mod building;
mod hostile;
mod injection;
mod login;
mod mailbox_dir;
mod reasons;
mod reuse;
mod scripted;
mod settings;
mod snapshot;
mod starttls;
mod support;
mod tap;
mod trial;
