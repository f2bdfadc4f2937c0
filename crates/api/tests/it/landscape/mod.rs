//! Landscape's dialect, byte for byte where its reference shows bodies.

mod acceptance;
mod bodies;
mod invitations;
mod login;
mod requests;
