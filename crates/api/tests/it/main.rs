//! The server as its users meet it: over TCP, on both databases, with an SMTP server that is not ours.
#![cfg(test)]

mod bodies;
mod bounds;
mod harness;
mod issuers;
mod landscape;
mod leaks;
mod links;
mod matrix;
mod processes;
mod quickstart;
mod story;
mod worker;
