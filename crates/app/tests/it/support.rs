use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use usher_app::{
    Adapters, App, Call, HealthSettings, InAccount, Limits, Outcome, PasswordRules, Render, RequestContext,
};
use usher_domain::{
    idempotency::Answer,
    invitation::Invitation,
    port::Store,
    principal::Credential,
    testkit::{
        PlainAuthenticator, PlainFingerprints, PlainHasher, PlainSigner, Scene, credential, grant,
        scene::ADMIN,
    },
    usecase::invite::{Invite, InviteError},
};

/// The application over a scene, with one permit for each of `units`.
pub(crate) fn app(scene: &Scene, store: Arc<dyn Store>, units: usize) -> App {
    let adapters = Adapters {
        store,
        env: scene.env.clone(),
        authenticator: Arc::new(PlainAuthenticator::default()),
        hasher: Arc::new(PlainHasher),
        signer: Arc::new(PlainSigner),
        fingerprints: Arc::new(PlainFingerprints),
    };
    let limits = Limits {
        units,
        budget: Duration::from_mins(1),
        passwords: 1,
        password_rules: PasswordRules::default(),
        token_lifetime: TimeDelta::hours(1),
    };
    // Not reached on a slow machine.
    let health = HealthSettings { check_timeout: Duration::from_mins(1), ..HealthSettings::default() };
    App::new(adapters, limits).with_health(health)
}

/// A creation by the scene's administrator.
pub(crate) fn creation(address: &str) -> Call<Credential, Invite> {
    Call {
        context: RequestContext::new(address),
        caller: credential(ADMIN),
        key: None,
        command: Some(Scene::invitation(address, grant(["Auditor"]))),
    }
}

/// Renders an invitation as its number and address.
pub(crate) fn rendered() -> Render<InAccount<Invitation>> {
    Arc::new(|invited| Answer {
        status: 200,
        content_type: Some("text/plain".to_owned()),
        body: format!("{} {}", invited.value.id, invited.value.email),
    })
}

/// The body of a successful creation, and whether it was replayed.
#[track_caller]
pub(crate) fn done(outcome: Outcome<InviteError>) -> (String, bool) {
    let reply = outcome.result.unwrap();
    (reply.answer.body, reply.replayed)
}
