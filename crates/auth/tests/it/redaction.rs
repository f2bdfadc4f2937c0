use std::{fmt::Debug, sync::Arc};

use chrono::TimeDelta;
use usher_auth::{
    CredentialVerifier, HmacLinkKeys, InvalidToken, IssuerSettings, JwtVerifier, KeySource, Passwords,
    RequestKeys, SecretRing, ServerSecret, TokenIssuer,
};
use usher_domain::{
    address::EmailAddress,
    id::PersonId,
    port::{Clock, LinkKeys as _, TokenRequest, TokenSigner as _},
    testkit::{FixedClock, SeededEntropy},
    token::Token,
};

use crate::support::{OLD_SECRET, SECRET, now, ring, secret, shared};

fn assert_silent(what: &dyn Debug) {
    for text in [format!("{what:?}"), format!("{what:#?}")] {
        for secret in [SECRET, OLD_SECRET] {
            let octets = format!("{:?}", secret.as_bytes());
            let inner = octets.trim_matches(['[', ']']);
            assert!(!text.contains(secret) && !text.contains(&inner[..20]), "{text}");
        }
    }
}

#[test]
fn nothing_shows_a_secret() {
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::default());
    assert_silent(&secret(SECRET));
    assert_silent(&ring());
    assert_silent(&KeySource::SharedSecrets(ring()));
    assert_silent(&shared());
    assert_silent(&CredentialVerifier::new(JwtVerifier::new(vec![shared()], &clock).unwrap()));
    assert_silent(&TokenIssuer::new(&shared()));
    assert_silent(&HmacLinkKeys::new(&ring()));
    assert_silent(&RequestKeys::new(&ring()));
    assert_silent(&Passwords::new(Arc::new(SeededEntropy::default())));
    assert_silent(&ServerSecret::new("short".into()));
    assert_silent(&SecretRing::new(secret(SECRET), vec![secret(OLD_SECRET)]));
}

#[test]
fn nothing_shows_a_token_or_a_link() {
    let email = EmailAddress::parse("john@example.com").unwrap();
    let request = TokenRequest {
        email: &email,
        email_verified: true,
        person_id: PersonId::new(1),
        account: None,
        lifetime: TimeDelta::days(1),
    };
    let token = TokenIssuer::new(&shared()).unwrap().sign(&request, now());
    let shown = format!("{token:?} {token:#?}");
    for part in token.reveal().split('.') {
        assert!(!shown.contains(part), "{shown}");
    }

    let id = Token::<30>::generate(&SeededEntropy::default());
    let key = HmacLinkKeys::new(&ring()).key(&id, 1);
    let (_, mac) = key.reveal().split_once('.').unwrap();
    assert!(!format!("{key:?} {key:#?}").contains(mac));
}

/// Clients, dashboards and alerts hold on to them.
#[test]
fn codes_never_change() {
    for (kind, code) in [
        (InvalidToken::TooLong, "too_long"),
        (InvalidToken::Malformed, "malformed"),
        (InvalidToken::DuplicateName, "duplicate_name"),
        (InvalidToken::Type, "type"),
        (InvalidToken::Critical, "critical"),
        (InvalidToken::Algorithm, "algorithm"),
        (InvalidToken::Key, "key"),
        (InvalidToken::Signature, "signature"),
        (InvalidToken::Issuer, "issuer"),
        (InvalidToken::Audience, "audience"),
        (InvalidToken::NotYetValid, "not_yet_valid"),
        (InvalidToken::IssuedInFuture, "issued_in_future"),
        (InvalidToken::MissingClaim("exp".into()), "missing_claim"),
        (InvalidToken::BadClaim("exp".into()), "bad_claim"),
    ] {
        assert_eq!(kind.code(), code);
    }
}

#[test]
fn settings_say_what_is_wrong_without_the_key() {
    let pem = "-----BEGIN PUBLIC KEY-----\nbm90IGEga2V5\n-----END PUBLIC KEY-----";
    let keys = vec![usher_auth::PublicKeySettings { pem: pem.into(), kid: None }];
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::default());
    let error = JwtVerifier::new(vec![IssuerSettings::new(KeySource::PublicKeys(keys))], &clock).unwrap_err();
    assert_eq!(error.to_string(), "issuer \"\": public key 1 must be a sound RSA, P-256 or Ed25519 key");
}
