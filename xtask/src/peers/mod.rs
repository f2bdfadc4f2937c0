//! The servers and clients that the tests use: PostgreSQL, an SMTP server in Python, Fastly's clients in Python and JavaScript,
//! and curl, because development mode prints curl commands.

mod node;
mod python;

use usher_testbed::{NODE_VARIABLE, PYTHON_VARIABLE, PostgresServer};
use usher_tooling::{Failure, environment_variable, provide_programs, shared_postgres};

/// Installs what is missing, and starts the PostgreSQL server of the whole run. The server ends with this process.
pub(crate) fn prepare() -> Result<&'static PostgresServer, Failure> {
    if environment_variable(PYTHON_VARIABLE).is_none() {
        python::prepare()?;
    }
    if environment_variable(NODE_VARIABLE).is_none() {
        node::prepare()?;
    }
    provide_programs(&["curl"])?;
    shared_postgres()
}
