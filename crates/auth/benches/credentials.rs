//! Signing and verifying tokens, deriving and verifying link keys.

#![expect(clippy::unwrap_used, reason = "a failure ends the benchmark")]

use std::{hint::black_box, sync::Arc};

use chrono::TimeDelta;
use criterion::{Criterion, criterion_group, criterion_main};
use usher_auth::{
    HmacLinkKeys, IssuerSettings, JwtVerifier, KeySource, SecretRing, ServerSecret, TokenIssuer,
};
use usher_domain::{
    account::AccountName,
    address::EmailAddress,
    id::PersonId,
    invitation::SecureId,
    port::{Clock, LinkKeys as _, TokenRequest, TokenSigner as _},
    testkit::{FixedClock, SeededEntropy},
};

fn ring() -> SecretRing {
    let secret = |text: &str| ServerSecret::new(text.into()).unwrap();
    let previous = secret("the previous secret, 32 bytes or more");
    SecretRing::new(secret("the current secret, 32 bytes or more"), vec![previous])
}

fn tokens(criterion: &mut Criterion) {
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::default());
    let settings = IssuerSettings::new(KeySource::SharedSecrets(ring()));
    let issuer = TokenIssuer::new(&settings).unwrap();
    let verifier = JwtVerifier::new(vec![settings], &clock).unwrap();
    let email = EmailAddress::parse("john@example.com").unwrap();
    let account = AccountName::parse("onward").unwrap();
    let request = TokenRequest {
        email: &email,
        email_verified: true,
        person_id: PersonId::new(1),
        account: Some(&account),
        lifetime: TimeDelta::hours(1),
    };
    let now = clock.now();
    let token = issuer.sign(&request, now);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut group = criterion.benchmark_group("token");
    group.bench_function("sign", |bencher| bencher.iter(|| black_box(issuer.sign(&request, now))));
    group.bench_function("verify (HS256)", |bencher| {
        bencher.iter(|| runtime.block_on(verifier.verify(black_box(token.reveal()), now)).unwrap());
    });
    group.finish();
}

fn links(criterion: &mut Criterion) {
    let keys = HmacLinkKeys::new(&ring());
    let id = SecureId::generate(&SeededEntropy::default());
    let key = keys.key(&id, 1);
    let mut group = criterion.benchmark_group("link key");
    group.bench_function("derive", |bencher| bencher.iter(|| black_box(keys.key(&id, 1))));
    group.bench_function("verify", |bencher| {
        bencher.iter(|| keys.generation_of(&id, black_box(key.reveal())).unwrap());
    });
    group.bench_function("reject after trying every secret", |bencher| {
        let wrong = "1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        bencher.iter(|| assert_eq!(keys.generation_of(&id, black_box(wrong)), None));
    });
    group.finish();
}

criterion_group!(benches, tokens, links);
criterion_main!(benches);
