//! Deliveries change their rows several times each. On PostgreSQL that stays within a row's page and touches no index.

use chrono::TimeDelta;
use usher_domain::{
    Timestamp,
    outbox::{LeaseToken, MailState},
    port::{
        Store,
        store::{MailClaim, Settlement},
    },
};

use usher_testbed::PostgresServer;

use crate::support::{Postgres, TestDatabase, soon};

const MAILS: usize = 1000;
const ROUNDS: usize = 5;

const QUEUE: &str = "
    INSERT INTO account (public_id, name, title, created_at)
        SELECT lpad(n::text, 22, '0'), 'a' || n, 'A', '2026-01-01' FROM generate_series(1, 2) n;
    INSERT INTO invitation (public_id, secure_id, account_id, email, email_key, roles, limit_services, services,
            status, generation, created_at, updated_at, sent_at, expires_at, version)
        SELECT lpad(n::text, 22, '0'), lpad(n::text, 30, '0'), 1 + n % 2, n || '@example.com', n || '@example.com', 'user',
            false, '', 'pending', 0, '2026-01-01', '2026-01-01', '2026-01-01', '2027-01-01', 0
        FROM generate_series(1, 1000) n;
    INSERT INTO delivery (reference, kind, destination, account_id, invitation_id, generation, state, attempts, due_at,
            created_at, queued_at, updated_at)
        SELECT public_id, 'mail', 'example.com', account_id, id, 0, 'queued', 0, created_at, created_at, created_at, created_at
        FROM invitation;
    INSERT INTO queued_delivery (kind, account_id, due_at, delivery_id)
        SELECT kind, account_id, due_at, id FROM delivery";

/// Claims and settles every mail. Returns the number of updates.
fn deliver_all(store: &dyn Store, now: Timestamp, state: MailState) -> usize {
    let token = LeaseToken::parse(&"a".repeat(22)).unwrap();
    let claim = MailClaim {
        now,
        until: now + TimeDelta::seconds(60),
        token: &token,
        limit: 20,
        after: None,
        except: &[],
    };
    let due_at = now + TimeDelta::seconds(1);
    let error = Some("mail relay deferred the mail: 451 4.7.1 try again later".to_owned());
    let settlement = Settlement { state, attempts: 1, due_at, error, refused_at: None, at: now };
    let mut updates = 0;
    loop {
        let claimed = store.write("claim", |tx| tx.claim_mails(&claim)).unwrap();
        if claimed.is_empty() {
            return updates;
        }
        for mail in claimed {
            assert!(store.write("settle", |tx| tx.settle_mail(&mail, &token, &settlement)).unwrap());
            updates += 2;
        }
    }
}

#[test]
fn claims_attempts_and_states_are_hot_updates() {
    // Transactions of other tests on a shared server would keep old versions of rows on their pages.
    let server = PostgresServer::start().unwrap();
    let place = Postgres::migrated_on(&server);
    place.execute(QUEUE);
    let number = |sql: &str| place.database.sql(sql).unwrap().trim().parse::<usize>().unwrap();
    let size = "SELECT pg_relation_size('delivery')";
    let mut before = 0;
    let updates = {
        let store = place.replica();
        let at = |round: usize| {
            let start = Timestamp::from_timestamp(1_780_000_000, 0).unwrap();
            start + TimeDelta::seconds(10) * i32::try_from(round).unwrap()
        };
        let mut retried = 0;
        for round in 0..ROUNDS {
            retried += deliver_all(&store, at(round), MailState::Queued);
            // The first round makes the rows longer: they then have a reason.
            before = before.max(if round == 0 { number(size) } else { 0 });
        }
        retried + deliver_all(&store, at(ROUNDS), MailState::Relayed)
    };
    assert_eq!(updates, 2 * MAILS * (ROUNDS + 1));
    // The server counts the updates of a connection when it ends.
    let counted =
        "SELECT coalesce(sum(n_tup_upd), 0) FROM pg_stat_user_tables WHERE relname LIKE '%delivery'";
    soon(|| Some(number(counted)).filter(|counted| *counted >= updates).ok_or("not counted"));
    let hot = number("SELECT sum(n_tup_hot_upd) FROM pg_stat_user_tables WHERE relname LIKE '%delivery'");
    assert!(hot * 100 >= number(counted) * 90, "{hot} of {} updates are HOT", number(counted));
    let after = number(size);
    assert!(after * 2 <= before * 3, "the table grew from {before} to {after} bytes");
    assert_eq!(number("SELECT count(*) FROM queued_delivery"), 0);
}
