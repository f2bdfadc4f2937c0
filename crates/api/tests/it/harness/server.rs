use std::thread::JoinHandle;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use usher_api::compose::Deployment;
use usher_auth::access_token_digest;
use usher_domain::{
    access_token::{AccessToken, AccessTokenText, Scope},
    invitation::SecureId,
    person::{Password, PasswordHash},
    port::{PasswordHasher as _, TokenRequest, TokenSigner as _},
    role::Grant,
    testkit::{Scene, account_name, email, scene::ACCOUNT, scene::ADMIN, text},
    usecase::{add_member::AddMember, create_access_token::CreateAccessToken},
};

use super::{Client, Setup};

/// A running server. Dropping this stops it.
pub(crate) struct Server {
    /// Without a token.
    pub(crate) client: Client,
    /// The server's database, for set-up and inspection without HTTP.
    pub(crate) scene: Scene,
    pub(crate) deployment: Deployment,
    pub(super) stop: CancellationToken,
    pub(super) thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn add_account(&self, name: &str, title: &str) {
        self.scene.add_account(name, title);
    }

    /// Makes a person a member of the account, with these roles and this password.
    pub(crate) fn add_member(&self, account: &str, address: &str, roles: &[&str], password: Option<&str>) {
        let grant = Grant::of_roles(roles.iter().copied()).unwrap();
        let password = password.map(|password| self.hash(password));
        self.add_member_with(AddMember { password, ..Scene::member(account, address, grant) });
    }

    /// Makes a person named Jane Smith a member as the command says.
    pub(crate) fn add_member_with(&self, command: AddMember) {
        self.scene.add(&AddMember { name: Some(text("Jane Smith")), ..command });
    }

    fn hash(&self, password: &str) -> PasswordHash {
        self.deployment.passwords.hash(&Password::parse(password).unwrap()).unwrap()
    }

    /// Adds the account onward and its administrator jane@example.com, and returns her client.
    pub(crate) fn add_onward(&self) -> Client {
        self.add_account(ACCOUNT, "Onward, Inc.");
        self.add_member(ACCOUNT, ADMIN, &["GlobalAdmin"], None);
        self.jane()
    }

    /// Ends a membership.
    pub(crate) fn remove_member(&self, account: &str, address: &str) {
        self.scene.remove(&self.scene.actor(account, address));
    }

    /// Returns a token of the server's own issuer, valid for an hour.
    pub(crate) fn token(&self, account: Option<&str>, address: &str) -> String {
        let person = self.scene.person(address).unwrap();
        let account = account.map(account_name);
        let request = TokenRequest {
            email: &email(address),
            email_verified: person.email_verified,
            person_id: person.id,
            account: account.as_ref(),
            lifetime: TimeDelta::hours(1),
        };
        self.deployment.issuer.sign(&request, self.scene.env.now()).reveal().to_owned()
    }

    /// A client of a member, with a new token.
    pub(crate) fn client_of(&self, account: &str, address: &str) -> Client {
        self.client.with_token(self.token(Some(account), address))
    }

    /// A client of the administrator of onward, with a new token.
    pub(crate) fn jane(&self) -> Client {
        self.client_of(ACCOUNT, ADMIN)
    }

    /// Creates an access token as `usher access-token create` does; returns its text and the stored token.
    pub(crate) fn add_access_token(
        &self,
        account: &str,
        address: &str,
        scope: Scope,
        lifetime: Option<TimeDelta>,
    ) -> (String, AccessToken) {
        let env = &self.scene.env;
        let secret = AccessTokenText::generate(env.entropy.as_ref()).to_string();
        let token = self.scene.add_access_token(&CreateAccessToken {
            account: account_name(account),
            email: email(address),
            scope,
            expires_at: lifetime.map(|lifetime| env.now() + lifetime),
            ..Scene::access_token(access_token_digest(&secret).unwrap())
        });
        (secret, token)
    }

    /// The key in the link of an invitation. Each resend adds one to the generation, which begins with 0.
    pub(crate) fn link_key(&self, secure_id: &str, generation: u32) -> String {
        let secure_id = SecureId::parse(secure_id).unwrap();
        self.scene.env.keys.key(&secure_id, generation).reveal().to_owned()
    }

    /// Stops the server and starts another one on the same database. Returns it with a client of the
    /// administrator of onward.
    pub(crate) fn restart(self, setup: &Setup) -> (Self, Client) {
        drop(self);
        let server = setup.start();
        let jane = server.jane();
        (server, jane)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
        let ended = self.thread.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            ended.expect("the thread was started").expect("the server stops without a panic");
        }
    }
}

/// The body of an invitation in Landscape's dialect.
pub(crate) fn invitation_body(name: &str, email: &str, roles: &[&str]) -> Value {
    json!({ "name": name, "email": email, "roles": roles })
}
