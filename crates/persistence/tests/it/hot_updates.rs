//! Deliveries change their rows several times each. On PostgreSQL that stays within a row's page and touches no index.

use chrono::TimeDelta;
use usher_domain::{
    Timestamp,
    outbox::{LeaseToken, MailState},
    port::{
        Store, Tx,
        store::{LeasedWork, MailClaim, Settlement},
    },
};
use usher_testbed::PostgresServer;

use crate::support::{Postgres, TestDatabase, soon};

/// The tables whose rows change while deliveries go on.
const TABLES: [&str; 4] = ["delivery", "queued_delivery", "dead_delivery", "lease"];

/// Two accounts with as many invitations and queued mails as stand for `{mails}`.
const QUEUE: &str = "
    INSERT INTO account (public_id, name, title, created_at)
        SELECT lpad(n::text, 22, '0'), 'a' || n, 'A', '2026-01-01' FROM generate_series(1, 2) n;
    INSERT INTO invitation (public_id, secure_id, account_id, email, email_key, roles, limit_services, services,
            status, generation, created_at, updated_at, sent_at, expires_at, version)
        SELECT lpad(n::text, 22, '0'), lpad(n::text, 30, '0'), 1 + n % 2, n || '@example.com', n || '@example.com', 'user',
            false, '', 'pending', 0, '2026-01-01', '2026-01-01', '2026-01-01', '2027-01-01', 0
        FROM generate_series(1, {mails}) n;
    INSERT INTO delivery (reference, kind, destination, account_id, invitation_id, generation, state, attempts, due_at,
            created_at, queued_at, updated_at)
        SELECT public_id, 'mail', 'example.com', account_id, id, 0, 'queued', 0, created_at, created_at, created_at, created_at
        FROM invitation;
    INSERT INTO queued_delivery (kind, account_id, due_at, delivery_id)
        SELECT kind, account_id, due_at, id FROM delivery";

/// Mails that are claimed over and over again, on a server without other tests: their transactions would keep old versions of rows
/// on their pages.
struct Churn {
    mails: usize,
    /// Mails in a claim, and settlements in a unit.
    claimed: u32,
    place: Postgres,
    changes: usize,
}

impl Churn {
    fn new(server: &PostgresServer, mails: usize, claimed: u32) -> Self {
        let place = Postgres::migrated_on(server);
        place.execute(&QUEUE.replace("{mails}", &mails.to_string()));
        place.execute("VACUUM ANALYZE");
        Self { mails, claimed, place, changes: 0 }
    }

    /// Claims and settles every mail, and prolongs the sweep's lease with each claim. The server counts the updates of a
    /// connection when it ends.
    fn round(&mut self, round: i32, state: MailState) {
        let start = Timestamp::from_timestamp(1_780_000_000, 0).unwrap();
        let now = start + TimeDelta::seconds(10) * round;
        let updates = self.deliver_all(&self.place.replica(), now, state);
        assert_eq!(updates, 2 * self.mails);
        self.changes += updates;
    }

    fn deliver_all(&self, store: &dyn Store, now: Timestamp, state: MailState) -> usize {
        let token = LeaseToken::parse(&"a".repeat(22)).unwrap();
        let until = now + TimeDelta::seconds(60);
        let claim = MailClaim { now, until, token: &token, limit: self.claimed, after: None, except: &[] };
        let due_at = now + TimeDelta::seconds(1);
        let error = Some("mail relay deferred the mail: 451 4.7.1 try again later".to_owned());
        let settlement = Settlement { state, attempts: 1, due_at, error, refused_at: None, at: now };
        let mut updates = 0;
        loop {
            let claimed = store.write("claim", |tx| tx.claim_mails(&claim)).unwrap();
            if claimed.is_empty() {
                return updates;
            }
            assert!(store.write("lease", |tx| tx.take_lease(LeasedWork::Sweep, &token, now, until)).unwrap());
            let settle = |tx: &mut dyn Tx| {
                claimed.iter().try_for_each(|mail| {
                    tx.settle_mail(mail, &token, &settlement).map(|settled| assert!(settled))
                })
            };
            store.write("settle", settle).unwrap();
            updates += 2 * claimed.len();
        }
    }

    fn number(&self, sql: &str) -> usize {
        self.place.database.sql(sql).unwrap().trim().parse().unwrap()
    }

    /// The number of updates of a table, and how many of them were HOT.
    fn updates(&self, table: &str) -> (usize, usize) {
        let counted = |column: &str| {
            self.number(&format!(
                "SELECT coalesce(sum({column}), 0) FROM pg_stat_user_tables WHERE relname = '{table}'"
            ))
        };
        (counted("n_tup_upd"), counted("n_tup_hot_upd"))
    }

    #[expect(clippy::print_stdout, reason = "the long form shows what it measured")]
    fn assert_hot(&self) {
        soon(|| Some(()).filter(|()| self.updates("delivery").0 >= self.changes).ok_or("not counted"));
        for table in TABLES {
            let (all, hot) = self.updates(table);
            println!("{table}: {hot} of {all} updates are HOT");
            assert!(hot * 100 >= all * 90, "{table}: {hot} of {all} updates are HOT");
        }
        assert!(self.updates("lease").0 > 1, "the lease was prolonged");
    }

    /// How often the index of the queue was searched.
    fn searches(&self) -> usize {
        self.number("SELECT coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = 'queued_delivery'")
    }

    /// The size of a table with its indexes.
    fn size(&self, table: &str) -> usize {
        self.number(&format!("SELECT pg_total_relation_size('{table}')"))
    }
}

#[test]
fn claims_attempts_and_states_are_hot_updates() {
    const ROUNDS: i32 = 5;
    let server = PostgresServer::start().unwrap();
    let mut churn = Churn::new(&server, 1000, 20);
    let mut before = 0;
    for round in 0..ROUNDS {
        churn.round(round, MailState::Queued);
        // The first round makes the rows longer: they then have a reason.
        before = before.max(if round == 0 { churn.number("SELECT pg_relation_size('delivery')") } else { 0 });
    }
    churn.round(ROUNDS, MailState::Relayed);
    churn.assert_hot();
    let after = churn.number("SELECT pg_relation_size('delivery')");
    assert!(after * 2 <= before * 3, "the table grew from {before} to {after} bytes");
    assert_eq!(churn.number("SELECT count(*) FROM queued_delivery"), 0);
}

/// With statistics of mails to one destination, PostgreSQL expects that no mail has another destination than the excepted ones.
#[test]
fn a_claim_looks_at_the_mails_that_it_takes_only() {
    let server = PostgresServer::start().unwrap();
    let churn = Churn::new(&server, 2000, 20);
    let before = churn.searches();
    let now = Timestamp::from_timestamp(1_780_000_000, 0).unwrap();
    let token = LeaseToken::parse(&"a".repeat(22)).unwrap();
    let claim = MailClaim { now, until: now, token: &token, limit: 20, after: None, except: &[] };
    {
        let store: &dyn Store = &churn.place.replica();
        let work = |tx: &mut dyn Tx| {
            tx.due_mails(now, 20)?;
            tx.next_mail_due()?;
            tx.claim_mails(&claim)
        };
        assert_eq!(store.write("claim", work).unwrap().len(), 20);
    }
    let searches = soon(|| Some(churn.searches() - before).filter(|since| *since > 0).ok_or("not counted"));
    assert!(searches < 200, "{searches} searches of the queue");
}

/// The same at full size, with PostgreSQL's settings for production: autovacuum runs when it likes. It takes some minutes, and
/// prints what it measured: `cargo test -p usher-persistence --test it -- --ignored --nocapture a_million_status_changes`.
#[test]
#[ignore = "it takes some minutes"]
fn a_million_status_changes_leave_the_tables_small() {
    let server = PostgresServer::start_durable(&std::env::temp_dir()).unwrap();
    let mut churn = Churn::new(&server, 100_000, 20);
    for round in 0..5 {
        churn.round(round, MailState::Queued);
    }
    assert_eq!(churn.changes, 1_000_000);
    churn.assert_hot();
    let grown = TABLES.map(|table| churn.size(table));
    churn.place.execute("VACUUM FULL");
    let compact = TABLES.map(|table| churn.size(table));
    for ((table, grown), compact) in TABLES.into_iter().zip(grown).zip(compact) {
        println!("{table} with indexes: {grown} bytes, rewritten {compact}");
    }
    let (grown, compact): (usize, usize) = (grown.iter().sum(), compact.iter().sum());
    assert!(grown * 2 <= compact * 3, "{grown} bytes, rewritten {compact}");
}
