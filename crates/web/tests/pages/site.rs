//! The pages of a scene.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use actix_web::{
    App as HttpApp,
    dev::Payload,
    http::{StatusCode, header::HeaderMap},
    test::{self, TestRequest},
    web::Data,
};
use chrono::TimeDelta;
use futures_util::stream;
use usher_app::{Adapters, App, Limits, PasswordRules};
use usher_domain::{
    invitation::{Invitation, page_url},
    membership::Membership,
    person::{Password, PasswordHash, Person},
    port::{HashingError, PasswordHasher, StoreError},
    role::Grant,
    testkit::{
        FailingStore, PlainAuthenticator, PlainFingerprints, PlainHasher, PlainSigner, Scene, grant, text,
    },
    usecase::invite::Invite,
};
use usher_http_kit::AppState;
use usher_web::PageSettings;

/// The password of every person who has one.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Response {
    /// The only value of a header.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name);
        let value = values.next()?.to_str().unwrap();
        assert_eq!(values.next(), None, "{name} twice");
        Some(value)
    }

    #[track_caller]
    pub(crate) fn assert(&self, status: u16, text: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert!(self.body.contains(text), "no {text:?} in:\n{}", self.body);
    }
}

/// A [`PlainHasher`] that counts its calls, and fails when the test says so.
#[derive(Debug, Default)]
pub(crate) struct TestHasher {
    calls: AtomicUsize,
    out_of_memory: AtomicBool,
}

impl TestHasher {
    /// How many passwords were hashed or verified.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(SeqCst)
    }

    /// From now on, hashing fails.
    pub(crate) fn run_out_of_memory(&self) {
        self.out_of_memory.store(true, SeqCst);
    }
}

impl PasswordHasher for TestHasher {
    fn hash(&self, password: &Password) -> Result<PasswordHash, HashingError> {
        self.calls.fetch_add(1, SeqCst);
        if self.out_of_memory.load(SeqCst) {
            return Err(HashingError("out of memory".to_owned()));
        }
        PlainHasher.hash(password)
    }

    fn verify(&self, hash: Option<&PasswordHash>, presented: &str) -> Result<bool, HashingError> {
        self.calls.fetch_add(1, SeqCst);
        PlainHasher.verify(hash, presented)
    }
}

/// The pages of a scene.
pub(crate) struct Site {
    pub(crate) scene: Scene,
    pub(crate) hasher: Arc<TestHasher>,
    pub(crate) settings: PageSettings,
    app: Arc<App>,
}

impl Site {
    /// The pages of [`Scene::new`].
    pub(crate) fn new() -> Self {
        Self::of(Scene::new())
    }

    /// The pages of any scene.
    pub(crate) fn of(scene: Scene) -> Self {
        let hasher = Arc::new(TestHasher::default());
        let app = application(&scene, &hasher);
        Self { scene, hasher, settings: PageSettings::default(), app }
    }

    /// From now on, the database fails.
    pub(crate) fn fail(&mut self, error: StoreError) {
        let failing = self.scene.on(Arc::new(FailingStore(error)));
        self.app = application(&failing, &self.hasher);
    }

    /// Invites an address as an auditor.
    #[track_caller]
    pub(crate) fn invite(&self, address: &str) -> Invitation {
        self.invite_as(address, None, grant(["Auditor"]))
    }

    #[track_caller]
    pub(crate) fn invite_as(&self, address: &str, name: Option<&str>, grant: Grant) -> Invitation {
        let command = Invite { name: name.map(text), ..Scene::invitation(address, grant) };
        self.scene.send(&self.scene.admin(), &command).unwrap()
    }

    /// Creates a person with a password, who is in no account.
    pub(crate) fn person(&self, address: &str) -> Person {
        self.scene.add_person(address, Some(PlainHasher::hash_of(PASSWORD)))
    }

    /// The membership of the person with that address in the account.
    pub(crate) fn membership(&self, address: &str) -> Option<Membership> {
        let (account, person) = (self.scene.admin().account.id, self.scene.person(address)?);
        self.scene.read(|tx| tx.membership(account, person.id))
    }

    /// The key in the mail of this generation of an invitation.
    pub(crate) fn key(&self, invitation: &Invitation) -> String {
        self.scene.env.keys.key(&invitation.secure_id, invitation.generation).reveal().to_owned()
    }

    /// The link in that mail, from its path on.
    pub(crate) fn link(&self, invitation: &Invitation) -> String {
        let key = self.scene.env.keys.key(&invitation.secure_id, invitation.generation);
        page_url("", &invitation.secure_id, &key)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.call(TestRequest::get().uri(path)).await
    }

    /// Sends a form of the invitation's page, and follows a redirect as a browser does.
    pub(crate) async fn post(&self, invitation: &Invitation, fields: &[(&str, &str)]) -> Response {
        self.follow(self.submit(invitation, fields).await).await
    }

    /// Sends a form of the invitation's page.
    pub(crate) async fn submit(&self, invitation: &Invitation, fields: &[(&str, &str)]) -> Response {
        self.call(self.form(invitation, fields)).await
    }

    /// The page that a redirect leads to; any other response itself.
    pub(crate) async fn follow(&self, response: Response) -> Response {
        if response.status != StatusCode::SEE_OTHER {
            return response;
        }
        let location = response.header("Location").unwrap();
        self.get(&format!("/accept-invitation/{location}")).await
    }

    /// Declines in both steps, as a person does.
    pub(crate) async fn decline(&self, invitation: &Invitation) -> Response {
        let confirmation = self.confirmation(invitation).await;
        self.post(invitation, &second_step(&confirmation, "decline")).await
    }

    /// The hidden field of the form that confirms a decline.
    pub(crate) async fn confirmation(&self, invitation: &Invitation) -> String {
        let page = self.post(invitation, &[("action", "decline")]).await;
        confirmation_of(&page)
    }

    /// Sends a form of the invitation's page with an idempotency key.
    pub(crate) async fn post_with_key(
        &self,
        key: &str,
        invitation: &Invitation,
        fields: &[(&str, &str)],
    ) -> Response {
        self.call(self.form(invitation, fields).insert_header(("Idempotency-Key", key))).await
    }

    fn form(&self, invitation: &Invitation, fields: &[(&str, &str)]) -> TestRequest {
        let key = self.key(invitation);
        let fields: Vec<_> = [("key", key.as_str())].iter().chain(fields).copied().collect();
        TestRequest::post().uri(&format!("/accept-invitation/{}", invitation.secure_id)).set_form(fields)
    }

    pub(crate) async fn post_to(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.call(TestRequest::post().uri(path).set_form(fields)).await
    }

    pub(crate) async fn call(&self, request: TestRequest) -> Response {
        self.send(request, None).await
    }

    /// Sends the head of a request whose body never arrives.
    pub(crate) async fn stall(&self, request: TestRequest) -> Response {
        self.send(request, Some(Payload::Stream { payload: Box::pin(stream::pending()) })).await
    }

    async fn send(&self, request: TestRequest, payload: Option<Payload>) -> Response {
        let body_timeout = Duration::from_millis(if payload.is_some() { 20 } else { 10_000 });
        let mut request = request.to_request();
        if let Some(payload) = payload {
            request = request.replace_payload(payload).0;
        }
        let state = AppState {
            app: Arc::clone(&self.app),
            public_url: self.scene.env.policy.public_url.clone(),
            body_timeout,
            drain: Arc::default(),
            link_lookups: Arc::default(),
        };
        let app = HttpApp::new()
            .app_data(Data::new(state))
            .configure(|config| usher_web::configure(config, self.settings.clone()));
        let app = test::init_service(app).await;
        let response = test::call_service(&app, request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = String::from_utf8(test::read_body(response).await.to_vec()).unwrap();
        Response { status, headers, body }
    }
}

/// The hidden field of the second step in a page.
pub(crate) fn confirmation_of(page: &Response) -> String {
    let (_, rest) =
        page.body.split_once("name=\"confirmation\" value=\"").unwrap_or_else(|| panic!("{}", page.body));
    rest.split('"').next().unwrap().to_owned()
}

/// The form that confirms a decline, with this choice.
pub(crate) fn second_step<'a>(confirmation: &'a str, choice: &'a str) -> [(&'static str, &'a str); 3] {
    [("action", "decline"), ("confirmation", confirmation), ("choice", choice)]
}

fn application(scene: &Scene, hasher: &Arc<TestHasher>) -> Arc<App> {
    let adapters = Adapters {
        store: Arc::clone(&scene.store),
        env: scene.env.clone(),
        authenticator: Arc::new(PlainAuthenticator::default()),
        hasher: Arc::clone(hasher) as Arc<dyn PasswordHasher>,
        signer: Arc::new(PlainSigner),
        fingerprints: Arc::new(PlainFingerprints),
    };
    let budget = Duration::from_secs(10);
    let limits = Limits {
        units: 4,
        budget,
        passwords: 2,
        password_rules: PasswordRules::default(),
        token_lifetime: TimeDelta::hours(1),
    };
    Arc::new(App::new(adapters, limits))
}
