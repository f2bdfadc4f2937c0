//! The number of connections that the process can hold open.

use super::{StartError, admin};
use crate::settings::Settings;

/// The most connections by default. Each one can hold tens of kilobytes of a head.
const DEFAULT: usize = 4096;

/// Returns the most connections that the server accepts at once: the configured number, or one that leaves enough files for the
/// database and the relay. Raises the process's limit of open files as far as this number needs it and the system allows it.
pub(super) fn max_connections(settings: &Settings) -> Result<usize, StartError> {
    let wanted = settings.server.max_connections;
    let reserved = reserved_files(settings);
    let Some(files) = raise_file_limit(reserved + wanted.unwrap_or(DEFAULT)) else {
        return Ok(wanted.unwrap_or(DEFAULT));
    };
    match (files.saturating_sub(reserved), wanted) {
        (available, Some(wanted)) if wanted > available => {
            Err(StartError::TooManyConnections { wanted, reserved, files })
        }
        (_, Some(wanted)) => Ok(wanted),
        (0, None) => Err(StartError::TooFewFiles { reserved, files }),
        (available, None) => Ok(available.min(DEFAULT)),
    }
}

/// The files that the process needs besides connections, at most.
fn reserved_files(settings: &Settings) -> usize {
    // Standard streams, listeners, key sets, name look-ups and the runtime.
    let process = 40;
    // Each thread has a runtime.
    let threads = 4 * settings.server.threads;
    // SQLite has a database, a log and shared memory, PostgreSQL a socket.
    let database = 3 * settings.database.pool_size as usize;
    let relay = if settings.worker.enabled { settings.worker.concurrency } else { 0 };
    let admin = if settings.server.admin_bind.is_some() { admin::MAX_CONNECTIONS } else { 0 };
    process + threads + database + relay + admin
}

/// Raises the limit of open files to `wanted`, or as far as the system allows, and returns it. `None` if there is no limit.
#[cfg(unix)]
fn raise_file_limit(wanted: usize) -> Option<usize> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    let wanted = u64::try_from(wanted).unwrap_or(u64::MAX);
    let current = limit.current?;
    let raised = limit.maximum.map_or(wanted, |maximum| maximum.min(wanted)).max(current);
    let raising = Rlimit { current: Some(raised), maximum: limit.maximum };
    let files =
        if raised > current && setrlimit(Resource::Nofile, raising).is_ok() { raised } else { current };
    Some(usize::try_from(files).unwrap_or(usize::MAX))
}

#[cfg(not(unix))]
fn raise_file_limit(_: usize) -> Option<usize> {
    None
}
