//! `[[auth.issuers]]`

use std::{collections::BTreeSet, path::PathBuf};

use url::Url;
use usher_auth::is_loopback;

use super::Mode;
use crate::settings::{Issuer, reader::Reader};

const TABLES: &str = "auth.issuers";

/// `own` is the issuer of the tokens under the server's secret: it cannot have other keys as well.
pub(super) fn read(r: &Reader, mode: Mode, own: Option<&str>) -> Vec<Issuer> {
    let mut names: BTreeSet<String> = own.map(str::to_owned).into_iter().collect();
    let tables = 0..r.tables(TABLES);
    tables
        .map(|index| {
            let table = format!("{TABLES}[{index}]");
            let issuer = one(r, mode, &table);
            if !issuer.issuer.is_empty() && !names.insert(issuer.issuer.clone()) {
                r.refuse(&format!("{table}.issuer"), "is the name of another issuer: each has one entry");
            }
            issuer
        })
        .collect()
}

fn one(r: &Reader, mode: Mode, table: &str) -> Issuer {
    let key = |name: &str| format!("{table}.{name}");
    let claim = |name: &str, default: &str| r.text(&key(name)).unwrap_or_else(|| default.to_owned());
    let issuer = r.text(&key("issuer"));
    if !r.has(&key("issuer")) {
        r.refuse(&key("issuer"), "is missing: write the iss claim of its tokens");
    }
    let (jwks_url, key_files) = keys(r, mode, table);
    Issuer {
        issuer: issuer.unwrap_or_default(),
        audience: r.text(&key("audience")),
        jwks_url,
        key_files,
        email_claim: claim("email_claim", "email"),
        email_verified_claim: claim("email_verified_claim", "email_verified"),
        account_claim: claim("account_claim", "acc"),
        name_claim: claim("name_claim", "name"),
    }
}

/// Where the issuer's keys are: either a URL or files.
fn keys(r: &Reader, mode: Mode, table: &str) -> (Option<Url>, Vec<PathBuf>) {
    let (url_key, files_key) = (format!("{table}.jwks_url"), format!("{table}.key_files"));
    let url = r.url(&url_key, &["https", "http"]);
    let files: Vec<PathBuf> = r.texts(&files_key).into_iter().map(PathBuf::from).collect();
    if url.as_ref().is_some_and(|url| url.scheme() == "http" && !is_loopback(url)) {
        r.refuse(&url_key, "must begin with https://: whoever changes the keys on the way can be anybody");
    }
    match (r.has(&url_key), r.has(&files_key)) {
        (false, false) => r.refuse(table, "needs jwks_url or key_files: where are its keys?"),
        (true, true) => r.refuse(table, "has jwks_url and key_files: keep one of them"),
        _ => {}
    }
    if mode != Mode::Tool && mode != Mode::Signing {
        for file in &files {
            r.must_exist(&files_key, file);
        }
    }
    (url, files)
}
