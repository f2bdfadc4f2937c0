//! Mails as they are built, and their delivery: to a server that is not ours, and to one that misbehaves on purpose.

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
