//! The settings of an issuer in one sentence.

use usher_auth::EmailTrust;

use super::token::lifetime_text;
use crate::settings::{AuthSection, Issuer};

/// What is configured for one of `[[auth.issuers]]`.
pub(super) fn describe(issuer: &Issuer) -> String {
    let keys = match &issuer.jwks_url {
        // The query can contain a key of the provider's API.
        Some(url) => format!("keys from {}", &url[..url::Position::AfterPath]),
        None if issuer.key_files.is_empty() => "keys by discovery".to_owned(),
        None => format!("keys in {} file(s)", issuer.key_files.len()),
    };
    let verified = match issuer.email_trust {
        EmailTrust::Verified => format!("if {} is true", issuer.email_verified_claim),
        EmailTrust::Always => format!("unless {} is false", issuer.email_verified_claim),
    };
    let parts = [
        format!("issuer {:?}", issuer.issuer),
        format!("audience {}", any_of(&issuer.audience, "none, so a token with one is rejected")),
        keys,
        format!("address from {}, {verified}", issuer.email_claim),
        format!("account from {}", issuer.account_claim),
        format!("accounts {}", any_of(&issuer.accounts, "all")),
        format!("e-mail domains {}", any_of(&issuer.email_domains, "all")),
        format!("at most {} until expiry", lifetime_text(issuer.max_lifetime)),
    ];
    parts.join("; ")
}

/// What is configured for tokens that are signed with the server's secret.
pub(super) fn describe_own(auth: &AuthSection) -> String {
    let issuer = auth.issuer.as_ref().map_or_else(|| "any other".to_owned(), |issuer| format!("{issuer:?}"));
    let audience = auth.audience.as_deref().unwrap_or("none, so a token with one is rejected");
    format!("tokens of Usher (HS256 with auth.secret): issuer {issuer}; audience {audience}")
}

fn any_of(names: &[impl ToString], none: &str) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    if names.is_empty() { none.to_owned() } else { names.join(" or ") }
}
