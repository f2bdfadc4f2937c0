//! The cost of pages of a long list on both databases: an account with 100,000 open invitations among 20,000 closed ones.
//!
//! `cargo bench -p usher-persistence --bench paging` takes about a minute once it is built.

#![expect(clippy::unwrap_used, reason = "a failed step ends the benchmark")]

use std::{hint::black_box, sync::Arc, time::Duration};

use chrono::TimeDelta;
use criterion::Criterion;
use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use usher_domain::{
    env::Env,
    port::store::{Order, Page},
    testkit::Scene,
    usecase::view::{Part, Start, list},
};
use usher_persistence::{DatabaseOptions, DieselStore};
use usher_testbed::PostgresServer;

/// Open invitations of the account.
const OPEN: u64 = 100_000;
/// Rows of a page.
const SIZE: u32 = 20;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    sqlite(&mut criterion);
    postgres(&mut criterion);
    criterion.final_summary();
}

fn sqlite(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("usher.sqlite");
    let scene = scene(&format!("sqlite:{}", file.display()));
    let mut connection = SqliteConnection::establish(&file.to_string_lossy()).unwrap();
    connection.batch_execute(&invitations(&scene.env)).unwrap();
    measure(criterion, "sqlite", &scene);
}

fn postgres(criterion: &mut Criterion) {
    let database = PostgresServer::shared().unwrap().create_database().unwrap();
    let scene = scene(database.url());
    database.sql(&invitations(&scene.env)).unwrap();
    // As autovacuum does after this many rows.
    database.sql("VACUUM ANALYZE invitation").unwrap();
    measure(criterion, "postgres", &scene);
}

/// A scene on an empty database.
fn scene(url: &str) -> Scene {
    let store = DieselStore::open(&DatabaseOptions::new(url)).unwrap();
    store.migrations().run().unwrap();
    Scene::builder().store(Arc::new(store)).build()
}

/// SQL that both databases know: every sixth invitation is closed.
fn invitations(env: &Env) -> String {
    let all = OPEN * 6 / 5;
    let end = (env.now() + TimeDelta::days(14)).naive_utc();
    format!(
        "INSERT INTO invitation (public_id, secure_id, account_id, email, email_key, roles, limit_services, services,
            sponsor, status, generation, created_at, updated_at, sent_at, expires_at, closed_at, version)
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {all})
         SELECT '{:A<15}' || (1000000 + n), '{:A<23}' || (1000000 + n), account.id, 'ada' || n || '@example.com',
            'ada' || n || '@example.com', 'Auditor', false, '', 1,
            CASE WHEN n % 6 = 0 THEN 'revoked' ELSE 'pending' END, 0, account.created_at, account.created_at,
            account.created_at, '{end}', CASE WHEN n % 6 = 0 THEN account.created_at END, 0 FROM numbers, account",
        "", ""
    )
}

fn measure(criterion: &mut Criterion, database: &str, scene: &Scene) {
    let (store, env, owner) = (&scene.store, &scene.env, &scene.admin());
    let mut group = criterion.benchmark_group(database);
    for (name, offset) in [("first", 0), ("middle", OPEN / 2), ("last", OPEN - u64::from(SIZE))] {
        let part = Part { limit: SIZE, start: Start::Offset(offset), order: Order::NewestFirst };
        let look = || store.look("list", |tx| list(tx, env, owner, &part)).unwrap();
        assert_eq!((look().count, look().items.len()), (OPEN, 20));
        group.bench_function(format!("{name} page of {SIZE} and the count"), |bencher| {
            bencher.iter(|| black_box(look()));
        });
    }
    let count = || store.read("count", |tx| tx.count_open_invitations(owner.account.id, env.now())).unwrap();
    group.bench_function("the count alone", |bencher| bencher.iter(|| black_box(count())));
    // The page without the count, at the offset with the longest way.
    let page = Page { limit: Some(SIZE), offset: OPEN / 2, order: Order::NewestFirst };
    let part = || store.read("part", |tx| tx.open_invitations(owner.account.id, env.now(), page)).unwrap();
    group.bench_function("the middle page alone", |bencher| bencher.iter(|| black_box(part())));
    group.finish();
}
