//! Issuers that may vouch for some people only.

use serde_json::{Value, json};
use usher_auth::{ClaimNames, InvalidToken, IssuerBinding, IssuerSettings, JwtError};
use usher_domain::{account::AccountName, principal::Principal};

use crate::support::{claims_with, now, shared, token, verifier};

async fn outcome(binding: IssuerBinding, email: &str) -> Result<Principal, JwtError> {
    let settings = IssuerSettings { claims: ClaimNames::openid(), binding, ..shared() };
    let claims: Value = claims_with(json!({ "sub": "1", "email": email, "email_verified": true }));
    verifier([settings]).verify(&token(&claims), now()).await
}

fn domains(domains: &[&str]) -> IssuerBinding {
    IssuerBinding {
        email_domains: domains.iter().map(|domain| (*domain).into()).collect(),
        ..Default::default()
    }
}

#[tokio::test]
async fn an_issuer_vouches_for_addresses_of_its_domains_only() {
    let binding = domains(&["example.com", "xn--exmple-cua.de"]);
    for email in ["jane@example.com", "Jane@EXAMPLE.com", "jörg@exämple.de", "j@xn--exmple-cua.de"] {
        assert!(outcome(binding.clone(), email).await.is_ok(), "{email}");
    }
    for email in [
        "jane@upside.example",
        "jane@sub.example.com",
        "jane@example.com.attacker.example",
        "jane@notexample.com",
        "jane@exampIe.org",
    ] {
        let rejected = Err(JwtError::Invalid(InvalidToken::EmailDomain));
        assert_eq!(outcome(binding.clone(), email).await.map(drop), rejected, "{email}");
    }
}

/// The store knows the members; the principal says where the issuer counts.
#[tokio::test]
async fn an_issuer_gives_rights_in_its_accounts_only() {
    let [onward, upside] = ["onward", "upside"].map(|name| AccountName::parse(name).unwrap());
    let binding = IssuerBinding { accounts: [onward.clone()].into(), ..Default::default() };
    let principal = outcome(binding, "jane@example.com").await.unwrap();
    assert!(principal.may_act_in(&onward) && !principal.may_act_in(&upside));
    let principal = outcome(IssuerBinding::default(), "jane@example.com").await.unwrap();
    assert!(principal.may_act_in(&onward) && principal.may_act_in(&upside));
}
