//! The rules of `[[auth.issuers]]` that concern several keys or several tables.

use std::collections::BTreeSet;

use url::Url;
use usher_auth::{EmailTrust, is_loopback};

use super::{DeploymentMode, Issuer, read::Reader};

/// Checks the tables. `own` is the issuer of the tokens that are signed with the server's secret, which cannot have
/// other keys as well.
pub(super) fn check(
    reader: &mut Reader,
    mode: DeploymentMode,
    own: Option<&str>,
    tables: Vec<(String, Issuer)>,
) -> Vec<Issuer> {
    let mut names: BTreeSet<String> = own.map(str::to_owned).into_iter().collect();
    for (table, issuer) in &tables {
        let key = format!("{table}.issuer");
        if issuer.issuer.is_empty() {
            reader.report(&key, "is missing: write the iss claim of its tokens");
        } else if !names.insert(issuer.issuer.clone()) {
            reader.report(
                &key,
                "is the name of another issuer: each issuer has one entry; audience can be a list of several clients",
            );
        }
        check_keys(reader, mode, table, issuer);
    }
    check_bindings(reader, &tables);
    tables.into_iter().map(|(_, issuer)| issuer).collect()
}

fn check_keys(reader: &mut Reader, mode: DeploymentMode, table: &str, issuer: &Issuer) {
    let (url_key, files_key) = (format!("{table}.jwks_url"), format!("{table}.key_files"));
    if issuer.jwks_url.as_ref().is_some_and(|url| !may_be_fetched(url, issuer)) {
        reader.report(
            &url_key,
            "must begin with https://: an attacker who replaces the keys on the way can sign for everyone; for a private network \
             that you trust, set insecure_jwks_url = true",
        );
    }
    if mode == DeploymentMode::Development || mode == DeploymentMode::Production {
        for file in &issuer.key_files {
            reader.check_file(&files_key, file);
        }
    }
    if [&url_key, &files_key].iter().any(|key| reader.is_reported(key)) {
        return;
    }
    match (&issuer.jwks_url, issuer.key_files.is_empty()) {
        (None, true) if !can_be_discovered(issuer) => reader.report(
            table,
            "needs jwks_url or key_files: its keys cannot be discovered, because issuer is not a URL that begins with https://",
        ),
        (Some(_), false) => reader.report(table, "has jwks_url and key_files: keep one of them"),
        _ => {}
    }
}

fn may_be_fetched(url: &Url, issuer: &Issuer) -> bool {
    url.scheme() == "https" || url.scheme() == "http" && (is_loopback(url) || issuer.insecure_jwks_url)
}

/// Whether the issuer's configuration can name the URL of its keys (OpenID Connect Discovery).
fn can_be_discovered(issuer: &Issuer) -> bool {
    Url::parse(&issuer.issuer).is_ok_and(|url| url.has_host() && may_be_fetched(&url, issuer))
}

/// All issuers but one must be restricted to accounts or to domains: the operator of an issuer without a restriction can act
/// for every person. A single issuer needs no mark.
fn check_bindings(reader: &mut Reader, tables: &[(String, Issuer)]) {
    let mut homes = 0;
    for (table, issuer) in tables {
        let is_home = issuer.home || (tables.len() == 1 && issuer.is_unbound());
        if issuer.home {
            homes += 1;
            if homes > 1 {
                reader.report(
                    &format!("{table}.home"),
                    "is set for another issuer, too: only one issuer vouches for everyone; give this one accounts or email_domains",
                );
            }
        }
        if issuer.is_unbound() && !is_home {
            reader.report(
                table,
                "may vouch for everyone, and so may another issuer: set accounts (where its tokens give rights), email_domains \
                 (whose addresses it vouches for) or both, or home = true for the one issuer that vouches for everyone",
            );
        }
        if issuer.email_trust == EmailTrust::Always && issuer.email_domains.is_empty() && !is_home {
            reader.report(
                &format!("{table}.email_trust"),
                "can be \"always\" only with email_domains: otherwise the issuer could vouch for every address",
            );
        }
    }
}
