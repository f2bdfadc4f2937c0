use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, thread::JoinHandle};

use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use usher_api::{
    compose::{self, ClockAndEntropy, Deployment, WorkerPlacement, listen, mail_transport, verifier},
    settings::{DeploymentMode, Settings, Sources},
};
use usher_auth::access_token_digest;
use usher_domain::{
    access_token::{AccessToken, AccessTokenText, Scope},
    account::AccountName,
    address::EmailAddress,
    id::PersonId,
    person::Password,
    port::{PasswordHasher as _, StoreError, TokenRequest, TokenSigner as _, Tx},
    principal::{Actor, Credential, Principal},
    role::Grant,
    testkit::{FixedClock, SeededEntropy},
    text::DisplayText,
    usecase::{
        add_member::{AddMember, add_member},
        create_access_token::{CreateAccessToken, create_access_token},
        create_account::{CreateAccount, create_account},
        resolve::resolve,
    },
};

use super::{Backend, Client, Postbox};

/// The server's secret in tests.
pub(crate) const SECRET: &str = "a test secret that is long enough to sign with";

/// A database and a relay, on which servers start and stop. Time and randomness continue over a restart.
pub(crate) struct Setup {
    pub(crate) backend: Backend,
    pub(crate) clock: Arc<FixedClock>,
    entropy: Arc<SeededEntropy>,
    environment: BTreeMap<String, String>,
}

/// A running server; stopped when dropped.
pub(crate) struct Server {
    pub(crate) client: Client,
    pub(crate) core: Deployment,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl Setup {
    /// Without a relay: nothing is delivered, mails stay queued.
    pub(crate) fn new(backend: Backend) -> Self {
        let environment = [
            ("USHER__DATABASE__URL", backend.url()),
            ("USHER__SERVER__BIND", "127.0.0.1:0".to_owned()),
            ("USHER__SERVER__PUBLIC_URL", "https://usher.example.com".to_owned()),
            ("USHER__SERVER__THREADS", "2".to_owned()),
            ("USHER__AUTH__SECRET", SECRET.to_owned()),
            ("USHER__MAIL__URL", "smtp://127.0.0.1:9".to_owned()),
            ("USHER__MAIL__FROM", "invitations@usher.example".to_owned()),
            ("USHER__WORKER__ENABLED", "false".to_owned()),
        ];
        let environment = environment.map(|(key, value)| (key.to_owned(), value));
        Self {
            backend,
            clock: Arc::new(FixedClock::default()),
            entropy: Arc::new(SeededEntropy::default()),
            environment: environment.into(),
        }
    }

    /// With a worker that delivers to the relay.
    pub(crate) fn delivering(backend: Backend, postbox: &Postbox) -> Self {
        let mut setup = Self::new(backend).with("USHER__WORKER__ENABLED", "true");
        for (key, value) in postbox.settings() {
            setup = setup.with(key, &value);
        }
        setup
    }

    pub(crate) fn with(mut self, key: &str, value: &str) -> Self {
        self.environment.insert(key.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn settings(&self) -> Settings {
        self.settings_of(None)
    }

    pub(crate) fn settings_of(&self, file: Option<std::path::PathBuf>) -> Settings {
        let sources = Sources { file, environment: self.environment.clone() };
        Settings::load(&sources, DeploymentMode::Production).unwrap()
    }

    pub(crate) fn clock_and_entropy(&self) -> ClockAndEntropy {
        ClockAndEntropy { clock: Arc::clone(&self.clock) as _, entropy: Arc::clone(&self.entropy) as _ }
    }

    pub(crate) fn core(&self, settings: &Settings) -> Deployment {
        prepared(settings, self.clock_and_entropy())
    }

    pub(crate) fn start(&self) -> Server {
        self.start_with(self.settings())
    }

    pub(crate) fn start_with(&self, settings: Settings) -> Server {
        self.start_in(settings, self.clock_and_entropy())
    }

    /// A server with another clock or other randomness.
    pub(crate) fn start_in(&self, settings: Settings, ports: ClockAndEntropy) -> Server {
        let (served, own) = (prepared(&settings, ports), self.core(&settings));
        let placement = if settings.worker.enabled {
            WorkerPlacement::InProcess(mail_transport(&settings).unwrap())
        } else {
            WorkerPlacement::Separate
        };
        let stop = CancellationToken::new();
        let (address, thread) = spawn(settings, served, placement, stop.clone());
        Server { client: Client::new(format!("http://{address}")), core: own, stop, thread: Some(thread) }
    }

    pub(crate) fn wait(&self, time: TimeDelta) {
        self.clock.advance(time);
    }
}

fn prepared(settings: &Settings, ports: ClockAndEntropy) -> Deployment {
    let core = Deployment::open_with(settings, ports).unwrap();
    core.prepare(settings).unwrap();
    core
}

/// The server runs on a thread with a runtime of its own, as in production; the test stays synchronous.
fn spawn(
    settings: Settings,
    core: Deployment,
    placement: WorkerPlacement,
    stop: CancellationToken,
) -> (SocketAddr, JoinHandle<()>) {
    let (send, bound) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let listener = listen(&settings).unwrap();
            let verifier = verifier(&settings, &core.env.clock).unwrap();
            let server = compose::Server::build(settings, core, verifier, placement, listener).unwrap();
            send.send(server.address()).unwrap();
            server.run(stop).await.unwrap();
        });
    });
    (bound.recv().expect("the server starts"), thread)
}

impl Server {
    pub(crate) fn account(&self, name: &str, title: &str) {
        let command = CreateAccount {
            name: AccountName::parse(name).unwrap(),
            title: DisplayText::parse(title).unwrap(),
        };
        self.core.store.write("test", |tx| create_account(tx, &self.core.env, &command)).unwrap();
    }

    /// Makes a member with that password; answers the person's number.
    pub(crate) fn member(
        &self,
        account: &str,
        email: &str,
        roles: &[&str],
        password: Option<&str>,
    ) -> PersonId {
        self.member_with(account, email, Grant::of_roles(roles.iter().copied()).unwrap(), password)
    }

    /// The same with any grant.
    pub(crate) fn member_with(
        &self,
        account: &str,
        email: &str,
        grant: Grant,
        password: Option<&str>,
    ) -> PersonId {
        let hash = |text: &str| self.core.passwords.hash(&Password::parse(text).unwrap()).unwrap();
        let command = AddMember {
            account: AccountName::parse(account).unwrap(),
            email: EmailAddress::parse(email).unwrap(),
            name: Some(DisplayText::parse("Jane Smith").unwrap()),
            grant,
            password: password.map(hash),
        };
        self.core.store.write("test", |tx| add_member(tx, &self.core.env, &command)).unwrap().id
    }

    /// In whose name a test works in the store, without asking the server.
    pub(crate) fn actor(&self, tx: &mut dyn Tx, email: &str) -> Actor {
        let email = EmailAddress::parse(email).unwrap();
        let principal = Principal { email, email_verified: true, person_id: None, account: None, name: None };
        resolve(tx, &Credential::Principal(principal), self.core.env.now()).unwrap()
    }

    /// A token of an hour, as the server itself would give.
    pub(crate) fn token(&self, account: Option<&str>, email: &str) -> String {
        let address = EmailAddress::parse(email).unwrap();
        let person = self.core.store.read("test", |tx| tx.person_by_email(&address)).unwrap().unwrap();
        let account = account.map(|name| AccountName::parse(name).unwrap());
        let request = TokenRequest {
            email: &address,
            email_verified: person.email_verified,
            person_id: person.id,
            account: account.as_ref(),
            lifetime: TimeDelta::hours(1),
        };
        self.core.issuer.sign(&request, self.core.env.now()).reveal().to_owned()
    }

    /// Makes an access token as `usher access-token create` does; answers its secret, and what is stored.
    pub(crate) fn access_token(
        &self,
        account: &str,
        email: &str,
        scope: Scope,
        lifetime: Option<TimeDelta>,
    ) -> (String, AccessToken) {
        let env = &self.core.env;
        let secret = AccessTokenText::generate(env.entropy.as_ref()).to_string();
        let command = CreateAccessToken {
            account: AccountName::parse(account).unwrap(),
            email: EmailAddress::parse(email).unwrap(),
            name: DisplayText::parse("Deployment").unwrap(),
            scope,
            expires_at: lifetime.map(|lifetime| env.now() + lifetime),
            digest: access_token_digest(&secret).unwrap(),
        };
        let token = self.core.store.write("test", |tx| create_access_token(tx, env, &command)).unwrap();
        (secret, token)
    }

    /// Ends the person's place in the account.
    pub(crate) fn leave(&self, account: &str, email: &str) {
        let (account, email) = (AccountName::parse(account).unwrap(), EmailAddress::parse(email).unwrap());
        let left = self.core.store.write::<_, StoreError>("test", |tx| {
            let account = tx.account_by_name(&account)?.unwrap();
            let person = tx.person_by_email(&email)?.unwrap();
            tx.delete_membership(account.id, person.id)
        });
        assert_eq!(left, Ok(true));
    }

    /// Stops, starts again on the same database, and gives the administrator of onward a client of the new server.
    pub(crate) fn restart(self, setup: &Setup) -> (Self, Client) {
        drop(self);
        let server = setup.start();
        let jane = server.client.with_token(server.token(Some("onward"), "jane@example.com"));
        (server, jane)
    }

    /// The account onward, with a client of its administrator jane@example.com.
    pub(crate) fn onward(&self) -> Client {
        self.account("onward", "Onward, Inc.");
        self.member("onward", "jane@example.com", &["GlobalAdmin"], None);
        self.client.with_token(self.token(Some("onward"), "jane@example.com"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
        let ended = self.thread.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            ended.expect("it ran").expect("the server stops in good order");
        }
    }
}

/// The body of an invitation.
pub(crate) fn body(name: &str, email: &str, roles: &[&str]) -> Value {
    json!({ "name": name, "email": email, "roles": roles })
}
