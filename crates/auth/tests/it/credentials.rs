use serde_json::json;
use usher_auth::{CredentialVerifier, InvalidToken, JwtError, access_token_digest};
use usher_domain::{
    port::{Authenticator as _, TokenError},
    principal::Credential,
};

use crate::support::{SECRET, claims, claims_with, now, shared, signed, token, verifier};

async fn authenticate(token: &str) -> Result<Credential, TokenError> {
    CredentialVerifier::new(verifier([shared()])).authenticate(token, now()).await
}

#[tokio::test]
async fn a_jwt_proves_its_principal() {
    let Ok(Credential::Principal(principal)) = authenticate(&token(&claims())).await else {
        panic!("no principal")
    };
    assert_eq!(principal.email.as_str(), "john@example.com");
}

/// Whether the access token exists is for the store to say.
#[tokio::test]
async fn an_access_token_becomes_its_digest() {
    let text = "0123456789abcdefghijABCDEFGHIJxy";
    let digest = access_token_digest(text).unwrap();
    assert_eq!(authenticate(text).await, Ok(Credential::AccessToken(digest)));
}

#[tokio::test]
async fn other_texts_are_rejected_as_jwts() {
    for text in ["", "0123456789abcdefghijABCDEFGHIJx", "0123456789abcdefghijABCDEFGHIJxyz", "a.b.c"] {
        let expected = JwtError::Invalid(InvalidToken::Malformed);
        assert_eq!(authenticate(text).await, Err(expected.into()), "{text:?}");
    }
}

#[tokio::test]
async fn a_rejection_keeps_its_reason_and_its_message() {
    let forged = signed(&json!({ "alg": "HS256" }), &claims(), "some other secret, 32 bytes or more");
    let message = "the token's signature is wrong".to_owned();
    assert_eq!(authenticate(&forged).await, Err(TokenError::Invalid { reason: "signature", message }));
    let expired = signed(&json!({ "alg": "HS256" }), &claims_with(json!({ "exp": 1 })), SECRET);
    assert_eq!(authenticate(&expired).await, Err(TokenError::Expired));
}

#[test]
fn each_jwt_error_has_the_message_of_its_token_error() {
    for error in [
        JwtError::Invalid(InvalidToken::MissingClaim("exp".into())),
        JwtError::Invalid(InvalidToken::Key),
        JwtError::Expired,
        JwtError::EmailNotVerified,
        JwtError::KeysUnavailable { seconds: 3 },
    ] {
        assert_eq!(TokenError::from(error.clone()).to_string(), error.to_string());
    }
}
