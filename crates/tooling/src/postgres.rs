use usher_testbed::{PostgresServer, TestbedError};

use crate::{failure::Failure, packages::install_packages, progress::report_progress};

/// The PostgreSQL server that a whole run shares. It ends with this process.
pub fn shared_postgres() -> Result<&'static PostgresServer, Failure> {
    let server = installing_postgres(PostgresServer::shared)?;
    report_progress(&format!("PostgreSQL {} is ready", server.sql("SHOW server_version")?));
    Ok(server)
}

/// Runs `attempt`. If PostgreSQL's programs are missing, installs them and runs `attempt` once more.
pub fn installing_postgres<T>(attempt: impl Fn() -> Result<T, TestbedError>) -> Result<T, Failure> {
    match attempt() {
        Err(TestbedError::Missing { .. }) => {
            install_packages(&["postgresql"])?;
            Ok(attempt()?)
        }
        outcome => Ok(outcome?),
    }
}
