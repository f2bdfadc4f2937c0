//! Lists of an account while nearly all of its invitations end together.

use std::{thread, time::Instant};

use usher_domain::{
    Timestamp,
    id::AccountId,
    port::{
        Store,
        store::{OpenList, Order},
    },
    testkit,
    usecase::expire::expire_overdue,
};
use usher_testbed::PostgresServer;

use crate::support::{Postgres, TestDatabase as _, soon};

/// An account of which as many invitations as stand for `{ended}` end at once, and then thirty do not.
const ACCOUNT: &str = "
    INSERT INTO account (public_id, name, title, created_at) VALUES (repeat('0', 22), 'a', 'A', '2024-01-01');
    INSERT INTO invitation (public_id, secure_id, account_id, email, email_key, roles, limit_services, services,
            status, generation, created_at, updated_at, sent_at, expires_at, version)
        SELECT lpad(n::text, 22, '0'), lpad(n::text, 30, '0'), 1, n || '@example.com', n || '@example.com', 'user',
            false, '', 'pending', 0, '2024-01-01', '2024-01-01', '2024-01-01',
            CASE WHEN n <= {ended} THEN timestamp '2024-02-01' ELSE '2034-01-01' END, 0
        FROM generate_series(1, {ended} + 30) n";

fn filled(server: &PostgresServer, ended: u32) -> Postgres {
    let place = Postgres::migrated_on(server);
    place.execute(&ACCOUNT.replace("{ended}", &ended.to_string()));
    place.execute("VACUUM ANALYZE");
    place
}

/// Reads the first page and returns its count.
fn read_page(store: &dyn Store, now: Timestamp) -> u64 {
    let list = OpenList { account: AccountId::new(1), after: None, limit: 25, order: Order::OldestFirst };
    let parts = store.look("page", |tx| tx.open_parts(now, &[list])).unwrap();
    let part = parts[0].as_ref().unwrap();
    assert_eq!(part.invitations.len(), 25);
    part.count
}

#[test]
fn a_page_steps_over_no_overdue_invitations() {
    let server = PostgresServer::start().unwrap();
    let place = filled(&server, 20_000);
    let blocks = || {
        let sql = "SELECT sum(idx_blks_hit + idx_blks_read) FROM pg_statio_user_indexes
            WHERE indexrelname IN ('invitation_open', 'invitation_overdue_of_account')";
        place.database.sql(sql).unwrap().trim().parse::<u64>().unwrap()
    };
    let before = blocks();
    {
        let store = place.replica();
        assert_eq!(read_page(&store, testkit::env().0.now()), 30);
    }
    let read = soon(|| Some(blocks() - before).filter(|read| *read > 0).ok_or("not counted"));
    assert!(read < 50, "{read} blocks");
}

/// The median of 200 pages in microseconds.
fn median_of_pages(store: &dyn Store, now: Timestamp, open: u64) -> u128 {
    let time = || {
        let begun = Instant::now();
        assert_eq!(read_page(store, now), open);
        begun.elapsed().as_micros()
    };
    let mut times: Vec<u128> = (0..200).map(|_| time()).collect();
    times.sort_unstable();
    times[100]
}

/// Prints the time of a page before 200,000 invitations end, before the sweep and beside it:
/// `cargo test -p usher-persistence --test it -- --ignored --nocapture pages_while_200_000_invitations_end`.
#[test]
#[ignore = "it measures"]
fn pages_while_200_000_invitations_end() {
    let server = PostgresServer::start_durable(&std::env::temp_dir()).unwrap();
    let place = filled(&server, 200_000);
    let (env, _) = testkit::env();
    let before = Timestamp::from_timestamp(1_705_000_000, 0).unwrap();
    let (pages, sweeps) = (place.replica(), place.replica());
    println!("before: {} µs", median_of_pages(&pages, before, 200_030));
    println!("overdue: {} µs", median_of_pages(&pages, env.now(), 30));
    thread::scope(|scope| {
        let sweep = scope.spawn(|| {
            let sweeps: &dyn Store = &sweeps;
            while sweeps.write("sweep", |tx| expire_overdue(tx, &env, 500)).unwrap() > 0 {}
        });
        while !sweep.is_finished() {
            println!("beside the sweep: {} µs", median_of_pages(&pages, env.now(), 30));
        }
    });
    println!("after: {} µs", median_of_pages(&pages, env.now(), 30));
}
