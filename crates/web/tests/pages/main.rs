//! The pages behind the link and the development mailbox, as browsers, mail scanners and strangers use them.
#![cfg(test)]

mod accept;
mod decline;
mod ended;
mod escaping;
mod failures;
mod forms;
mod headers;
mod html;
mod idempotency;
mod mailbox;
mod mails;
mod open;
mod prefetch;
mod sign_in;
mod site;
mod strangers;
mod write_limit;
