//! An account with an administrator, invitations to it, and the pages over them.

use std::{sync::Arc, time::Duration};

use actix_web::{
    App,
    dev::Payload,
    http::{StatusCode, header::HeaderMap},
    test::{self, TestRequest},
    web::Data,
};
use chrono::TimeDelta;
use futures_util::stream;
use secrecy::SecretString;
use tokio::sync::{Notify, Semaphore};
use url::Url;
use usher_api::{
    gate::Gate,
    http::{
        gathered::Gathered,
        idempotency::Repeats,
        passwords::PasswordDesk,
        state::{AppState, Fastly, Landscape},
        web,
    },
};
use usher_auth::{
    HmacLinkKeys, IssuerSettings, JwtVerifier, KeySource, Passwords, RequestKeys, SecretRing, ServerSecret,
    TokenIssuer,
};
use usher_domain::{
    access_token::Scope,
    account::{Account, AccountName},
    address::EmailAddress,
    env::Env,
    id::InvitationId,
    invitation::{Invitation, page_url},
    membership::Membership,
    person::{Password, Person},
    port::{
        Store, StoreError, Tx,
        store::{CountedWork, Counting, Mode, Verdict},
    },
    principal::Actor,
    role::{Grant, RoleName, ServiceGrant},
    testkit::{self, FixedClock, SeededEntropy, memory::MemoryStore},
    text::DisplayText,
    usecase::{
        add_member::{AddMember, add_member},
        create_account::{CreateAccount, create_account},
        create_person::{CreatePerson, create_person},
        invite::{Invite, invite},
        resend::resend,
        revoke::revoke,
    },
};

/// The password of everybody who has one.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// The one value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name);
        let value = values.next()?.to_str().unwrap();
        assert_eq!(values.next(), None, "{name} twice");
        Some(value)
    }

    pub(crate) fn assert(&self, status: u16, text: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert!(self.body.contains(text), "no {text:?} in:\n{}", self.body);
    }
}

/// Everything that the pages stand on.
pub(crate) struct World {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) env: Env,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) passwords: Arc<Passwords>,
    pub(crate) desk: Arc<PasswordDesk>,
    pub(crate) continue_url: Option<Url>,
    pub(crate) hashing: Arc<Semaphore>,
    pub(crate) account: Account,
    pub(crate) jane: Person,
}

impl World {
    /// Onward, Inc., with Jane as its administrator.
    pub(crate) fn new() -> Self {
        Self::titled("Onward, Inc.", "Jane Smith")
    }

    /// The same under other names.
    pub(crate) fn titled(title: &str, administrator: &str) -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let (mut env, clock) = testkit::env();
        env.keys = Arc::new(HmacLinkKeys::new(&secrets()));
        let name = AccountName::parse("onward").unwrap();
        let account = CreateAccount { name: name.clone(), title: text(title) };
        let account = store.write("test", |tx| create_account(tx, &env, &account)).unwrap();
        let jane = AddMember {
            account: name,
            email: email("jane@example.com"),
            name: Some(text(administrator)),
            grant: Grant::of_roles(["GlobalAdmin"]).unwrap(),
            password: None,
        };
        let jane = store.write("test", |tx| add_member(tx, &env, &jane)).unwrap();
        let passwords = Arc::new(Passwords::new(Arc::new(SeededEntropy::default())));
        let hashing = Arc::new(Semaphore::new(2));
        let desk = Arc::new(PasswordDesk::new(Arc::clone(&passwords), Arc::clone(&hashing)));
        Self { store, env, clock, passwords, desk, continue_url: None, hashing, account, jane }
    }

    /// Invites somebody as an auditor.
    pub(crate) fn invite(&self, address: &str) -> Invitation {
        self.invite_as(address, None, Grant::of_roles(["Auditor"]).unwrap())
    }

    pub(crate) fn invite_as(&self, address: &str, name: Option<&str>, grant: Grant) -> Invitation {
        let jane = self.actor();
        let validity = TimeDelta::days(14);
        let command = Invite { email: email(address), name: name.map(text), grant, validity };
        self.store.write("test", |tx| invite(tx, &self.env, &jane, &command)).unwrap()
    }

    pub(crate) fn resend(&self, id: InvitationId) -> Invitation {
        let jane = self.actor();
        self.clock.advance(TimeDelta::minutes(2));
        self.store.write("test", |tx| resend(tx, &self.env, &jane, id)).unwrap()
    }

    pub(crate) fn revoke(&self, id: InvitationId) {
        let jane = self.actor();
        self.store.write("test", |tx| revoke(tx, &self.env, &jane, &id.into())).unwrap();
    }

    /// Somebody with a login, in no account.
    pub(crate) fn person(&self, address: &str) -> Person {
        let hash = self.passwords.hash(&Password::parse(PASSWORD).unwrap()).unwrap();
        let command =
            CreatePerson { email: email(address), name: text("Ada Lovelace"), password: Some(hash) };
        self.store.write("test", |tx| create_person(tx, &self.env, &command)).unwrap()
    }

    /// Somebody who signs in without a password, in an account of their own.
    pub(crate) fn member_of_another_account(&self, address: &str) {
        let name = AccountName::parse("upside").unwrap();
        let account = CreateAccount { name: name.clone(), title: text("Upside") };
        self.store.write("test", |tx| create_account(tx, &self.env, &account)).unwrap();
        let member = AddMember {
            account: name,
            email: email(address),
            name: Some(text("Ada Lovelace")),
            grant: Grant::of_roles(["GlobalAdmin"]).unwrap(),
            password: None,
        };
        self.store.write("test", |tx| add_member(tx, &self.env, &member)).unwrap();
    }

    /// Puts somebody into the account.
    pub(crate) fn enrol(&self, person: &Person) {
        let membership = Membership {
            account_id: self.account.id,
            person_id: person.id,
            grant: Grant::of_roles(["user"]).unwrap(),
            created_at: self.env.now(),
        };
        self.store.write("test", |tx| tx.insert_membership(&membership)).unwrap();
    }

    /// Takes somebody out of it.
    pub(crate) fn dismiss(&self, person: &Person) {
        self.store.write("test", |tx| tx.delete_membership(self.account.id, person.id)).unwrap();
    }

    /// Who has that address.
    pub(crate) fn who(&self, address: &str) -> Option<Person> {
        self.store.read::<_, StoreError>("test", |tx| tx.person_by_email(&email(address))).unwrap()
    }

    /// The membership of the person with that address.
    pub(crate) fn membership(&self, address: &str) -> Option<Membership> {
        let person = self.who(address)?;
        self.store.read::<_, StoreError>("test", |tx| tx.membership(self.account.id, person.id)).unwrap()
    }

    /// The invitation as it is stored now.
    pub(crate) fn stored(&self, invitation: &Invitation) -> Invitation {
        let found = |tx: &mut dyn Tx| tx.invitation(invitation.account_id, invitation.id);
        self.store.read::<_, StoreError>("test", found).unwrap().unwrap()
    }

    /// The key in the newest mail of an invitation.
    pub(crate) fn key(&self, invitation: &Invitation) -> String {
        self.env.keys.key(&invitation.secure_id, invitation.generation).reveal().to_owned()
    }

    /// The link in that mail, from its path on.
    pub(crate) fn link(&self, invitation: &Invitation) -> String {
        let key = self.env.keys.key(&invitation.secure_id, invitation.generation);
        page_url("", &invitation.secure_id, &key)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(TestRequest::get().uri(path)).await
    }

    /// Sends a form of the invitation's page.
    pub(crate) async fn post(&self, invitation: &Invitation, fields: &[(&str, &str)]) -> Answer {
        let key = self.key(invitation);
        let fields: Vec<_> = [("key", key.as_str())].iter().chain(fields).copied().collect();
        self.post_to(&format!("/accept-invitation/{}", invitation.secure_id), &fields).await
    }

    pub(crate) async fn post_to(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.call(TestRequest::post().uri(path).set_form(fields)).await
    }

    pub(crate) async fn call(&self, request: TestRequest) -> Answer {
        self.send(request, None).await
    }

    /// Sends the head of a request whose body never arrives.
    pub(crate) async fn stall(&self, request: TestRequest) -> Answer {
        self.send(request, Some(Payload::Stream { payload: Box::pin(stream::pending()) })).await
    }

    async fn send(&self, request: TestRequest, payload: Option<Payload>) -> Answer {
        let patience = Duration::from_millis(if payload.is_some() { 20 } else { 10_000 });
        let mut request = request.to_request();
        if let Some(payload) = payload {
            request = request.replace_payload(payload).0;
        }
        let app = App::new().app_data(self.state(patience)).configure(web::configure);
        let app = test::init_service(app).await;
        let response = test::call_service(&app, request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = String::from_utf8(test::read_body(response).await.to_vec()).unwrap();
        Answer { status, headers, body }
    }

    fn state(&self, body_timeout: Duration) -> Data<AppState> {
        let issuer = IssuerSettings::new(KeySource::SharedSecrets(secrets()));
        let gate = Gate::new(Arc::clone(&self.store), self.env.clone(), 4, Duration::from_secs(1));
        Data::new(AppState {
            gathered: Gathered::new(&gate),
            gate,
            issuer: TokenIssuer::new(&issuer).unwrap(),
            verifier: JwtVerifier::new(vec![issuer], &self.env.clock).unwrap(),
            passwords: Arc::clone(&self.desk),
            repeats: Repeats::new(RequestKeys::new(&secrets())),
            wake: Arc::new(Notify::new()),
            public_url: self.env.policy.public_url.clone(),
            continue_url: self.continue_url.clone(),
            body_timeout,
            token_lifetime: TimeDelta::hours(1),
            landscape: Landscape { strict_content_type: false, validity: TimeDelta::days(14) },
            fastly: Fastly { validity: TimeDelta::days(7) },
        })
    }

    fn actor(&self) -> Actor {
        let membership = self.membership("jane@example.com").unwrap();
        Actor { account: self.account.clone(), person: self.jane.clone(), membership, scope: Scope::Global }
    }
}

/// A database that cannot be reached.
#[derive(Debug)]
pub(crate) struct Down(pub(crate) StoreError);

impl Store for Down {
    fn run(
        &self,
        _name: &'static str,
        _mode: Mode,
        _work: &mut dyn FnMut(&mut dyn Tx) -> Result<Verdict, StoreError>,
    ) -> Result<(), StoreError> {
        Err(self.0.clone())
    }

    fn run_counted(
        &self,
        _name: &'static str,
        _counting: &Counting<'_>,
        _work: &mut CountedWork<'_>,
    ) -> Result<(), StoreError> {
        Err(self.0.clone())
    }

    fn writes_in_parallel(&self) -> bool {
        true
    }
}

/// A grant that is limited to services.
pub(crate) fn limited(role: &str, services: Vec<ServiceGrant>) -> Grant {
    Grant::new(vec![RoleName::parse(role).unwrap()], true, services).unwrap()
}

pub(crate) fn email(address: &str) -> EmailAddress {
    EmailAddress::parse(address).unwrap()
}

pub(crate) fn text(text: &str) -> DisplayText {
    DisplayText::parse(text).unwrap()
}

fn secrets() -> SecretRing {
    let secret = SecretString::from("a secret for tests, long enough for the server".to_owned());
    SecretRing::new(ServerSecret::new(secret).unwrap(), Vec::new())
}
