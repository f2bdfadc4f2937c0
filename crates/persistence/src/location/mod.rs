//! The location of the database: reads URLs, and hides their secrets.

mod postgres;
mod sqlite;

pub(crate) use postgres::PostgresUrl;
pub(crate) use sqlite::SqliteFile;

use crate::open_error::OpenError;

/// The location of a database. The URL's scheme alone decides which database it is.
#[derive(Clone)]
pub(crate) enum Location {
    Postgres(PostgresUrl),
    Sqlite(SqliteFile),
}

impl Location {
    pub(crate) fn parse(url: &str) -> Result<Self, OpenError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return PostgresUrl::parse(url).map(Self::Postgres);
        }
        match url.strip_prefix("sqlite:") {
            Some(path) => SqliteFile::parse(path.strip_prefix("//").unwrap_or(path)).map(Self::Sqlite),
            None => Err(unknown_scheme(url)),
        }
    }

    /// The URL without secrets.
    pub(crate) fn masked(url: &str) -> String {
        match Self::parse(url) {
            Ok(Self::Postgres(postgres)) => postgres.hide(url),
            Ok(Self::Sqlite(_)) => url.to_owned(),
            Err(_) => "…".to_owned(),
        }
    }
}

/// The error for an unknown scheme. It names the scheme only if it looks like one, because the string may contain a
/// password: libpq also accepts `host=… password=…`.
fn unknown_scheme(url: &str) -> OpenError {
    let is_scheme = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    };
    match url.split_once(':') {
        Some((scheme, _)) if is_scheme(scheme) => OpenError::UnknownScheme(format!("{scheme}:")),
        _ => OpenError::NoScheme,
    }
}
