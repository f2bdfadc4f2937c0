//! Tests through the public API: valid and forged tokens, correct and faulty key sets, and the server's derived keys.
#![cfg(test)]

mod attacks;
mod bindings;
mod credentials;
mod identity;
mod issuers;
mod jwks;
mod keys;
mod links;
mod providers;
mod redaction;
mod requests;
mod settings;
mod signed;
mod support;
mod times;
