use std::{fs, path::PathBuf};

use crate::{
    environment::{directory_in_path, holds, newest_postgres},
    error::TestbedError,
};

/// Directories outside `PATH` where packages install PostgreSQL. `*` stands for a version.
const PLACES: [&str; 5] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
];

/// The server's programs.
const PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// The directory of the server's programs.
pub(super) fn server() -> Result<PathBuf, TestbedError> {
    directory_in_path(&PROGRAMS).or_else(|| directory_of_package(&PROGRAMS)).ok_or(TestbedError::Missing {
        what: "PostgreSQL's server programs (initdb, pg_ctl, postgres) were",
        help: "install Debian's package `postgresql`",
    })
}

/// The directory that holds `bin` of the newest release, whose programs find their libraries and files relative to it.
pub(super) fn newest_server() -> Result<PathBuf, TestbedError> {
    let directory = newest_postgres().join("native");
    if holds(&directory.join("bin"), &PROGRAMS) {
        return Ok(directory);
    }
    Err(TestbedError::Missing {
        what: "the newest release of PostgreSQL's server programs was",
        help: "run `cargo xtask test`, which installs it",
    })
}

/// The command-line client.
pub(super) fn psql() -> Result<PathBuf, TestbedError> {
    // The psql in Debian's `PATH` is a Perl script that searches for the real program, which takes time.
    let directory = directory_of_package(&["psql"]).or_else(|| directory_in_path(&["psql"]));
    directory.map(|directory| directory.join("psql")).ok_or(TestbedError::Missing {
        what: "PostgreSQL's client program psql was",
        help: "install Debian's package `postgresql-client`",
    })
}

/// A program in the version of the server, or else from a package or from `PATH`.
pub(super) fn named(name: &str) -> Result<PathBuf, TestbedError> {
    let program = server()?.join(name);
    let elsewhere = || directory_of_package(&[name]).or_else(|| directory_in_path(&[name]));
    let found = if program.is_file() { Some(program) } else { elsewhere().map(|folder| folder.join(name)) };
    found.ok_or(TestbedError::Missing {
        what: "a program of PostgreSQL (postgres, initdb or pg_basebackup) was",
        help: "install Debian's package `postgresql`",
    })
}

/// The load client in the version of the server, or else from `PATH`.
pub(super) fn pgbench() -> Result<PathBuf, TestbedError> {
    let program = server()?.join("pgbench");
    let elsewhere = || Some(directory_in_path(&["pgbench"])?.join("pgbench"));
    let found = if program.is_file() { Some(program) } else { elsewhere() };
    found.ok_or(TestbedError::Missing {
        what: "PostgreSQL's load client pgbench was",
        help: "install Debian's package `postgresql`, or `postgresql-contrib`",
    })
}

fn directory_of_package(programs: &[&str]) -> Option<PathBuf> {
    PLACES.into_iter().flat_map(expand).find(|directory| holds(directory, programs))
}

/// The directories that match a pattern, newest version first.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return vec![PathBuf::from(pattern)];
    };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.strip_prefix(prefix)?.parse().ok()?;
            Some((version, entry.path().join(after.trim_start_matches('/'))))
        })
        .collect();
    versions.sort_unstable_by(|left, right| right.cmp(left));
    versions.into_iter().map(|(_, path)| path).collect()
}
