//! Entra ID, Entra External ID, Keycloak and Okta.

use serde_json::json;
use usher_auth::{EmailTrust, InvalidToken, IssuerBinding, JwtError};

use super::Provider;
use crate::support::TestKey;

const TENANT: &str = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0";
const NOT_VERIFIED: JwtError = JwtError::EmailNotVerified;

fn bound_to_example() -> IssuerBinding {
    IssuerBinding { email_domains: ["example.com".to_owned()].into(), ..IssuerBinding::default() }
}

/// Keys without `alg`, with the thumbprint twice in the header.
fn entra(claims: serde_json::Value) -> Provider {
    let mut provider = Provider::new("6731de76-14a6-49ae-97bc-6eba6914391e", claims);
    provider.jwk = json!({
        "alg": null, "x5t": "2025-01", "x5c": ["MIIC/TCCAeWgAwIBAgIIUd7j"], "issuer": TENANT,
        "cloud_instance_name": "microsoftonline.com",
    });
    provider.header = json!({ "typ": "JWT", "x5t": "2025-01" });
    provider
}

/// Work accounts have no `email_verified`. The optional claim `xms_edov` says whether the domain is the tenant's.
#[tokio::test]
async fn tokens_of_entra_with_the_verified_domain() {
    let claims = json!({
        "iss": TENANT, "aud": "6731de76-14a6-49ae-97bc-6eba6914391e", "ver": "2.0",
        "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", "oid": "00000000-0000-0000-66f3-3332eca7ea81",
        "tid": "11111111-2222-3333-4444-555555555555", "preferred_username": "jane@example.com",
        "email": "jane@example.com", "xms_edov": true, "uti": "u", "rh": "0.A",
    });
    let provider = entra(claims).email(&["email", "preferred_username"], "xms_edov");
    provider.assert_identifies("jane@example.com").await;
    provider
        .assert_rejects([
            (json!({ "xms_edov": false }), NOT_VERIFIED),
            (json!({ "xms_edov": "1" }), NOT_VERIFIED),
            (json!({ "xms_edov": null, "email_verified": true }), NOT_VERIFIED),
            (json!({ "iss": TENANT.replace('1', "9") }), InvalidToken::Issuer.into()),
        ])
        .await;
}

#[tokio::test]
async fn tokens_of_a_trusted_entra_tenant() {
    let claims = json!({
        "iss": TENANT, "aud": "6731de76-14a6-49ae-97bc-6eba6914391e", "ver": "2.0",
        "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", "preferred_username": "jane@example.com",
    });
    let mut provider = entra(claims).email(&["email", "preferred_username"], "email_verified");
    provider.assert_rejects([(json!({}), NOT_VERIFIED)]).await;
    provider.settings.email_trust = EmailTrust::Always;
    provider.settings.binding = bound_to_example();
    provider.assert_identifies("jane@example.com").await;
    let guest = "jane_upside.example#EXT#@tenant.onmicrosoft.com";
    provider
        .assert_rejects([
            (json!({ "preferred_username": guest }), InvalidToken::EmailDomain.into()),
            (json!({ "email": "jane@upside.example" }), InvalidToken::EmailDomain.into()),
            (json!({ "email_verified": false }), NOT_VERIFIED),
            (
                json!({ "preferred_username": "+49 30 1234" }),
                InvalidToken::BadClaim("preferred_username".into()).into(),
            ),
        ])
        .await;
}

/// The addresses are a list.
#[tokio::test]
async fn tokens_of_entra_external_id() {
    let claims = json!({
        "iss": "https://tenant.b2clogin.com/11111111-2222-3333-4444-555555555555/v2.0/",
        "aud": "6731de76-14a6-49ae-97bc-6eba6914391e", "sub": "884408e1-2918-4cz0-b12d-3aa027d7563b",
        "tfp": "B2C_1_signupsignin1", "emails": ["jane@example.com"], "name": "Jane Smith",
    });
    let mut provider = entra(claims).email(&["/emails/0"], "email_verified");
    provider.assert_rejects([(json!({}), NOT_VERIFIED)]).await;
    provider.settings.email_trust = EmailTrust::Always;
    provider.settings.binding = bound_to_example();
    provider.assert_identifies("jane@example.com").await;
    provider
        .assert_rejects([
            (json!({ "emails": [] }), InvalidToken::MissingClaim("/emails/0".into()).into()),
            (json!({ "emails": [["jane@example.com"]] }), InvalidToken::BadClaim("/emails/0".into()).into()),
            (
                json!({ "emails": ["eve@upside.example", "jane@example.com"] }),
                InvalidToken::EmailDomain.into(),
            ),
        ])
        .await;
}

#[tokio::test]
async fn access_tokens_of_keycloak() {
    let claims = json!({
        "iss": "https://id.example.com/realms/product", "aud": ["usher", "account"], "typ": "Bearer",
        "azp": "web", "sub": "f2a1c0de-0000-4000-8000-000000000001", "sid": "s", "acr": "1",
        "realm_access": { "roles": ["offline_access", "uma_authorization"] },
        "resource_access": { "account": { "roles": ["manage-account"] } }, "scope": "openid email profile",
        "email": "jane@example.com", "email_verified": true, "preferred_username": "jane",
        "groups": (0..300).map(|number| format!("/departments/team-{number:04}")).collect::<Vec<_>>(),
    });
    for algorithm in ["RS256", "PS256", "ES512", "EdDSA"] {
        let provider = Provider { key: TestKey::of(algorithm), ..Provider::new("usher", claims.clone()) };
        provider.assert_identifies("jane@example.com").await;
        provider
            .assert_rejects([
                (json!({ "email_verified": false }), NOT_VERIFIED),
                (json!({ "aud": "account" }), InvalidToken::Audience.into()),
                (json!({ "exp": 9_999_999_999_i64 }), InvalidToken::Lifetime.into()),
            ])
            .await;
    }
}

/// The subject is the login, which is an address in this organization.
#[tokio::test]
async fn access_tokens_of_okta() {
    let claims = json!({
        "ver": 1, "jti": "AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE", "cid": "0oa1gpacz9",
        "iss": "https://example.okta.com/oauth2/default", "aud": "api://default",
        "sub": "jane@example.com", "uid": "00u1gpacz9", "scp": ["openid", "email"], "auth_time": 1_724_999_000,
    });
    let mut provider = Provider { header: json!({}), ..Provider::new("api://default", claims) }
        .email(&["sub"], "email_verified");
    let principal = provider.verify(json!({})).await.unwrap();
    assert_eq!((principal.email.as_str(), principal.email_verified), ("jane@example.com", false));
    provider.settings.email_trust = EmailTrust::Always;
    provider.settings.binding = bound_to_example();
    provider.assert_identifies("jane@example.com").await;
    provider
        .assert_rejects([
            (json!({ "sub": "jane" }), InvalidToken::BadClaim("sub".into()).into()),
            (json!({ "sub": "jane@upside.example" }), InvalidToken::EmailDomain.into()),
            (json!({ "aud": "api://another" }), InvalidToken::Audience.into()),
        ])
        .await;
}
