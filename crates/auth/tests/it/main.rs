//! What the outside sees of this crate: tokens of friends and attackers, key sets of well and badly behaved issuers.
#![cfg(test)]

mod attacks;
mod choice;
mod credentials;
mod identity;
mod issued;
mod jwks;
mod keys;
mod links;
mod redaction;
mod requests;
mod settings;
mod support;
mod times;
