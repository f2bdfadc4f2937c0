use std::{thread, time::Instant};

use usher_tooling::Failure;

use super::{
    kill_point::KillPoint,
    mid_transaction::{CreationLoop, stop_in_transaction},
};
use crate::{
    account::{self, InvitingAccount},
    arguments::DatabaseKind,
    history::CreationOutcome,
    http::HttpOutcome,
    relay::SmtpStep,
    replica::{Replica, ReplicaSpec},
    scenario_run::ScenarioRun,
    session::DatabaseSession,
    wait::{self, USUAL_TIMEOUT},
};

/// The kills at all points.
pub(super) struct KillPointTrial<'t, 'e> {
    pub(super) scenario: &'t mut ScenarioRun<'e>,
    pub(super) kind: DatabaseKind,
    pub(super) account: InvitingAccount,
    /// Holds the locks that Usher waits for.
    pub(super) lock: DatabaseSession,
    pub(super) whole: ReplicaSpec,
    pub(super) api: ReplicaSpec,
}

impl<'e> KillPointTrial<'_, 'e> {
    /// Kills at each point in turn; `kills` counts the kills.
    pub(super) fn run_rounds(&mut self, rounds: u32, kills: &mut u32) -> Result<(), Failure> {
        let kind = self.kind;
        for round in 1..=rounds {
            for point in KillPoint::ALL.into_iter().filter(|point| point.exists_on(kind)) {
                let killed = self.kill_at(point, round);
                killed.map_err(|failure| failure.at(&format!("{point:?}, round {round}")))?;
                *kills += 1;
            }
            if round % 5 == 0 {
                self.scenario.report_progress(&format!("{kills} kills"));
            }
        }
        Ok(())
    }

    /// Starts a process, creates an invitation, and kills the process at the point.
    fn kill_at(&mut self, point: KillPoint, round: u32) -> Result<(), Failure> {
        let email = format!("{}{round}@example.com", format!("{point:?}").to_lowercase());
        if point == KillPoint::MidTransaction {
            return self.kill_in_transaction(&email);
        }
        let replica = self.whole.run(self.scenario.environment)?;
        self.reach(point, &email)?;
        self.kill(replica)?;
        if matches!(point, KillPoint::Relayed | KillPoint::Settling) {
            self.lock.run("ROLLBACK")?;
        }
        self.scenario.relay.release();
        self.scenario.record_kill(&self.whole)
    }

    /// Creates an invitation and waits until its mail has reached the point.
    fn reach(&mut self, point: KillPoint, email: &str) -> Result<(), Failure> {
        match point {
            KillPoint::Claimed | KillPoint::Connected => {
                let relay = self.scenario.relay.clone();
                relay.hold(SmtpStep::Connect, "");
                self.invite(email)?;
                if point == KillPoint::Connected {
                    relay.await_held()?;
                }
                self.await_row(email, "lease_until IS NOT NULL")
            }
            KillPoint::Data => self.invite_and_hold(SmtpStep::Data, email),
            KillPoint::EndOfData => self.invite_and_hold(SmtpStep::EndOfData, email),
            KillPoint::Relayed | KillPoint::Settling => {
                self.invite_and_hold(SmtpStep::EndOfData, email)?;
                self.lock_settling(email)?;
                self.scenario.relay.hold(SmtpStep::Relayed, email);
                self.scenario.relay.await_held()?;
                if point == KillPoint::Settling {
                    self.await_lock_wait(&self.whole.name.clone(), "UPDATE \"delivery\"")?;
                }
                Ok(())
            }
            KillPoint::Settled | KillPoint::MidTransaction => {
                self.invite(email)?;
                self.await_row(email, "state = 'relayed'")
            }
        }
    }

    fn invite_and_hold(&mut self, step: SmtpStep, email: &str) -> Result<(), Failure> {
        self.scenario.relay.hold(step, email);
        self.invite(email)?;
        self.scenario.relay.await_held()
    }

    /// Kills a process inside the transaction of a creation. The process has no worker, so every lock belongs to the creation.
    fn kill_in_transaction(&mut self, email: &str) -> Result<(), Failure> {
        let replica = self.api.run(self.scenario.environment)?;
        let (account, address) = (self.account.clone(), self.api.address);
        match self.kind {
            DatabaseKind::Postgres => {
                // The transaction inserts the invitation, then waits to insert the mail.
                self.lock.run("BEGIN")?;
                self.lock.run("LOCK TABLE delivery IN SHARE MODE")?;
                let invited = email.to_owned();
                let client = thread::spawn(move || account.invite(address, &invited));
                self.await_lock_wait(&self.api.name.clone(), "WITH inserted AS (INSERT INTO delivery")?;
                self.kill(replica)?;
                self.lock.run("ROLLBACK")?;
                let outcome = client.join().unwrap_or(HttpOutcome::NoResponse);
                self.record(email, &outcome);
            }
            DatabaseKind::Sqlite => {
                let creations = CreationLoop::start(account, address, email);
                stop_in_transaction(&mut self.lock, replica.pid())?;
                self.kill(replica)?;
                for (email, outcome) in creations.end() {
                    self.record(&email, &outcome);
                }
            }
        }
        self.scenario.record_kill(&self.api)
    }

    fn kill(&mut self, replica: Replica<'e>) -> Result<(), Failure> {
        self.scenario.last_kill = Instant::now();
        replica.kill()
    }

    fn record(&mut self, email: &str, outcome: &HttpOutcome) {
        if let Some(outcome) = account::creation_outcome(outcome) {
            self.scenario.history.creations.insert(email.to_owned(), outcome);
        }
    }

    /// Creates an invitation, which must be acknowledged.
    fn invite(&mut self, email: &str) -> Result<(), Failure> {
        let outcome = self.account.invite(self.whole.address, email);
        self.record(email, &outcome);
        match self.scenario.history.creations.get(email) {
            Some(CreationOutcome::Acknowledged(_)) => Ok(()),
            _ => Err(format!("creation not acknowledged: {outcome:?}").into()),
        }
    }

    /// Waits until the row of the mail meets the condition.
    fn await_row(&mut self, email: &str, condition: &str) -> Result<(), Failure> {
        let sql = format!(
            "SELECT count(*) || '' AS line FROM delivery m JOIN invitation i ON i.id = m.invitation_id
             WHERE i.email = '{email}' AND m.{condition}"
        );
        let session = &mut self.scenario.session;
        wait::until(condition, USUAL_TIMEOUT, || Ok((session.number(&sql)? == 1).then_some(())))
    }

    /// Locks what settling needs: the row of the mail on PostgreSQL, the file's write lock on SQLite.
    fn lock_settling(&mut self, email: &str) -> Result<(), Failure> {
        match self.kind {
            DatabaseKind::Postgres => {
                self.lock.run("BEGIN")?;
                self.lock.run(&format!(
                    "SELECT m.reference AS line FROM delivery m JOIN invitation i ON i.id = m.invitation_id
                     WHERE i.email = '{email}' FOR UPDATE OF m"
                ))
            }
            DatabaseKind::Sqlite => self.lock.run("BEGIN IMMEDIATE"),
        }
    }

    /// Waits until PostgreSQL shows that a statement of the process waits for a lock.
    fn await_lock_wait(&mut self, process: &str, statement: &str) -> Result<(), Failure> {
        let sql = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = '{process}' AND wait_event_type = 'Lock'
             AND query LIKE '{statement}%'"
        );
        let session = &mut self.scenario.session;
        wait::until(statement, USUAL_TIMEOUT, || Ok((session.number(&sql)? > 0).then_some(())))
    }
}
