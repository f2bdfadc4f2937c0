//! The account that invitations are made in, made with Usher's own program.

use std::{net::SocketAddr, process::Command};

use serde_json::{Value, json};

use super::{
    http::{self, Answer},
    ledger::Outcome,
    replica,
    site::Site,
    store::Store,
};
use crate::shell::Failure;

/// Where Landscape's dialect has its invitations.
const INVITATIONS: &str = "/api/v2/invitations";

/// An account's name, and a token of its administrator.
#[derive(Clone)]
pub(super) struct Account {
    pub(super) name: String,
    token: String,
}

impl Account {
    /// Brings the database up to date, and makes an account and its administrator.
    pub(super) fn create(site: &Site, store: &Store, name: &str) -> Result<Self, Failure> {
        let usher =
            |arguments: &[&str]| output_of(replica::command(site, &store.url("usher-tool")).args(arguments));
        usher(&["migrate"])?;
        usher(&["account", "create", "--name", name, "--title", "Onward, Inc."])?;
        let token = member(site, store, name, &format!("owner@{name}.example.com"))?;
        Ok(Self { name: name.to_owned(), token })
    }

    /// Asks for an invitation.
    pub(super) fn invite(&self, address: SocketAddr, email: &str) -> Answer {
        http::connect(address).map_or(Answer::Unsent, |stream| {
            let authorization = format!("Bearer {}", self.token);
            http::send(stream, "POST", INVITATIONS, &[("authorization", &authorization)], &body(email))
                .answer()
        })
    }

    /// Asks for an invitation in a way that can be repeated. Nobody waits for the answer yet.
    pub(super) fn invite_once(
        &self,
        address: SocketAddr,
        email: &str,
        key: &str,
    ) -> Result<http::Sent, Failure> {
        let authorization = format!("Bearer {}", self.token);
        let headers = [("authorization", authorization.as_str()), ("idempotency-key", key)];
        Ok(http::send(http::connect(address)?, "POST", INVITATIONS, &headers, &body(email)))
    }
}

/// Makes a member of an account; answers a token.
pub(super) fn member(site: &Site, store: &Store, account: &str, email: &str) -> Result<String, Failure> {
    let usher = |arguments: &[&str]| {
        let who = ["--account", account, "--email", email];
        output_of(replica::command(site, &store.url("usher-tool")).args(arguments).args(who))
    };
    usher(&["member", "add", "--name", "Grace Hopper", "--role", "GlobalAdmin"])?;
    usher(&["token", "issue", "--expires", "1d"])
}

fn body(email: &str) -> String {
    json!({ "name": "Ada Lovelace", "email": email, "roles": ["Auditor"] }).to_string()
}

/// What an answer to a creation promises; `None` when the request was not even sent.
pub(super) fn outcome(answer: &Answer) -> Option<Outcome> {
    match answer {
        Answer::Unsent => None,
        Answer::Whole { status: 200..300, body, .. } => {
            Some(secure_id(body).map_or(Outcome::Unknown, Outcome::Acknowledged))
        }
        Answer::Whole { status: status @ 400..500, .. } => Some(Outcome::Refused(*status)),
        Answer::Broken | Answer::Whole { .. } => Some(Outcome::Unknown),
    }
}

pub(super) fn secure_id(body: &str) -> Option<String> {
    let body: Value = serde_json::from_str(body).ok()?;
    body.get("secure_id")?.as_str().map(str::to_owned)
}

fn output_of(command: &mut Command) -> Result<String, Failure> {
    let output = command.output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
    let said = text(&[output.stdout, output.stderr].concat());
    Err(format!("usher {}: {said}", arguments.join(" ")).into())
}
