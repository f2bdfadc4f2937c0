use std::{path::PathBuf, time::Duration};

use serde::Deserialize;
use url::Url;
use usher_auth::{Claim, EmailTrust};
use usher_domain::account::AccountName;

use super::types::{DAY, MINUTE, account_names, claim, duration, email_domains, email_trust, texts, web_url};

/// The name of the tables.
pub(super) const TABLES: &str = "auth.issuers";

/// The longest lifetime of tokens that a setting can allow: ten years.
const MAX_LIFETIME: u64 = 10 * 366 * DAY;

/// `[[auth.issuers]]`: another service whose tokens are accepted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// `iss`, required.
    #[serde(default)]
    pub issuer: String,
    /// `aud`: one of them is required if any is set.
    #[serde(default, deserialize_with = "texts")]
    pub audience: Vec<String>,
    /// The claim of the audience.
    #[serde(default = "audience", deserialize_with = "claim")]
    pub audience_claim: Claim,
    /// The URL of its keys; unset if they are in files, or if the issuer's configuration names it.
    #[serde(default, deserialize_with = "web_url")]
    pub jwks_url: Option<Url>,
    /// Whether its keys, or its configuration, may be fetched from another machine without TLS.
    #[serde(default)]
    pub insecure_jwks_url: bool,
    /// Public keys as PEM files.
    #[serde(default)]
    pub key_files: Vec<PathBuf>,
    /// Whether it vouches for everyone, in all accounts. Only one issuer may.
    #[serde(default)]
    pub home: bool,
    /// The accounts in which its tokens give rights; empty for all.
    #[serde(default, deserialize_with = "account_names")]
    pub accounts: Vec<AccountName>,
    /// The domains of the addresses that it vouches for, in lower-case ASCII; empty for all.
    #[serde(default, deserialize_with = "email_domains")]
    pub email_domains: Vec<String>,
    /// The claim of the e-mail address.
    #[serde(default = "email", deserialize_with = "claim")]
    pub email_claim: Claim,
    /// The claim that says whether the address is verified.
    #[serde(default = "email_verified", deserialize_with = "claim")]
    pub email_verified_claim: Claim,
    /// When the address in a token counts as verified.
    #[serde(default, deserialize_with = "email_trust")]
    pub email_trust: EmailTrust,
    /// The claim of the account's name.
    #[serde(default = "account", deserialize_with = "claim")]
    pub account_claim: Claim,
    /// The claim of the person's name.
    #[serde(default = "name", deserialize_with = "claim")]
    pub name_claim: Claim,
    /// The longest time until one of its tokens expires.
    #[serde(default = "max_lifetime", deserialize_with = "duration::<_, MINUTE, MAX_LIFETIME>")]
    pub max_lifetime: Duration,
}

impl Issuer {
    /// Whether nothing restricts whom it vouches for, and where.
    pub(super) fn is_unbound(&self) -> bool {
        self.accounts.is_empty() && self.email_domains.is_empty()
    }
}

fn audience() -> Claim {
    "aud".into()
}

fn email() -> Claim {
    "email".into()
}

fn email_verified() -> Claim {
    "email_verified".into()
}

fn account() -> Claim {
    "acc".into()
}

fn name() -> Claim {
    "name".into()
}

fn max_lifetime() -> Duration {
    Duration::from_millis(31 * DAY)
}
