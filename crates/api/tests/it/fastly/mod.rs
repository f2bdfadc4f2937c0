//! Fastly's dialect: the requests of its clients, byte for byte, and responses that the clients can read.

mod acceptance;
mod authority;
mod captures;
mod clients;
mod errors;
mod limits;
mod pages;
mod requests;
mod responses;
mod services;
mod wire;

use serde_json::Value;
use usher_domain::{address::EmailAddress, id::AccountId, invitation::Invitation, port::store::Addressee};

use crate::harness::{
    Client, Server,
    fastly::{JSON_API, create, document, rejection},
};

/// Invites a user and returns the id.
#[track_caller]
fn invited(client: &Client, email: &str) -> String {
    let created = create(client, &document(email, "user")).expect(200).json();
    created["data"]["id"].as_str().unwrap().to_owned()
}

/// The path of an invitation.
fn path(id: &str) -> String {
    format!("/invitations/{id}")
}

#[track_caller]
fn list(client: &Client) -> Value {
    client.get("/invitations").expect(200).json()
}

fn emails(list: &Value) -> Vec<String> {
    let text = |item: &Value| item["attributes"]["email"].as_str().unwrap().to_owned();
    list["data"].as_array().unwrap().iter().map(text).collect()
}

/// A pending invitation to the first account, as stored.
fn stored(server: &Server, email: &str) -> Invitation {
    let email = EmailAddress::parse(email).unwrap();
    let addressee = Addressee { account: AccountId::new(1), email: &email };
    server.scene.read(|tx| Ok(tx.pending_invitations(&[addressee])?.remove(0))).unwrap()
}

/// The code in the first mail of a pending invitation: the secure id, a dot, the key.
fn acceptance_code(server: &Server, email: &str) -> String {
    let secure_id = stored(server, email).secure_id;
    format!("{secure_id}.{}", server.link_key(secure_id.as_str(), 0))
}
