//! Mistakes in a database's URL, file or server: each has its own error and leaves no file behind.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    time::Duration,
};

use tempfile::TempDir;
use usher_domain::port::{Store, StoreError, store::WaitLimit};
use usher_persistence::{DatabaseOptions, DieselStore, OpenError};
use usher_testbed::PostgresServer;

use crate::support::{Postgres, Sqlite, TestDatabase, on_both, options, soon};

on_both! {
    every_form_of_the_url_reaches_the_same_database,
    a_pool_needs_a_connection,
    statements_need_not_be_kept,
}

fn open(url: &str) -> Result<DieselStore, OpenError> {
    DieselStore::open(&options(url))
}

fn refused(url: &str) -> OpenError {
    open(url).map(drop).unwrap_err()
}

/// The number of accounts, which proves that the tables can be read.
fn accounts(store: &DieselStore) -> Result<usize, StoreError> {
    let store: &dyn Store = store;
    store.read("accounts", |tx| Ok(tx.accounts()?.len()))
}

fn every_form_of_the_url_reaches_the_same_database(place: &dyn TestDatabase) {
    let url = place.url();
    let forms = match url.strip_prefix("sqlite:") {
        Some(path) => vec![url.clone(), format!("sqlite://{path}")],
        None => vec![
            url.clone(),
            url.replacen("postgres:", "postgresql:", 1),
            format!("{url}?application_name=other&connect_timeout=9"),
            format!("{url}?"),
        ],
    };
    for form in forms {
        assert_eq!(accounts(&open(&form).unwrap()), Ok(0), "{form}");
    }
}

fn a_pool_needs_a_connection(place: &dyn TestDatabase) {
    let empty = DatabaseOptions { pool_size: 0, ..options(&place.url()) };
    assert_eq!(DieselStore::open(&empty).map(drop), Err(OpenError::NoConnections));
}

fn statements_need_not_be_kept(place: &dyn TestDatabase) {
    let forgetful = DatabaseOptions { statement_cache: false, ..options(&place.url()) };
    let store = DieselStore::open(&forgetful).unwrap();
    for _ in 0..3 {
        assert_eq!(accounts(&store), Ok(0));
    }
}

#[test]
fn a_mistyped_scheme_is_named_and_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usher.sqlite").display().to_string();
    for (url, scheme) in [
        (format!("sqlite3:{path}"), "sqlite3:"),
        (format!("sqllite://{path}"), "sqllite:"),
        (format!("SQLITE:{path}"), "SQLITE:"),
        (format!("file:{path}"), "file:"),
        ("postgre://user:hunter2@localhost/usher".to_owned(), "postgre:"),
        ("postgres:user:hunter2@localhost/usher".to_owned(), "postgres:"),
        ("mysql://user:hunter2@localhost/usher".to_owned(), "mysql:"),
    ] {
        let error = refused(&url);
        assert_eq!(error, OpenError::UnknownScheme(scheme.to_owned()));
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
    for url in [path.as_str(), "", "usher.sqlite", "host=localhost password=hunter2:x", "://x"] {
        assert_eq!(refused(url), OpenError::NoScheme, "{url}");
    }
    assert_eq!(files(&folder), 0);
    assert!(!Path::new("usher.sqlite").exists());
}

fn files(folder: &TempDir) -> usize {
    fs::read_dir(folder.path()).unwrap().count()
}

#[test]
fn a_file_is_made_where_its_folder_is() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let error = refused(&format!("sqlite:{}", missing.join("usher.sqlite").display()));
    assert_eq!(error, OpenError::NoFolder(missing.clone()));
    assert!(error.to_string().contains(&missing.display().to_string()), "{error}");
    assert_eq!(files(&folder), 0);

    // Characters with a meaning in SQLite's own URLs belong to the path.
    for name in ["usher.sqlite", "what? 100%25 #1.sqlite", "żółw.sqlite"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let store = open(&format!("sqlite:{}", path.display())).unwrap();
        store.migrations().run().unwrap();
        assert_eq!(accounts(&store), Ok(0));
        let files =
            fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let others: Vec<_> = files.filter(|file| !file.starts_with(name)).collect();
        assert!(path.is_file() && others.is_empty(), "{name}: {others:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_is_made_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let place = Sqlite::migrated();
    let url = place.url();
    let path = url.strip_prefix("sqlite:").unwrap();
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_is_no_database_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let letter = folder.path().join("letter.txt");
    fs::write(&letter, "Dear Ada, ".repeat(1_000)).unwrap();
    for path in [folder.path(), &letter] {
        let error = refused(&format!("sqlite:{}", path.display()));
        assert!(matches!(&error, OpenError::File { path: named, .. } if named == path), "{error:?}");
    }
    assert_eq!(fs::read(&letter).unwrap().len(), 10_000);
    assert_eq!(refused("sqlite:"), OpenError::NoPath);
    assert_eq!(refused("sqlite://"), OpenError::NoPath);
    assert_eq!(refused("sqlite::memory:"), OpenError::InMemory);
    assert_eq!(refused("sqlite://:memory:"), OpenError::InMemory);
}

#[test]
fn a_server_that_is_not_there_is_reported_without_the_password() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    // The port of the client's end of a connection: no other process can get it, and none listens on it.
    let connection = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let port = connection.local_addr().unwrap().port();
    for url in [
        format!("postgres://ada:hunt%65r2@127.0.0.1:{port}/usher"),
        format!("postgres://ada@127.0.0.1:{port}/usher?password=hunter2"),
        "postgres://ada:hunter2@127.0.0.1:hunter2/usher".to_owned(),
        "postgres://ada:hunter2@127.0.0.1/usher?hunter2".to_owned(),
        "postgres://ada:hunter2@[::1/usher".to_owned(),
    ] {
        let error = refused(&url);
        assert!(matches!(error, OpenError::Server(_)), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        assert!(!format!("{error} {error:?}").contains("hunt%65r2"), "{error}");
        assert!(!format!("{:?}", options(&url)).contains("hunt"), "{:?}", options(&url));
    }
    let refusal = refused(&format!("postgres://ada@127.0.0.1:{port}/usher")).to_string();
    assert!(refusal.contains("Connection refused"), "{refusal}");
}

#[test]
fn a_password_that_ends_the_url_too_early_is_refused_before_anybody_reads_it() {
    for url in [
        "postgres://ada:hun/ter2@localhost/usher",
        "postgres://ada:hun@ter2@localhost/usher",
        "postgres://ada:hun?ter2@localhost/usher",
    ] {
        let error = refused(url);
        assert_eq!(error, OpenError::Credentials, "{url}");
        assert!(!error.to_string().contains("hun"));
        assert!(!format!("{:?}", options(url)).contains("hun"), "{:?}", options(url));
    }
}

#[test]
fn the_servers_own_message_is_kept() {
    let database = PostgresServer::shared().unwrap().create_database().unwrap();
    let (server, _) = database.url().rsplit_once('/').unwrap();
    let error = refused(&format!("{server}/no_such_database")).to_string();
    assert!(error.contains("\"no_such_database\" does not exist"), "{error}");
}

#[test]
fn a_connection_has_an_application_name() {
    let place = Postgres::migrated();
    let other = open(&format!("{}?application_name=other", place.url())).unwrap();
    let own = open(&place.url()).unwrap();
    assert_eq!((accounts(&other), accounts(&own)), (Ok(0), Ok(0)));
    let names = place.database.sql(
        "SELECT DISTINCT application_name FROM pg_stat_activity
         WHERE datname = current_database() AND application_name <> 'psql' ORDER BY 1",
    );
    assert_eq!(names.unwrap(), "other\nusher");
}

#[test]
fn a_full_pool_is_overloaded_in_time() {
    let place = Postgres::migrated();
    let narrow =
        DatabaseOptions { pool_size: 1, acquire_timeout: Duration::from_millis(50), ..options(&place.url()) };
    let store = DieselStore::open(&narrow).unwrap();
    // On a busy machine connecting may take longer than the short timeout.
    soon(|| accounts(&store));
    let outer: &dyn Store = &store;
    outer
        .read("outer", |tx| {
            let inner = accounts(&store);
            assert_eq!(inner, Err(StoreError::Overloaded(WaitLimit::Connection)));
            tx.accounts().map(drop)
        })
        .unwrap();
    assert_eq!(accounts(&store), Ok(0));
}
