//! The account in which invitations are created. Usher's command line creates the account.

use std::net::{SocketAddr, TcpStream};

use serde_json::{Value, json};
use usher_tooling::{Failure, output_of};

use crate::{
    database::TestDatabase,
    environment::ChaosEnvironment,
    history::CreationOutcome,
    http::{self, HttpOutcome, PendingResponse},
    relay::RelayedMail,
    replica,
};

/// The path of the invitations in Landscape's dialect.
const INVITATIONS: &str = "/api/v2/invitations";

/// Another account, whose members accept invitations.
pub(crate) const OTHER_ACCOUNT: &str = "elsewhere";

/// An account, and a token of its administrator.
#[derive(Clone)]
pub(crate) struct InvitingAccount {
    pub(crate) name: String,
    token: String,
}

impl InvitingAccount {
    /// Migrates the database, and creates an account and its administrator.
    pub(crate) fn create(
        environment: &ChaosEnvironment,
        database: &TestDatabase,
        name: &str,
    ) -> Result<Self, Failure> {
        let usher = |arguments: &[&str]| run_usher(environment, database, arguments);
        usher(&["migrate"])?;
        usher(&["account", "create", "--name", name, "--title", "Onward, Inc."])?;
        let token = add_member(environment, database, name, &format!("owner@{name}.example.com"))?;
        Ok(Self { name: name.to_owned(), token })
    }

    /// Creates an invitation and waits for the response.
    pub(crate) fn invite(&self, address: SocketAddr, email: &str) -> HttpOutcome {
        http::connect(address).map_or(HttpOutcome::NotSent, |stream| {
            send(stream, &self.token, "POST", INVITATIONS, &[], &creation(email)).response()
        })
    }

    /// Lists some invitations and waits for the response.
    pub(crate) fn list(&self, address: SocketAddr) -> HttpOutcome {
        http::connect(address).map_or(HttpOutcome::NotSent, |stream| {
            send(stream, &self.token, "GET", &format!("{INVITATIONS}?limit=5"), &[], "").response()
        })
    }

    /// Sends a creation with an idempotency key and does not wait for the response.
    pub(crate) fn send_invite(
        &self,
        address: SocketAddr,
        email: &str,
        key: &str,
    ) -> Result<PendingResponse, Failure> {
        let headers = [("idempotency-key", key)];
        Ok(send(http::connect(address)?, &self.token, "POST", INVITATIONS, &headers, &creation(email)))
    }
}

/// Accepts the invitation of a mail, and waits for the response.
pub(crate) fn accept(stream: TcpStream, token: &str, mail: &RelayedMail) -> HttpOutcome {
    let body = json!({ "invitation_id": mail.secure_id(), "key": mail.key() }).to_string();
    send(stream, token, "POST", "/api/v2/accept-invitation", &[], &body).response()
}

/// Sends a request with a token.
fn send(
    stream: TcpStream,
    token: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> PendingResponse {
    let authorization = format!("Bearer {token}");
    let headers = [&[("authorization", authorization.as_str())], headers].concat();
    http::send(stream, method, path, &headers, body)
}

/// Adds a member to an account and returns a token of the member.
pub(crate) fn add_member(
    environment: &ChaosEnvironment,
    database: &TestDatabase,
    account: &str,
    email: &str,
) -> Result<String, Failure> {
    let usher = |arguments: &[&str]| {
        let member = ["--account", account, "--email", email];
        run_usher(environment, database, &[arguments, &member].concat())
    };
    usher(&["member", "add", "--name", "Grace Hopper", "--role", "GlobalAdmin"])?;
    usher(&["token", "issue", "--expires", "1d"])
}

fn run_usher(
    environment: &ChaosEnvironment,
    database: &TestDatabase,
    arguments: &[&str],
) -> Result<String, Failure> {
    output_of(replica::command(environment, &database.url("usher-tool")).args(arguments))
}

fn creation(email: &str) -> String {
    json!({ "name": "Ada Lovelace", "email": email, "roles": ["Auditor"] }).to_string()
}

/// The outcome of a creation, according to the response; none when the request was not sent.
pub(crate) fn creation_outcome(response: &HttpOutcome) -> Option<CreationOutcome> {
    match response {
        HttpOutcome::NotSent => None,
        HttpOutcome::Response { status: 200..300, body, .. } => {
            Some(secure_id(body).map_or(CreationOutcome::Unknown, CreationOutcome::Acknowledged))
        }
        HttpOutcome::Response { status: status @ 400..500, .. } => Some(CreationOutcome::Rejected(*status)),
        HttpOutcome::NoResponse | HttpOutcome::Response { .. } => Some(CreationOutcome::Unknown),
    }
}

/// The secure id in the body of a response to a creation.
pub(crate) fn secure_id(body: &str) -> Option<String> {
    let body: Value = serde_json::from_str(body).ok()?;
    body.get("secure_id")?.as_str().map(str::to_owned)
}
