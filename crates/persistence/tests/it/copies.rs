//! Copies of a PostgreSQL database: dumps of the data alone, and logical replication.

use std::process::Command;

use usher_domain::port::Store;
use usher_testbed::PostgresServer;

use crate::{
    scene::Scene,
    support::{Postgres, TestDatabase as _},
};

/// The triggers count the restored invitations again, so their tables are left out. The new schema has its own list of
/// migrations.
const LEFT_OUT: [&str; 3] = ["open_count", "open_change", "__diesel_schema_migrations"];

#[test]
fn data_can_be_restored_into_a_new_schema() {
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    let store: &dyn Store = place.store();
    let open: Vec<_> = (0..5).map(|n| scene.invite(store, &format!("p{n}@example.com")).unwrap()).collect();
    scene.revoke(store, open[0].id).unwrap();
    scene.accept(store, &open[1]).unwrap();
    store.write("settle", |tx| tx.settle_open_counts()).unwrap();
    scene.revoke(store, open[2].id).unwrap();

    let programs = PostgresServer::psql().unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut dump = Command::new(programs.with_file_name("pg_dump"));
    dump.args(["--data-only", "--format=custom", "--file"]).arg(file.path());
    dump.args(LEFT_OUT.map(|table| format!("--exclude-table-data={table}")));
    assert!(dump.arg(place.database.url()).status().unwrap().success());

    let copy = Postgres::migrated();
    let mut restore = Command::new(programs.with_file_name("pg_restore"));
    restore.args(["--data-only", "--single-transaction", "--exit-on-error", "--dbname"]);
    assert!(restore.arg(copy.database.url()).arg(file.path()).status().unwrap().success());

    let counts = "SELECT (SELECT coalesce(sum(invitations), 0) FROM open_count)
        + (SELECT coalesce(sum(change), 0) FROM open_change)";
    assert_eq!(place.database.sql(counts).unwrap(), "2");
    assert_eq!(copy.database.sql(counts).unwrap(), "2");
    let copied: &dyn Store = copy.store();
    let accounts = copied.read("accounts", |tx| tx.accounts());
    assert_eq!(accounts, store.read("accounts", |tx| tx.accounts()));
    assert_eq!(scene.stored(&copy, open[3].id), scene.stored(&place, open[3].id));
    // The restored numbers are not given out again.
    let next = scene.invite(copied, "next@example.com").unwrap();
    assert!(next.id > open[4].id, "{next:?}");
}

/// The publisher rejects updates and deletions of published tables without a replica identity.
#[test]
fn every_table_has_a_replica_identity() {
    let place = Postgres::migrated();
    let without = place.database.sql(
        "SELECT c.relname FROM pg_class c
         WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relreplident <> 'f'
            AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid
                AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident END)",
    );
    assert_eq!(without.unwrap(), "");
}

/// Publishing needs no `wal_level`: the rule is checked with each change.
#[test]
fn counts_settle_while_all_tables_are_published() {
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    let store: &dyn Store = place.store();
    place.database.sql("CREATE PUBLICATION everything FOR ALL TABLES").unwrap();
    let invitation = scene.invite(store, "ada@example.com").unwrap();
    store.write("settle", |tx| tx.settle_open_counts()).unwrap();
    assert_eq!(place.database.sql("SELECT count(*) FROM open_change").unwrap(), "0");
    scene.revoke(store, invitation.id).unwrap();
    store.write("settle", |tx| tx.settle_open_counts()).unwrap();
    assert_eq!(place.database.sql("SELECT invitations FROM open_count").unwrap(), "0");
}
