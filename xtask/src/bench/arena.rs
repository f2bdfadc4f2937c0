//! A database with its rows, and what is measured on it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use usher_testbed::Database;

use super::{
    load::{self, Pressure},
    operation::{self, Operation},
    programs::output_of,
    seed::{self, CHANGED, READ, Tokens},
    server::Usher,
    site::{ACCEPTANCES, FIRST_GUEST, Sample, Site, check_numbers, count},
};
use crate::shell::{Failure, program};

/// A database of Usher's with `rows` pending invitations in each of its two accounts, and Usher on it.
pub(super) struct Arena {
    pub(super) rows: u32,
    pub(super) tokens: Tokens,
    pub(super) usher: Usher,
    /// A file with the paths of pages all over the list.
    pub(super) links: PathBuf,
    database: Database,
    series: u32,
    /// The next invitation to accept, and the last one that there is.
    next_guest: u32,
    last_guest: u32,
}

impl Arena {
    pub(super) fn new(site: &Site, rows: u32) -> Result<Self, Failure> {
        let database = site.server.create_database()?;
        let tokens = seed::accounts(&site.programs, database.url(), &site.folder)?;
        database.sql(seed::MEMBERS)?;
        database.sql(&seed::postgres_invitations(READ, 1, rows))?;
        let last_guest = FIRST_GUEST + rows - 1;
        database.sql(&seed::postgres_invitations(CHANGED, FIRST_GUEST, last_guest))?;
        seed::settle(&database)?;
        check_numbers(&database, rows)?;
        let usher = Usher::start(&site.programs, database.url(), &site.folder)?;
        let links = site.folder.join(format!("links-{rows}"));
        let arena =
            Self { rows, tokens, usher, links, database, series: 0, next_guest: FIRST_GUEST, last_guest };
        arena.find_pages(site)?;
        Ok(arena)
    }

    pub(super) fn url(&self) -> &str {
        self.database.url()
    }

    /// Follows `next` in large steps, which is quick, and notes pages of 25 at those places.
    fn find_pages(&self, site: &Site) -> Result<(), Failure> {
        let step = (self.rows / 100).clamp(25, 1000);
        let start = format!("{}?limit={step}", operation::INVITATIONS);
        let walked = self.walk(site, &start, Some(&self.links))?;
        let items = walked.get("items").and_then(Value::as_u64);
        if items != Some(u64::from(self.rows)) {
            return Err(format!("the list should have {} invitations: {walked}", self.rows).into());
        }
        let found = fs::read_to_string(&self.links)?;
        let (large, small) = (format!("limit={step}"), "limit=25");
        let deep: Vec<String> = found.lines().skip(1).map(|path| path.replace(&large, small)).collect();
        Ok(fs::write(&self.links, deep.join("\n"))?)
    }

    /// Follows `next` from the first page to the last.
    pub(super) fn walk(&self, site: &Site, start: &str, links: Option<&Path>) -> Result<Value, Failure> {
        let mut client = program(&site.programs.loadgen);
        client.args(["walk", "--address", &self.usher.address.to_string(), "--path", start]);
        client.args(["--token", &self.tokens.read]);
        if let Some(links) = links {
            client.arg("--links").arg(links);
        }
        load::report(&output_of(&mut client)?)
    }

    /// Does an operation for a while.
    pub(super) fn measure(
        &mut self,
        site: &Site,
        operation: Operation,
        pressure: Pressure,
    ) -> Result<Sample, Failure> {
        let what = match operation {
            Operation::Create => {
                self.series += 1;
                operation::create(self.series, &self.tokens)
            }
            Operation::Get => operation::any_of(self.rows, &self.tokens),
            Operation::List => operation::same(operation::FIRST_PAGE, Some(&self.tokens.read)),
            Operation::Deep => operation::pages(&self.links.display().to_string(), &self.tokens),
            Operation::Accept => {
                self.provide_guests((pressure.seconds + 1) * ACCEPTANCES)?;
                operation::accept(self.next_guest, self.last_guest)
            }
        };
        let before = count(&self.database, operation)?;
        let sample = self.drive(site, pressure, &what)?;
        let changed = count(&self.database, operation)? - before;
        let expected = if operation.adds_rows() { i64::from(sample.load.total) } else { 0 };
        if changed != expected {
            return Err(format!("{}: {expected} answers 200, but {changed} rows", operation.name()).into());
        }
        if !sample.load.sample.contains(operation.mark()) {
            return Err(format!("{}: not an answer to it: {}", operation.name(), sample.load.sample).into());
        }
        if operation == Operation::Accept {
            self.next_guest += sample.load.total;
        }
        Ok(sample)
    }

    /// Sends requests for a while, and reads what that took.
    pub(super) fn drive(&self, site: &Site, pressure: Pressure, what: &[String]) -> Result<Sample, Failure> {
        let read = || Ok::<_, Failure>((site.clock.of_process(self.usher.pid())?, site.database_cpu()?));
        let (server_before, database_before) = read()?;
        let load = load::drive(&site.programs, self.usher.address, pressure, what)?;
        let (server, database) = read()?;
        let each = |used: f64| used * 1e6 / f64::from(load.total);
        let (server_cpu, database_cpu) = (each(server - server_before), each(database - database_before));
        Ok(Sample { load, server_cpu, database_cpu })
    }

    fn provide_guests(&mut self, needed: u32) -> Result<(), Failure> {
        let left = self.last_guest + 1 - self.next_guest;
        if left >= needed {
            return Ok(());
        }
        let last = self.last_guest + needed - left;
        self.database.sql(&seed::postgres_invitations(CHANGED, self.last_guest + 1, last))?;
        self.last_guest = last;
        seed::settle(&self.database)
    }
}
