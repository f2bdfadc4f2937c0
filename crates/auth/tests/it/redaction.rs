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

fn assert_redacted(value: &dyn Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        for secret in [SECRET, OLD_SECRET] {
            let octets = format!("{:?}", secret.as_bytes());
            let inner = octets.trim_matches(['[', ']']);
            assert!(!text.contains(secret) && !text.contains(&inner[..20]), "{text}");
        }
    }
}

#[test]
fn debug_output_contains_no_secret() {
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::default());
    assert_redacted(&secret(SECRET));
    assert_redacted(&ring());
    assert_redacted(&KeySource::SharedSecrets(ring()));
    assert_redacted(&shared());
    assert_redacted(&CredentialVerifier::new(JwtVerifier::new(vec![shared()], &clock).unwrap()));
    assert_redacted(&TokenIssuer::new(&shared()));
    assert_redacted(&HmacLinkKeys::new(&ring()));
    assert_redacted(&RequestKeys::new(&ring()));
    assert_redacted(&Passwords::new(Arc::new(SeededEntropy::default())));
    assert_redacted(&ServerSecret::new("short".into()));
    assert_redacted(&SecretRing::new(secret(SECRET), vec![secret(OLD_SECRET)]));
}

#[test]
fn debug_output_contains_no_token_or_link_key() {
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

/// Dashboards and alerts depend on the codes.
#[test]
fn codes_never_change() {
    for (reason, code) in [
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
        (InvalidToken::Lifetime, "lifetime"),
        (InvalidToken::EmailDomain, "email_domain"),
        (InvalidToken::MissingClaim("exp".into()), "missing_claim"),
        (InvalidToken::BadClaim("exp".into()), "bad_claim"),
    ] {
        assert_eq!(reason.code(), code);
    }
}

#[test]
fn errors_in_settings_do_not_contain_the_key() {
    let pem = "-----BEGIN PUBLIC KEY-----\nbm90IGEga2V5\n-----END PUBLIC KEY-----";
    let keys = vec![usher_auth::PublicKeySettings { pem: pem.into(), kid: None }];
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::default());
    let error = JwtVerifier::new(vec![IssuerSettings::new(KeySource::PublicKeys(keys))], &clock).unwrap_err();
    assert_eq!(
        error.to_string(),
        "issuer \"\": public key 1 must be a valid RSA, P-256, P-384, P-521 or Ed25519 key"
    );
}
