use std::{path::PathBuf, process::Command};

use crate::{error::TestbedError, process::run};

/// PostgreSQL's command-line client on a server. It shares no code with Usher.
#[derive(Clone, Debug)]
pub(super) struct Psql {
    pub(super) program: PathBuf,
    /// The URL of the server's maintenance database, for the superuser.
    pub(super) server_url: String,
}

impl Psql {
    /// Runs SQL in the database of the URL. Returns one line for each row, with the columns separated by `|`.
    pub(super) fn sql(&self, url: &str, text: &str) -> Result<String, TestbedError> {
        let mut psql = Command::new(&self.program);
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]);
        run(psql.arg("--dbname").arg(url).arg("--command").arg(text), "psql")
    }

    /// Runs SQL in the maintenance database.
    pub(super) fn server_sql(&self, text: &str) -> Result<String, TestbedError> {
        self.sql(&self.server_url, text)
    }

    /// The URL of another database on the same server.
    pub(super) fn url_of(&self, database: &str) -> String {
        let (address, query) =
            self.server_url.split_once('?').map_or((&*self.server_url, None), |(a, q)| (a, Some(q)));
        let server = address.rsplit_once('/').map_or(address, |(server, _)| server);
        match query {
            Some(query) => format!("{server}/{database}?{query}"),
            None => format!("{server}/{database}"),
        }
    }
}
