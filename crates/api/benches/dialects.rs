//! What the dialects cost without a database: bodies read, and lists written, of one invitation and of a hundred, so that the
//! difference is the JSON of a hundred rows. The store is in memory and the same for both dialects. Also the `secure_id`, from
//! the operating system's randomness.

#![expect(clippy::unwrap_used, reason = "a benchmark that fails has no caller to tell")]

use std::{hint::black_box, sync::Arc, time::Duration};

use actix_web::{App as HttpApp, http::header::AUTHORIZATION, test, web::Data};
use chrono::TimeDelta;
use criterion::{Criterion, criterion_group, criterion_main};
use usher_api::{
    routes::{self, EdgeSettings},
    settings::{DeploymentMode, Settings, Sources},
    system::SystemEntropy,
};
use usher_app::{Adapters, App, Limits};
use usher_domain::{
    invitation::SecureId,
    testkit::{
        PlainAuthenticator, PlainFingerprints, PlainHasher, PlainSigner, Scene, credential, scene::ADMIN,
    },
};
use usher_http_kit::{AppState, json};

const LANDSCAPE_BODY: &[u8] =
    br#"{"name": "Bobby", "email": "bobby@example.com", "roles": ["Auditor", "SupportAnalyst"]}"#;
const FASTLY_BODY: &[u8] =
    br#"{"data": {"type": "invitation", "attributes": {"email": "bobby@example.com", "role": "engineer",
    "limit_services": false}, "relationships": {"service_invitations": {"data": []}}}}"#;

fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("body read");
    for (name, body) in [("Landscape's", LANDSCAPE_BODY), ("Fastly's", FASTLY_BODY)] {
        let read = || json::read(black_box(body), json::Members::Known(&[]), |_, _| Some(()));
        group.bench_function(name, |bencher| bencher.iter(|| read().unwrap()));
    }
    group.finish();
}

fn secure_id(criterion: &mut Criterion) {
    criterion.bench_function("secure_id", |bencher| bencher.iter(|| SecureId::generate(&SystemEntropy)));
}

fn lists(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("list answered");
    let system = actix_web::rt::System::new();
    let edges = edges();
    for rows in [1, 100] {
        let scene = Scene::new();
        scene.invite_guests(rows);
        let app = system.block_on(async {
            let state = Data::new(state(&scene));
            let configure = |config: &mut _| routes::configure(config, &edges);
            test::init_service(HttpApp::new().app_data(state).configure(configure)).await
        });
        for (name, path) in [
            ("Landscape's", "/api/v2/invitations?limit=100"),
            ("Fastly's", "/invitations?page%5Bsize%5D=100"),
        ] {
            let ask = || async {
                let request = test::TestRequest::get().uri(path);
                let request = request.insert_header((AUTHORIZATION, "Bearer admin"));
                let response = test::call_service(&app, request.to_request()).await;
                assert!(response.status().is_success(), "{}", response.status());
                test::read_body(response).await
            };
            group.bench_function(format!("{name}, {rows} rows"), |bencher| {
                bencher.iter(|| black_box(system.block_on(ask())));
            });
        }
    }
    group.finish();
}

fn edges() -> EdgeSettings {
    let sources = Sources { file: None, environment: std::collections::BTreeMap::new() };
    EdgeSettings::new(&Settings::load(&sources, DeploymentMode::Development).unwrap()).unwrap()
}

/// The application over the scene, in which the token `admin` is the administrator's.
fn state(scene: &Scene) -> AppState {
    let authenticator = PlainAuthenticator::default();
    authenticator.set("admin", Ok(credential(ADMIN)));
    let adapters = Adapters {
        store: Arc::clone(&scene.store),
        env: scene.env.clone(),
        authenticator: Arc::new(authenticator),
        hasher: Arc::new(PlainHasher),
        signer: Arc::new(PlainSigner),
        fingerprints: Arc::new(PlainFingerprints),
    };
    let limits = Limits {
        units: 8,
        budget: Duration::from_secs(1),
        passwords: 1,
        password_rules: usher_app::PasswordRules::default(),
        token_lifetime: TimeDelta::hours(1),
    };
    AppState {
        app: Arc::new(App::new(adapters, limits)),
        public_url: scene.env.policy.public_url.clone(),
        body_timeout: Duration::from_secs(10),
        drain: Arc::default(),
        link_lookups: Arc::default(),
    }
}

criterion_group!(benches, reading, secure_id, lists);
criterion_main!(benches);
