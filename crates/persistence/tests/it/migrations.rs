//! Migrations: up, down and up again, the same on both databases, and any number of replicas at once.

use std::{collections::BTreeSet, path::PathBuf, sync::Barrier, thread};

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query, sql_types,
};
use diesel_migrations::{FileBasedMigrations, MigrationHarness as _};
use usher_domain::port::Store;
use usher_persistence::DieselStore;
use usher_testbed::PostgresServer;

use crate::support::{Postgres, Sqlite, TestDatabase, on_both, options};

on_both! {
    what_was_applied_is_not_pending,
    migrations_of_a_newer_program_are_left_alone,
}

/// The folder that is embedded in the program.
fn folder(database: &str) -> FileBasedMigrations {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(database);
    FileBasedMigrations::from_path(path).unwrap()
}

fn sqlite_path(place: &Sqlite) -> String {
    place.url().strip_prefix("sqlite:").unwrap().to_owned()
}

/// A column: its table and name, its type in diesel, and whether it is nullable.
#[derive(QueryableByName, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    #[diesel(sql_type = sql_types::Text)]
    of: String,
    #[diesel(sql_type = sql_types::Text)]
    kind: String,
    #[diesel(sql_type = sql_types::Bool)]
    nullable: bool,
}

/// An index: its table and columns, whether it is unique, and its condition.
#[derive(QueryableByName, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Index {
    #[diesel(sql_type = sql_types::Text)]
    name: String,
    #[diesel(sql_type = sql_types::Text)]
    columns: String,
    #[diesel(sql_type = sql_types::Bool)]
    is_unique: bool,
    #[diesel(sql_type = sql_types::Bool)]
    partial: bool,
}

/// A foreign key: its column, the referenced table, and the action on deletion there.
#[derive(QueryableByName, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Reference {
    #[diesel(sql_type = sql_types::Text)]
    from: String,
    #[diesel(sql_type = sql_types::Text)]
    to: String,
    #[diesel(sql_type = sql_types::Text)]
    on_delete: String,
}

/// A word or a longer string.
#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = sql_types::Text)]
    word: String,
}

/// The parts of a schema, spelled alike for both databases.
#[derive(Debug, PartialEq, Eq)]
struct Schema {
    columns: BTreeSet<Column>,
    indexes: BTreeSet<Index>,
    references: BTreeSet<Reference>,
    /// The names of the CHECK constraints.
    checks: BTreeSet<String>,
}

fn sqlite_schema(connection: &mut SqliteConnection) -> Schema {
    // SQLite's strict tables have only text and integer columns here; a column's name tells the other types.
    let columns = sql_query(
        "SELECT t.name || '.' || c.name AS of, c.\"notnull\" = 0 AS nullable,
            CASE WHEN c.name = 'at' OR c.name LIKE '%\\_at' ESCAPE '\\' OR c.name IN
                ('lease_until', 'tokens_not_before', 'window_start') THEN 'time'
                 WHEN c.name IN ('email_verified', 'limit_services') THEN 'bool'
                 ELSE lower(c.type) END AS kind
         FROM pragma_table_list t, pragma_table_info(t.name) c
         WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\'",
    );
    let indexes = sql_query(
        "SELECT CASE WHEN i.origin = 'pk' THEN 'unique_' || t.name ELSE i.name END AS name,
            i.\"unique\" AS is_unique, i.partial AS partial,
            t.name || '.' || (SELECT group_concat(coalesce(x.name, '?'), ',' ORDER BY x.seqno)
                FROM pragma_index_info(i.name) x) AS columns
         FROM pragma_table_list t, pragma_index_list(t.name) i
         WHERE t.schema = 'main' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\'",
    );
    let references = sql_query(
        "SELECT t.name || '.' || f.\"from\" AS \"from\", f.\"table\" || '.' || f.\"to\" AS \"to\",
            lower(f.on_delete) AS on_delete
         FROM pragma_table_list t, pragma_foreign_key_list(t.name) f WHERE t.schema = 'main'",
    );
    let tables = sql_query("SELECT sql AS word FROM sqlite_schema WHERE type = 'table'");
    let tables: Vec<Word> = tables.load(connection).unwrap();
    let constraints = tables.iter().flat_map(|table| table.word.split("CONSTRAINT ").skip(1));
    let checks = constraints.filter_map(|constraint| constraint.split_once(" CHECK "));
    let mut checks: BTreeSet<_> = checks.map(|(name, _)| name.to_owned()).collect();
    let columns: BTreeSet<Column> = columns.load(connection).unwrap().into_iter().collect();
    // A type that only PostgreSQL has is text or an integer in SQLite, with a CHECK that is named after the column.
    for column in columns.iter().filter(|column| ["time", "bool"].contains(&column.kind.as_str())) {
        checks.remove(&column.of.replace('.', "_"));
    }
    Schema {
        columns,
        indexes: indexes.load(connection).unwrap().into_iter().collect(),
        references: references.load(connection).unwrap().into_iter().collect(),
        checks,
    }
}

fn postgres_schema(connection: &mut PgConnection) -> Schema {
    let columns = sql_query(
        "SELECT table_name || '.' || column_name AS of, is_nullable = 'YES' AS nullable,
            CASE data_type WHEN 'bigint' THEN 'integer' WHEN 'boolean' THEN 'bool'
                WHEN 'timestamp without time zone' THEN 'time' ELSE data_type END AS kind
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'",
    );
    let indexes = sql_query(
        "SELECT c.relname::text AS name, i.indisunique AS is_unique, i.indpred IS NOT NULL AS partial,
            t.relname || '.' || (SELECT string_agg(coalesce(a.attname::text, '?'), ',' ORDER BY k.place)
                FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, place)
                LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum AND k.attnum > 0) AS columns
         FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
         WHERE t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE '\\_\\_%'
            AND c.relname NOT LIKE '%\\_pkey'",
    );
    let references = sql_query(
        "SELECT f.conrelid::regclass || '.' || a.attname AS \"from\",
            f.confrelid::regclass || '.' || b.attname AS \"to\",
            CASE f.confdeltype WHEN 'a' THEN 'no action' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null'
                ELSE f.confdeltype::text END AS on_delete
         FROM pg_constraint f CROSS JOIN unnest(f.conkey, f.confkey) k (of, there)
            JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.of
            JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = k.there
         WHERE f.contype = 'f'",
    );
    let checks = sql_query(
        "SELECT conname::text AS word FROM pg_constraint
         WHERE contype = 'c' AND connamespace = 'public'::regnamespace",
    );
    let checks: Vec<Word> = checks.load(connection).unwrap();
    Schema {
        columns: columns.load(connection).unwrap().into_iter().collect(),
        indexes: indexes.load(connection).unwrap().into_iter().collect(),
        references: references.load(connection).unwrap().into_iter().collect(),
        checks: checks.into_iter().map(|check| check.word).collect(),
    }
}

fn nothing() -> Schema {
    Schema {
        columns: BTreeSet::new(),
        indexes: BTreeSet::new(),
        references: BTreeSet::new(),
        checks: BTreeSet::new(),
    }
}

#[test]
fn up_down_and_up_again_is_the_same_on_both() {
    let sqlite = {
        let place = Sqlite::migrated();
        let mut connection = SqliteConnection::establish(&sqlite_path(&place)).unwrap();
        let first = sqlite_schema(&mut connection);
        connection.revert_all_migrations(folder("sqlite")).unwrap();
        assert_eq!(sqlite_schema(&mut connection), nothing());
        place.store().migrations().run().unwrap();
        assert_eq!(sqlite_schema(&mut connection), first);
        first
    };
    let postgres = {
        let place = Postgres::migrated();
        let mut connection = PgConnection::establish(&place.url()).unwrap();
        let first = postgres_schema(&mut connection);
        connection.revert_all_migrations(folder("postgres")).unwrap();
        assert_eq!(postgres_schema(&mut connection), nothing());
        place.store().migrations().run().unwrap();
        assert_eq!(postgres_schema(&mut connection), first);
        first
    };
    assert_eq!(sqlite.columns, postgres.columns);
    assert_eq!(sqlite.indexes, postgres.indexes);
    assert_eq!(sqlite.references, postgres.references);
    assert_eq!(sqlite.checks, postgres.checks);
    assert!(sqlite.checks.len() > 5);
    assert!(sqlite.columns.len() > 50 && sqlite.indexes.len() > 15 && sqlite.references.len() > 5);
}

fn what_was_applied_is_not_pending(place: &dyn TestDatabase) {
    let store = place.store();
    assert_eq!(store.migrations().pending(), Ok(vec![]));
    assert_eq!(store.migrations().run(), Ok(vec![]));
    place.execute("DELETE FROM __diesel_schema_migrations");
    let pending = store.migrations().pending().unwrap();
    assert_eq!(pending.first().map(String::as_str), Some("20261201000000_initial_schema"));
    // The tables exist already, so the migration fails with its name and the reason.
    let error = store.migrations().run().unwrap_err().to_string();
    assert!(error.contains("20261201000000_initial_schema") && error.contains("account"), "{error}");
    assert_eq!(store.migrations().pending(), Ok(pending));
}

fn migrations_of_a_newer_program_are_left_alone(place: &dyn TestDatabase) {
    place.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')");
    assert_eq!(place.store().migrations().pending(), Ok(vec![]));
    assert_eq!(place.store().migrations().run(), Ok(vec![]));
}

/// Four replicas open and migrate an empty database at once; the first one does the work.
fn cold_start(url: &str) {
    const REPLICAS: usize = 4;
    let start = Barrier::new(REPLICAS);
    let replica = || {
        start.wait();
        let store = DieselStore::open(&options(url)).unwrap();
        let applied = store.migrations().run().unwrap();
        let store: &dyn Store = &store;
        assert!(store.read("accounts", |tx| tx.accounts()).unwrap().is_empty());
        applied.len()
    };
    let applied: Vec<_> = thread::scope(|scope| {
        let replicas: Vec<_> = (0..REPLICAS).map(|_| scope.spawn(replica)).collect();
        replicas.into_iter().map(|replica| replica.join().unwrap()).collect()
    });
    assert_eq!(applied.iter().filter(|applied| **applied > 0).count(), 1, "{applied:?}");
}

const COLD_STARTS: usize = 10;

#[test]
fn replicas_start_together_on_sqlite() {
    for _ in 0..COLD_STARTS {
        let folder = tempfile::tempdir().unwrap();
        cold_start(&format!("sqlite:{}", folder.path().join("usher.sqlite").display()));
    }
}

#[test]
fn replicas_start_together_on_postgres() {
    for _ in 0..COLD_STARTS {
        let database = PostgresServer::shared().unwrap().create_database().unwrap();
        cold_start(database.url());
    }
}

/// A role without the right to create tables can find out that no migration is pending, and start.
#[test]
fn starting_needs_no_right_to_make_tables() {
    let place = Postgres::migrated();
    let role = format!("usher_limited_{}", std::process::id());
    place.execute(&format!(
        "DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN;
         REVOKE CREATE ON SCHEMA public FROM PUBLIC;
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
    ));
    let url = place.url().replacen("postgres://postgres@", &format!("postgres://{role}@"), 1);
    let store = DieselStore::open(&options(&url)).unwrap();
    assert_eq!(store.migrations().run(), Ok(vec![]));
    let scene = crate::scene::Scene::new(&place);
    let store: &dyn Store = &store;
    assert_eq!(store.read("accounts", |tx| tx.accounts()).unwrap(), [scene.owner.account]);
    place.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}
