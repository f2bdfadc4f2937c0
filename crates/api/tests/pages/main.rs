//! The pages behind the link and the development mailbox, as a browser, a mail scanner and a stranger meet them.
#![cfg(test)]

mod accept;
mod decline;
mod ended;
mod escaping;
mod forms;
mod headers;
mod html;
mod look;
mod mailbox;
mod prefetch;
mod sign_in;
mod strangers;
mod trouble;
mod world;
