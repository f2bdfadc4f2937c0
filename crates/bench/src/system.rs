//! The system under test: a database with its rows, and Usher on it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use usher_testbed::Database;
use usher_tooling::{Failure, output_of, program};

use crate::{
    environment::{
        ACCEPTANCES_PER_SECOND, BenchEnvironment, FIRST_INVITEE, Measurement, check_ids, count_rows,
    },
    load::{self, LoadProfile},
    operation::{self, Operation},
    seed::{self, AdministratorTokens, CHANGED, READ},
    server::UsherServer,
};

/// A database with `rows` pending invitations in each of its two accounts, and Usher on it.
pub(crate) struct SystemUnderTest {
    pub(crate) rows: u32,
    pub(crate) tokens: AdministratorTokens,
    pub(crate) usher: UsherServer,
    /// A file with the paths of deep pages from all over the list.
    pub(crate) deep_pages: PathBuf,
    database: Database,
    series: u32,
    /// The number of the next invitation to accept.
    next_invitee: u32,
    last_invitee: u32,
}

impl SystemUnderTest {
    pub(crate) fn new(environment: &BenchEnvironment, rows: u32) -> Result<Self, Failure> {
        let database = environment.server.create_database()?;
        let tokens = seed::create_accounts(&environment.programs, database.url(), &environment.folder)?;
        database.sql(seed::MEMBERS)?;
        database.sql(&seed::postgres_invitations(READ, 1, rows))?;
        let last_invitee = FIRST_INVITEE + rows - 1;
        database.sql(&seed::postgres_invitations(CHANGED, FIRST_INVITEE, last_invitee))?;
        seed::vacuum_and_checkpoint(&database)?;
        check_ids(&database, rows)?;
        let usher = UsherServer::start(&environment.programs, database.url(), &environment.folder)?;
        let deep_pages = environment.folder.join(format!("pages-{rows}"));
        let next_invitee = FIRST_INVITEE;
        let system =
            Self { rows, tokens, usher, deep_pages, database, series: 0, next_invitee, last_invitee };
        system.collect_deep_pages(environment)?;
        Ok(system)
    }

    pub(crate) fn url(&self) -> &str {
        self.database.url()
    }

    /// Follows `next` in large pages, which is fast, and writes the paths of pages of 25 at the same positions.
    fn collect_deep_pages(&self, environment: &BenchEnvironment) -> Result<(), Failure> {
        let step = (self.rows / 100).clamp(25, 1000);
        let start = format!("{}?limit={step}", operation::INVITATIONS);
        let walked = self.walk(environment, &start, Some(&self.deep_pages))?;
        let items = walked.get("items").and_then(Value::as_u64);
        if items != Some(u64::from(self.rows)) {
            return Err(format!("the list should have {} invitations: {walked}", self.rows).into());
        }
        let paths = fs::read_to_string(&self.deep_pages)?;
        let (large, small) = (format!("limit={step}"), "limit=25");
        let deep: Vec<String> = paths.lines().skip(1).map(|path| path.replace(&large, small)).collect();
        Ok(fs::write(&self.deep_pages, deep.join("\n"))?)
    }

    /// Follows `next` from the page `start` to the last page and returns the load client's report.
    pub(crate) fn walk(
        &self,
        environment: &BenchEnvironment,
        start: &str,
        paths: Option<&Path>,
    ) -> Result<Value, Failure> {
        let mut client = program(&environment.programs.loadgen);
        client.args(["walk", "--address", &self.usher.address.to_string(), "--path", start]);
        client.args(["--token", &self.tokens.read]);
        if let Some(paths) = paths {
            client.arg("--links").arg(paths);
        }
        load::parse_report(&output_of(&mut client)?)
    }

    /// Measures an operation, and checks its responses and the rows that it added.
    pub(crate) fn measure(
        &mut self,
        environment: &BenchEnvironment,
        operation: Operation,
        profile: LoadProfile,
    ) -> Result<Measurement, Failure> {
        let requests = self.requests(operation, profile)?;
        let before = count_rows(&self.database, operation)?;
        let measurement = self.measure_requests(environment, profile, &requests)?;
        let added = count_rows(&self.database, operation)? - before;
        let load = &measurement.load;
        let expected = if operation.adds_rows() { i64::from(load.total) } else { 0 };
        if added != expected {
            return Err(format!("{}: {expected} responses 200, but {added} rows", operation.name()).into());
        }
        if !load.sample.contains(operation.expected_text()) {
            return Err(format!("{}: unexpected response: {}", operation.name(), load.sample).into());
        }
        if operation == Operation::Accept {
            self.next_invitee += load.total;
        }
        Ok(measurement)
    }

    /// The load client's arguments for an operation.
    fn requests(&mut self, operation: Operation, profile: LoadProfile) -> Result<Vec<String>, Failure> {
        Ok(match operation {
            Operation::Create => {
                self.series += 1;
                operation::create(self.series, &self.tokens)
            }
            Operation::Get => operation::random_invitation(self.rows, &self.tokens),
            Operation::FirstPage => operation::fixed_path(operation::FIRST_PAGE, Some(&self.tokens.read)),
            Operation::DeepPage => {
                operation::random_page(&self.deep_pages.display().to_string(), &self.tokens)
            }
            Operation::Accept => {
                // One second more, for the warm-up.
                self.ensure_pending((profile.seconds + 1) * ACCEPTANCES_PER_SECOND)?;
                operation::accept(self.next_invitee, self.last_invitee)
            }
        })
    }

    /// Sends requests for a while and reads the processor time that they took.
    pub(crate) fn measure_requests(
        &self,
        environment: &BenchEnvironment,
        profile: LoadProfile,
        requests: &[String],
    ) -> Result<Measurement, Failure> {
        let read = || {
            let server = environment.clock.of_process(self.usher.pid())?;
            Ok::<_, Failure>((server, environment.database_cpu()?))
        };
        let (server_before, database_before) = read()?;
        let load = load::drive(&environment.programs, self.usher.address, profile, requests)?;
        let (server, database) = read()?;
        let per_request = |seconds: f64| seconds * 1e6 / f64::from(load.total);
        let server_cpu = per_request(server - server_before);
        let database_cpu = per_request(database - database_before);
        Ok(Measurement { load, server_cpu, database_cpu })
    }

    /// Seeds more invitations when fewer than `needed` are left to accept.
    fn ensure_pending(&mut self, needed: u32) -> Result<(), Failure> {
        let left = self.last_invitee + 1 - self.next_invitee;
        if left >= needed {
            return Ok(());
        }
        let last = self.last_invitee + needed - left;
        self.database.sql(&seed::postgres_invitations(CHANGED, self.last_invitee + 1, last))?;
        self.last_invitee = last;
        seed::vacuum_and_checkpoint(&self.database)
    }
}
