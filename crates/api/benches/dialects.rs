//! What the dialects cost without a database: bodies read, and lists written, of one invitation and of a hundred, so that
//! the difference is a hundred rows' JSON. The store is the one in memory; its part is the same for both dialects. And the
//! `secure_id`, from the operating system's randomness.

#![expect(clippy::unwrap_used, reason = "what fails here has nobody to tell")]

use std::{hint::black_box, sync::Arc, time::Duration};

use actix_web::{App, http::header::AUTHORIZATION, test, web::Data};
use chrono::TimeDelta;
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::sync::{Notify, Semaphore};
use usher_api::{
    gate::Gate,
    http::{
        self,
        gathered::Gathered,
        idempotency::Repeats,
        json,
        passwords::PasswordDesk,
        state::{AppState, Fastly, Landscape},
    },
    system::SystemEntropy,
};
use usher_auth::{
    IssuerSettings, JwtVerifier, KeySource, Passwords, RequestKeys, SecretRing, ServerSecret, TokenIssuer,
    TokenRequest,
};
use usher_domain::{
    account::AccountName,
    address::EmailAddress,
    id::PersonId,
    invitation::SecureId,
    port::{Store, StoreError},
    principal::Credential,
    role::Grant,
    testkit::{self, SeededEntropy, memory::MemoryStore},
    text::DisplayText,
    usecase::{
        add_member::{AddMember, add_member},
        create_account::{CreateAccount, create_account},
        invite::{Invite, invite},
        resolve::resolve,
    },
};

const LANDSCAPE_BODY: &[u8] =
    br#"{"name": "Bobby", "email": "bobby@example.com", "roles": ["Auditor", "SupportAnalyst"]}"#;
const FASTLY_BODY: &[u8] =
    br#"{"data": {"type": "invitation", "attributes": {"email": "bobby@example.com", "role": "engineer",
    "limit_services": false}, "relationships": {"service_invitations": {"data": []}}}}"#;

fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("body read");
    for (name, body) in [("Landscape's", LANDSCAPE_BODY), ("Fastly's", FASTLY_BODY)] {
        group.bench_function(name, |bencher| bencher.iter(|| json::object(black_box(body)).unwrap()));
    }
    group.finish();
}

fn secure_id(criterion: &mut Criterion) {
    criterion.bench_function("secure_id", |bencher| bencher.iter(|| SecureId::generate(&SystemEntropy)));
}

fn lists(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("list answered");
    let system = actix_web::rt::System::new();
    for rows in [1, 100] {
        let (state, token) = world(rows);
        let app = App::new().app_data(Data::new(state)).configure(http::configure);
        let app = system.block_on(test::init_service(app));
        for (name, path) in [
            ("Landscape's", "/api/v2/invitations?limit=100"),
            ("Fastly's", "/invitations?page%5Bsize%5D=100"),
        ] {
            let ask = || async {
                let request = test::TestRequest::get().uri(path);
                let request = request.insert_header((AUTHORIZATION, format!("Bearer {token}")));
                let answer = test::call_service(&app, request.to_request()).await;
                assert!(answer.status().is_success(), "{}", answer.status());
                test::read_body(answer).await
            };
            group.bench_function(format!("{name}, {rows} rows"), |bencher| {
                bencher.iter(|| black_box(system.block_on(ask())));
            });
        }
    }
    group.finish();
}

/// An account with an administrator, her token, and so many open invitations.
fn world(rows: u32) -> (AppState, String) {
    let secret = || ServerSecret::new("a secret of the benchmarks, 32 bytes or more".into()).unwrap();
    let secrets = || SecretRing::new(secret(), Vec::new());
    let settings = || IssuerSettings::new(KeySource::SharedSecrets(secrets()));
    let (env, _) = testkit::env();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let account = AccountName::parse("onward").unwrap();
    let email = EmailAddress::parse("jane@example.com").unwrap();
    let title = DisplayText::parse("Onward, Inc.").unwrap();
    let owner = AddMember {
        account: account.clone(),
        email: email.clone(),
        name: Some(DisplayText::parse("Jane Smith").unwrap()),
        grant: Grant::of_roles(["GlobalAdmin"]).unwrap(),
        password: None,
    };
    let make = CreateAccount { name: account.clone(), title };
    store.write("account", |tx| create_account(tx, &env, &make)).unwrap();
    store.write("owner", |tx| add_member(tx, &env, &owner)).unwrap();
    let issuer = TokenIssuer::new(&settings()).unwrap();
    let request = TokenRequest {
        email: &email,
        email_verified: true,
        person_id: PersonId::new(1),
        account: Some(&account),
        lifetime: TimeDelta::hours(1),
    };
    let token = issuer.issue(&request, env.now()).reveal().to_owned();
    let verifier = JwtVerifier::new(vec![settings()], &env.clock).unwrap();
    let actix = actix_web::rt::Runtime::new().unwrap();
    let credential = Credential::Principal(actix.block_on(verifier.verify(&token, env.now())).unwrap());
    let actor = store.read("owner", |tx| resolve(tx, &credential, env.now())).unwrap();
    for number in 0..rows {
        let command = Invite {
            email: EmailAddress::parse(&format!("guest{number}@example.com")).unwrap(),
            name: Some(DisplayText::parse("Ada Lovelace").unwrap()),
            grant: Grant::of_roles(["Auditor"]).unwrap(),
            validity: TimeDelta::days(14),
        };
        store.write("invite", |tx| invite(tx, &env, &actor, &command)).unwrap();
    }
    let open =
        store.read::<_, StoreError>("count", |tx| tx.count_open_invitations(actor.account.id, env.now()));
    assert_eq!(open, Ok(u64::from(rows)));
    let passwords = Arc::new(Passwords::new(Arc::new(SeededEntropy::default())));
    let public_url = env.policy.public_url.clone();
    let gate = Gate::new(store, env, 8, Duration::from_secs(1));
    let state = AppState {
        public_url,
        gathered: Gathered::new(&gate),
        gate,
        verifier,
        issuer,
        passwords: Arc::new(PasswordDesk::new(passwords, Arc::new(Semaphore::new(1)))),
        repeats: Repeats::new(RequestKeys::new(&secrets())),
        wake: Arc::new(Notify::new()),
        continue_url: None,
        body_timeout: Duration::from_secs(10),
        token_lifetime: TimeDelta::hours(1),
        landscape: Landscape { strict_content_type: false, validity: TimeDelta::days(14) },
        fastly: Fastly { validity: TimeDelta::days(7) },
    };
    (state, token)
}

criterion_group!(benches, reading, secure_id, lists);
criterion_main!(benches);
