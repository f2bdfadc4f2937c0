//! The bodies of responses. Members are in the order in which they are sent.

mod acceptance;
mod invitation;
mod login;

pub(crate) use acceptance::{AcceptedResponse, SummaryResponse};
pub(crate) use invitation::{CreatedResponse, InvitationResponse, ListResponse};
pub(crate) use login::LoginResponse;

#[cfg(test)]
mod tests;
