//! Fastly's dialect: what its clients send, byte for byte, and what they have to be able to read.

mod acceptance;
mod answers;
mod authority;
mod captures;
mod clients;
mod errors;
mod limits;
mod pages;
mod requests;
mod services;
mod wire;

use serde_json::Value;
use usher_domain::{
    address::EmailAddress,
    id::AccountId,
    invitation::{Invitation, code},
    port::{StoreError, Tx, store::Addressee},
};

use crate::harness::{
    Client, Server,
    fastly::{JSON_API, create, document, refusal},
};

/// Invites as a user, which has to succeed; the id.
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

/// A pending invitation to the first account, as it is stored.
fn stored(server: &Server, email: &str) -> Invitation {
    let email = EmailAddress::parse(email).unwrap();
    let addressee = Addressee { account: AccountId::new(1), email: &email };
    let work = |tx: &mut dyn Tx| Ok(tx.pending_invitations(&[addressee])?.remove(0));
    server.core.store.read::<_, StoreError>("test", work).unwrap().unwrap()
}

/// What the first mail of a pending invitation gives to programs: the secure id, a dot, the key.
fn acceptance_code(server: &Server, email: &str) -> String {
    let secure_id = stored(server, email).secure_id;
    code(&secure_id, &server.core.env.keys.key(&secure_id, 0))
}
