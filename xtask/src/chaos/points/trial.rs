use std::{thread, time::Instant};

use super::{
    super::{
        account::{self, Account},
        arguments::Kind,
        http::Answer,
        ledger::Outcome,
        relay::Step,
        replica::{Recipe, Replica},
        scene::Scene,
        session::Session,
        wait,
    },
    Point, inside,
};
use crate::shell::Failure;

/// The kills, and what they need.
pub(super) struct Trial<'t, 's> {
    pub(super) scene: &'t mut Scene<'s>,
    pub(super) kind: Kind,
    pub(super) account: Account,
    pub(super) lock: Session,
    pub(super) whole: Recipe,
    pub(super) api: Recipe,
}

impl<'s> Trial<'_, 's> {
    /// Kills at each point in turn, so many times; `kills` counts them.
    pub(super) fn rounds(&mut self, rounds: u32, kills: &mut u32) -> Result<(), Failure> {
        let kind = self.kind;
        for round in 1..=rounds {
            for point in Point::ALL.into_iter().filter(|point| point.exists_on(kind)) {
                let struck = self.strike(point, round);
                struck.map_err(|failure| failure.at(&format!("{point:?}, round {round}")))?;
                *kills += 1;
            }
            if round % 5 == 0 {
                self.scene.say(&format!("{kills} kills"));
            }
        }
        Ok(())
    }

    /// A fresh process, a fresh invitation, a kill.
    fn strike(&mut self, point: Point, round: u32) -> Result<(), Failure> {
        let email = format!("{}{round}@example.com", format!("{point:?}").to_lowercase());
        if point == Point::Inside {
            return self.strike_inside(&email);
        }
        let replica = self.whole.run(self.scene.site)?;
        let relay = self.scene.relay.clone();
        match point {
            Point::Claimed | Point::Connected => {
                relay.hold(Step::Connect, "");
                self.invite(&email)?;
                if point == Point::Connected {
                    relay.await_held()?;
                }
                self.await_row(&email, "lease_until IS NOT NULL")?;
            }
            Point::Data => {
                relay.hold(Step::Data, &email);
                self.invite(&email)?;
                relay.await_held()?;
            }
            Point::Dot => {
                relay.hold(Step::Dot, &email);
                self.invite(&email)?;
                relay.await_held()?;
            }
            Point::Taken | Point::Settling => {
                relay.hold(Step::Dot, &email);
                self.invite(&email)?;
                relay.await_held()?;
                self.lock_row(&email)?;
                relay.hold(Step::Taken, &email);
                relay.await_held()?;
                if point == Point::Settling {
                    self.await_waiting(&self.whole.name.clone(), "UPDATE \"mail\"")?;
                }
            }
            Point::Settled | Point::Inside => {
                self.invite(&email)?;
                self.await_row(&email, "state = 'relayed'")?;
            }
        }
        self.kill(replica)?;
        if matches!(point, Point::Taken | Point::Settling) {
            self.lock.run("ROLLBACK")?;
        }
        relay.release();
        self.scene.note_kill(&self.whole)
    }

    /// Kills a process that is in the middle of a creation. It delivers no mails, so every lock is the creation's.
    fn strike_inside(&mut self, email: &str) -> Result<(), Failure> {
        let replica = self.api.run(self.scene.site)?;
        let (account, address) = (self.account.clone(), self.api.address);
        match self.kind {
            Kind::Postgres => {
                // The invitation is written, and its mail cannot be.
                self.lock.run("BEGIN")?;
                self.lock.run("LOCK TABLE mail IN SHARE MODE")?;
                let wanted = email.to_owned();
                let asking = thread::spawn(move || account.invite(address, &wanted));
                self.await_waiting(&self.api.name.clone(), "INSERT INTO mail")?;
                self.kill(replica)?;
                self.lock.run("ROLLBACK")?;
                let answer = asking.join().unwrap_or(Answer::Broken);
                self.note(email, &answer);
            }
            Kind::Sqlite => {
                let asking = inside::Asking::start(account, address, email);
                inside::stop_inside(&mut self.lock, replica.pid())?;
                self.kill(replica)?;
                for (email, answer) in asking.end() {
                    self.note(&email, &answer);
                }
            }
        }
        self.scene.note_kill(&self.api.clone())
    }

    fn kill(&mut self, replica: Replica<'s>) -> Result<(), Failure> {
        self.scene.last_kill = Instant::now();
        replica.kill()
    }

    fn note(&mut self, email: &str, answer: &Answer) {
        if let Some(outcome) = account::outcome(answer) {
            self.scene.ledger.answers.insert(email.to_owned(), outcome);
        }
    }

    /// A creation that has to be acknowledged.
    fn invite(&mut self, email: &str) -> Result<(), Failure> {
        let answer = self.account.invite(self.whole.address, email);
        self.note(email, &answer);
        match self.scene.ledger.answers.get(email) {
            Some(Outcome::Acknowledged(_)) => Ok(()),
            _ => Err(format!("not accepted: {answer:?}").into()),
        }
    }

    /// Waits until the mail's row is in that state.
    fn await_row(&mut self, email: &str, state: &str) -> Result<(), Failure> {
        let sql = format!(
            "SELECT count(*) || '' AS line FROM mail m JOIN invitation i ON i.id = m.invitation_id
             WHERE i.email = '{email}' AND m.{state}"
        );
        wait::until(state, wait::USUAL, || Ok((self.scene.session.number(&sql)? == 1).then_some(())))
    }

    /// Holds what settling needs: on PostgreSQL the mail's row, on SQLite the file's one lock for writers.
    fn lock_row(&mut self, email: &str) -> Result<(), Failure> {
        match self.kind {
            Kind::Postgres => {
                self.lock.run("BEGIN")?;
                self.lock.run(&format!(
                    "SELECT m.reference AS line FROM mail m JOIN invitation i ON i.id = m.invitation_id
                     WHERE i.email = '{email}' FOR UPDATE OF m"
                ))
            }
            Kind::Sqlite => self.lock.run("BEGIN IMMEDIATE"),
        }
    }

    /// Waits until PostgreSQL shows that a statement of the process waits for a lock.
    fn await_waiting(&mut self, process: &str, statement: &str) -> Result<(), Failure> {
        let sql = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = '{process}' AND wait_event_type = 'Lock'
             AND query LIKE '{statement}%'"
        );
        wait::until(statement, wait::USUAL, || Ok((self.scene.session.number(&sql)? > 0).then_some(())))
    }
}
