//! Auth0, Cognito, Google, Firebase, Clerk and Supabase.

use serde_json::json;
use usher_auth::{EmailTrust, InvalidToken, IssuerBinding, JwtError};

use super::Provider;
use crate::support::TestKey;

const NOT_VERIFIED: JwtError = JwtError::EmailNotVerified;

fn other_audience() -> JwtError {
    InvalidToken::Audience.into()
}

/// An Action adds the namespaced claims.
#[tokio::test]
async fn access_tokens_of_auth0() {
    let claims = json!({
        "iss": "https://tenant.eu.auth0.com/", "sub": "auth0|507f1f77bcf86cd799439011",
        "aud": ["https://usher.example.com", "https://tenant.eu.auth0.com/userinfo"],
        "azp": "my_client_id", "scope": "openid profile email", "gty": "password",
        "https://example.com/email": "jane@example.com", "https://example.com/email_verified": true,
    });
    let provider = Provider::new("https://usher.example.com", claims)
        .email(&["/https:~1~1example.com~1email"], "https://example.com/email_verified");
    provider.assert_identifies("jane@example.com").await;
    provider
        .assert_rejects([
            (json!({ "https://example.com/email_verified": false }), NOT_VERIFIED),
            (json!({ "https://example.com/email_verified": null, "email_verified": true }), NOT_VERIFIED),
            (json!({ "aud": ["https://tenant.eu.auth0.com/userinfo"] }), other_audience()),
            (json!({ "iss": "https://tenant.eu.auth0.com" }), InvalidToken::Issuer.into()),
        ])
        .await;
}

#[tokio::test]
async fn id_tokens_of_cognito() {
    let claims = json!({
        "iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_example",
        "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "aud": "xxxxxxxxxxxxexample", "token_use": "id",
        "cognito:groups": ["admins"], "cognito:username": "janedoe", "email": "jane@example.com",
        "email_verified": true, "auth_time": 1_500_009_400, "event_id": "3fa4a5b1", "origin_jti": "b1",
    });
    let provider = Provider { header: json!({}), ..Provider::new("xxxxxxxxxxxxexample", claims) };
    provider.assert_identifies("jane@example.com").await;
    provider
        .assert_rejects([
            (json!({ "email_verified": "true" }), NOT_VERIFIED),
            (json!({ "email_verified": false }), NOT_VERIFIED),
            (json!({ "aud": "another client" }), other_audience()),
            (json!({ "email": null }), InvalidToken::MissingClaim("email".into()).into()),
        ])
        .await;
}

/// They have no `aud`. A trigger adds the address.
#[tokio::test]
async fn access_tokens_of_cognito() {
    let claims = json!({
        "iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_example",
        "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "client_id": "xxxxxxxxxxxxexample",
        "token_use": "access", "scope": "aws.cognito.signin.user.admin", "username": "janedoe",
        "email": "jane@example.com", "email_verified": true,
    });
    let mut provider = Provider::new("xxxxxxxxxxxxexample", claims);
    provider.header = json!({});
    provider.settings.audience_claim = "client_id".into();
    provider.assert_identifies("jane@example.com").await;
    provider
        .assert_rejects([
            (json!({ "client_id": "another client" }), other_audience()),
            (json!({ "client_id": null }), InvalidToken::MissingClaim("client_id".into()).into()),
        ])
        .await;
}

#[tokio::test]
async fn id_tokens_of_google() {
    let claims = json!({
        "iss": "https://accounts.google.com", "azp": "1234987819200.apps.googleusercontent.com",
        "aud": "1234987819200.apps.googleusercontent.com", "sub": "10769150350006150715113082367",
        "at_hash": "HK6E_P6Dh8Y93mRNtsDB1Q", "hd": "example.com", "email": "jane@example.com",
        "email_verified": true, "nonce": "0394852-3190485-2490358", "name": "Jane Smith",
    });
    let mut provider = Provider::new("1234987819200.apps.googleusercontent.com", claims);
    provider.assert_identifies("jane@example.com").await;
    assert_eq!(provider.verify(json!({})).await.unwrap().name.unwrap().as_str(), "Jane Smith");
    provider.settings.binding =
        IssuerBinding { email_domains: ["example.com".to_owned()].into(), ..IssuerBinding::default() };
    provider
        .assert_rejects([
            (json!({ "email_verified": false }), NOT_VERIFIED),
            (json!({ "email": "jane@gmail.com" }), InvalidToken::EmailDomain.into()),
            (json!({ "aud": "another.apps.googleusercontent.com" }), other_audience()),
        ])
        .await;
}

/// The tokens also have the address as a list inside an object.
#[tokio::test]
async fn id_tokens_of_firebase() {
    let claims = json!({
        "iss": "https://securetoken.google.com/project", "aud": "project", "auth_time": 1_700_000_000,
        "user_id": "ZSqoY4xDt0dBvLoBZ9XxJhXnLxn1", "sub": "ZSqoY4xDt0dBvLoBZ9XxJhXnLxn1",
        "email": "jane@example.com", "email_verified": true,
        "firebase": { "identities": { "email": ["jane@example.com"] }, "sign_in_provider": "password" },
    });
    let provider =
        Provider::new("project", claims).email(&["/firebase/identities/email/0", "email"], "email_verified");
    provider.assert_identifies("jane@example.com").await;
    let by_phone =
        json!({ "firebase": { "identities": { "phone": ["+491"] }, "sign_in_provider": "phone" } });
    assert_eq!(provider.verify(by_phone).await.unwrap().email.as_str(), "jane@example.com");
    provider
        .assert_rejects([
            (json!({ "email_verified": false }), NOT_VERIFIED),
            (json!({ "aud": "another project" }), other_audience()),
        ])
        .await;
}

/// The template of the session token adds the address. The tokens have `azp` instead of `aud`.
#[tokio::test]
async fn session_tokens_of_clerk() {
    let claims = json!({
        "iss": "https://clerk.example.com", "azp": "https://app.example.com", "sub": "user_2abc", "v": 2,
        "sid": "sess_2abc", "o": { "id": "org_1", "slg": "onward", "rol": "admin" }, "fva": [0, -1],
        "email": "jane@example.com", "email_verified": true,
    });
    let mut provider = Provider::new("https://app.example.com", claims);
    provider.settings.audience_claim = "azp".into();
    provider.settings.claims.account = usher_auth::Claim::parse(&["org_slug", "/o/slg"]);
    provider.header = json!({ "typ": "JWT", "cat": "cl_B7d4PD111AAA" });
    provider.assert_identifies("jane@example.com").await;
    assert_eq!(provider.verify(json!({})).await.unwrap().account.unwrap().as_str(), "onward");
    provider
        .assert_rejects([
            (json!({ "azp": "https://another.example.com" }), other_audience()),
            (json!({ "email_verified": null }), NOT_VERIFIED),
            (json!({ "o": { "slg": "Not A Slug" } }), InvalidToken::BadClaim("/o/slg".into()).into()),
        ])
        .await;
}

/// Addresses are confirmed before a session begins, and no claim says so that users could not change.
#[tokio::test]
async fn access_tokens_of_supabase() {
    let claims = json!({
        "iss": "https://project.supabase.co/auth/v1", "aud": "authenticated", "role": "authenticated",
        "sub": "3f1f0f2e-8f3b-4c55-9b5b-0c8f5d1b7a11", "email": "jane@example.com", "phone": "",
        "app_metadata": { "provider": "email", "providers": ["email"] }, "aal": "aal1",
        "user_metadata": { "email": "otto@example.com", "email_verified": true }, "is_anonymous": false,
    });
    let mut provider = Provider { key: TestKey::es256(), ..Provider::new("authenticated", claims) };
    provider.jwk = json!({ "key_ops": ["verify"], "ext": true });
    provider.assert_rejects([(json!({}), NOT_VERIFIED)]).await;
    provider.settings.email_trust = EmailTrust::Always;
    provider.settings.binding =
        IssuerBinding { email_domains: ["example.com".to_owned()].into(), ..IssuerBinding::default() };
    provider.assert_identifies("jane@example.com").await;
    provider
        .assert_rejects([
            (json!({ "email": "jane@upside.example" }), InvalidToken::EmailDomain.into()),
            (json!({ "email": "" }), InvalidToken::BadClaim("email".into()).into()),
            (json!({ "aud": "anon" }), other_audience()),
        ])
        .await;
}
