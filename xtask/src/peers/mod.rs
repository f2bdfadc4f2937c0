//! What the tests talk to and with: PostgreSQL, an SMTP server in Python, Fastly's clients in Python and JavaScript, and
//! curl, for which development mode prints its commands.

mod node;
mod python;

use usher_testbed::{NODE_VARIABLE, PYTHON_VARIABLE, PostgresServer, TestbedError};

use crate::{
    packages,
    shell::{Failure, say, variable},
};

/// Installs what is missing for the tests, and starts the PostgreSQL server for the whole run. It ends with this process.
pub(crate) fn prepare() -> Result<&'static PostgresServer, Failure> {
    if variable(PYTHON_VARIABLE).is_none() {
        python::prepare()?;
    }
    if variable(NODE_VARIABLE).is_none() {
        node::prepare()?;
    }
    packages::provide(&["curl"])?;
    postgres()
}

/// The PostgreSQL server alone.
pub(crate) fn postgres() -> Result<&'static PostgresServer, Failure> {
    let server = match PostgresServer::shared() {
        Err(TestbedError::Missing { .. }) => {
            packages::install(&["postgresql"])?;
            PostgresServer::shared()?
        }
        outcome => outcome?,
    };
    say(&format!("PostgreSQL {} is ready", server.sql("SHOW server_version")?));
    Ok(server)
}
