//! `[database]`

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};

use crate::settings::{Database, reader::Reader};

const URL: &str = "database.url";

pub(super) fn read(r: &Reader) -> Database {
    Database {
        url: url(r),
        pool_size: r.number("database.pool_size", &(1..=1000)),
        acquire_timeout: r
            .duration("database.acquire_timeout", &(Duration::from_millis(1)..=Duration::from_mins(1))),
        statement_cache: r.flag("database.statement_cache"),
        migrate: r.flag("database.migrate"),
    }
}

fn url(r: &Reader) -> SecretString {
    let url = r.secret(URL).unwrap_or_default();
    let text = url.expose_secret();
    let known = |scheme: &&str| text.strip_prefix(*scheme).is_some_and(|rest| !rest.is_empty());
    // Without a text, whatever is wrong with it is noted already.
    if !text.is_empty() && !["sqlite:", "postgres://", "postgresql://"].iter().any(known) {
        r.refuse(
            URL,
            "must be sqlite: and the path of a file, such as sqlite:data/usher.db, or begin with postgres:// or \
             postgresql://",
        );
    }
    url
}
