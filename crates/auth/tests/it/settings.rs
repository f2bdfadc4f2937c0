use std::sync::Arc;

use chrono::TimeDelta;
use rcgen::{CertificateParams, KeyPair};
use usher_auth::{
    ClaimNames, IssuerFault, IssuerSettings, IssuerSettingsError, JwksFault, JwksSettings, JwtVerifier,
    KeyFault, KeySource, MAX_PUBLIC_KEYS, PublicKeySettings, TokenIssuer,
};
use usher_domain::testkit::FixedClock;

use crate::support::{TestKey, WEAK_RSA, WEAK_RSA_PKCS1, shared};

fn error(issuers: Vec<IssuerSettings>) -> IssuerSettingsError {
    let clock: Arc<dyn usher_domain::port::Clock> = Arc::new(FixedClock::default());
    JwtVerifier::new(issuers, &clock).expect_err("invalid settings")
}

fn fault(settings: IssuerSettings) -> IssuerFault {
    match error(vec![settings]) {
        IssuerSettingsError::Issuer { fault, .. } => fault,
        other => panic!("{other}"),
    }
}

fn keys(keys: &[(&str, Option<&str>)]) -> IssuerSettings {
    let keys =
        keys.iter().map(|(pem, kid)| PublicKeySettings { pem: (*pem).into(), kid: kid.map(Into::into) });
    IssuerSettings::new(KeySource::PublicKeys(keys.collect()))
}

#[test]
fn issuers_are_unique_and_at_least_one() {
    assert_eq!(error(vec![]), IssuerSettingsError::NoIssuer);
    assert_eq!(error(vec![shared(), shared()]), IssuerSettingsError::DuplicateIssuer);
    let named = IssuerSettings { issuer: Some("https://id.example.com".into()), ..shared() };
    assert_eq!(error(vec![named.clone(), shared(), named.clone()]), IssuerSettingsError::DuplicateIssuer);
    let invalid = IssuerSettings { leeway: TimeDelta::seconds(-1), ..named };
    let message = error(vec![invalid]).to_string();
    assert_eq!(message, "issuer \"https://id.example.com\": the leeway must be 0 to 60 seconds");
}

#[test]
fn the_leeway_is_between_0_and_60_seconds() {
    for leeway in
        [TimeDelta::milliseconds(60_001), TimeDelta::days(1), TimeDelta::milliseconds(-1), TimeDelta::MAX]
    {
        assert_eq!(fault(IssuerSettings { leeway, ..shared() }), IssuerFault::Leeway, "{leeway}");
    }
}

/// A key for key agreement (RFC 8410), which signs nothing.
const X25519: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEAqWtnGxHkSYR8lWOJnKfIHr6Ttz7lJ0iUgCmLxu8NyUs=\n-----END PUBLIC KEY-----";

#[test]
fn invalid_public_keys_are_rejected() {
    let valid = TestKey::es256();
    let certificate = CertificateParams::new(vec!["id.example.com".into()]).unwrap();
    let certificate = certificate.self_signed(&KeyPair::generate().unwrap()).unwrap().pem();
    let truncated = valid.pem().replacen("MFkw", "", 1);
    for (case, pem, expected) in [
        ("nothing", String::new(), KeyFault::NotPublicPem),
        ("some text", "a key".into(), KeyFault::NotPublicPem),
        ("a certificate", certificate, KeyFault::Certificate),
        ("two keys", valid.pem().repeat(2), KeyFault::NotPublicPem),
        ("a private key", valid.private_pem(), KeyFault::Private),
        ("a private RSA key", "-----BEGIN RSA PRIVATE KEY-----".into(), KeyFault::Private),
        ("X25519", X25519.into(), KeyFault::Unsuitable),
        ("half a key", truncated, KeyFault::Unsuitable),
        ("an empty key", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----".into(), KeyFault::Unsuitable),
        ("1024 bits", WEAK_RSA.into(), KeyFault::RsaSize),
        ("1024 bits, PKCS #1", WEAK_RSA_PKCS1.into(), KeyFault::RsaSize),
    ] {
        let settings = keys(&[(&valid.pem(), Some("valid")), (&pem, Some("invalid"))]);
        assert_eq!(fault(settings), IssuerFault::PublicKey { position: 2, fault: expected }, "{case}");
    }
}

#[test]
fn public_keys_differ_in_kid_or_algorithm() {
    let (one, two, ed) = (TestKey::es256().pem(), TestKey::es256().pem(), TestKey::eddsa().pem());
    assert_eq!(fault(keys(&[])), IssuerFault::NoKeys);
    let twice = keys(&[(&one, Some("a")), (&ed, Some("a")), (&two, Some("a"))]);
    assert_eq!(fault(twice), IssuerFault::DuplicateKid { position: 3 });
}

#[test]
fn an_issuer_has_at_most_sixteen_public_keys() {
    let pem = TestKey::eddsa().pem();
    let clock: Arc<dyn usher_domain::port::Clock> = Arc::new(FixedClock::default());
    let most = vec![(pem.as_str(), None); MAX_PUBLIC_KEYS];
    assert!(JwtVerifier::new(vec![keys(&most)], &clock).is_ok());
    assert_eq!(fault(keys(&[most, vec![(&pem, None)]].concat())), IssuerFault::TooManyKeys);
}

#[test]
fn a_pem_text_may_contain_several_keys() {
    let (one, two) = (TestKey::es256().pem(), TestKey::eddsa().pem());
    let read =
        |text: &str| PublicKeySettings::parse_pem(text).into_iter().map(|key| key.pem).collect::<Vec<_>>();
    assert_eq!(read(&one), [one.as_str()]);
    assert_eq!(read(&format!("{one}{two}")), [one.as_str(), two.as_str()]);
    assert_eq!(read(&format!("the old one\n{one}")), [one.as_str()]);
    for none in ["", "no key", "-----BEGIN PUBLIC KEY-----"] {
        let keys = PublicKeySettings::parse_pem(none);
        let settings = IssuerSettings::new(KeySource::PublicKeys(keys));
        assert!(matches!(fault(settings), IssuerFault::PublicKey { position: 1, .. }), "{none:?}");
    }
}

#[test]
fn key_sets_need_https_and_intervals_of_a_second() {
    let jwks = |jwks: JwksSettings| fault(IssuerSettings::new(KeySource::Jwks(jwks)));
    for (url, expected) in [
        ("jwks.json", JwksFault::NotUrl),
        ("http://id.example.com/jwks.json", JwksFault::Insecure),
        ("file:///jwks.json", JwksFault::Insecure),
        ("https://usher:secret@id.example.com/", JwksFault::Credentials),
    ] {
        assert_eq!(jwks(JwksSettings::new(url)), IssuerFault::Jwks(expected), "{url}");
    }
    let valid = JwksSettings::new("http://localhost/jwks.json");
    let short = TimeDelta::milliseconds(999);
    assert_eq!(
        jwks(JwksSettings { max_age: short, ..valid.clone() }),
        IssuerFault::Jwks(JwksFault::Intervals)
    );
    assert_eq!(jwks(JwksSettings { cooldown: short, ..valid }), IssuerFault::Jwks(JwksFault::Intervals));
    let discovered = jwks(JwksSettings::discovered("accounts.google.com"));
    assert_eq!(discovered, IssuerFault::Jwks(JwksFault::NotUrl));
}

/// The verifier must accept the tokens that Usher signs.
#[test]
fn signing_needs_a_shared_secret_and_landscapes_claims() {
    let fault = |settings: IssuerSettings| match TokenIssuer::new(&settings).expect_err("invalid settings") {
        IssuerSettingsError::Issuer { fault, .. } => fault,
        other => panic!("{other}"),
    };
    assert_eq!(fault(keys(&[(&TestKey::es256().pem(), None)])), IssuerFault::NoSharedSecrets);
    assert_eq!(
        fault(IssuerSettings { claims: ClaimNames::openid(), ..shared() }),
        IssuerFault::NotUsherFormat
    );
    assert_eq!(
        fault(IssuerSettings { token_types: vec!["at+jwt".into()], ..shared() }),
        IssuerFault::NotUsherFormat
    );
    assert!(TokenIssuer::new(&shared()).is_ok());
}
