//! What reads foreign input, for the fuzz targets.

use std::time::Duration;

use crate::{location::Location, open_error::OpenError};

/// A URL as Usher reads it.
#[derive(Debug, PartialEq, Eq)]
pub struct ReadUrl {
    /// The secrets in it, in each spelling.
    pub secrets: Vec<String>,
    /// The URL without them.
    pub masked: String,
    /// The URL for the database's own library.
    pub connection_url: String,
}

/// Reads the URL of a database.
pub fn read_url(url: &str) -> Result<ReadUrl, OpenError> {
    let masked = Location::masked(url);
    Ok(match Location::parse(url)? {
        Location::Postgres(server) => ReadUrl {
            secrets: server.secrets().to_vec(),
            connection_url: server.connection_url(Duration::from_secs(5), &[("lc_messages", "C")]),
            masked,
        },
        Location::Sqlite(file) => {
            ReadUrl { secrets: Vec::new(), connection_url: file.connection_url(), masked }
        }
    })
}
