//! A real cluster, from start to end.

use std::{cell::Cell, convert::Infallible, error::Error, path::PathBuf};

use usher_testbed::{PostgresServer, TestbedError};

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn a_database_is_fresh_and_ends_with_its_handle() -> Outcome {
    let server = PostgresServer::shared()?;
    let database = server.create_database()?;
    database.sql("CREATE TABLE guest (name text); INSERT INTO guest VALUES ('Ada'), ('Zoë')")?;
    assert_eq!(database.sql("SELECT name, length(name) FROM guest ORDER BY name")?, "Ada|3\nZoë|3");

    let other = server.create_database()?;
    assert_eq!(other.sql("SELECT to_regclass('guest') IS NULL")?, "t");

    let name = database.sql("SELECT current_database()")?;
    assert!(database.url().ends_with(&name));
    drop(database);
    assert_eq!(server.sql(&format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'"))?, "0");
    Ok(())
}

#[test]
fn a_template_is_filled_once() -> Outcome {
    let server = PostgresServer::start()?;
    let fills = Cell::new(0);
    let fill = |_: &str| {
        fills.set(fills.get() + 1);
        Ok::<_, Infallible>(())
    };
    let first = server.create_database_from("filled_v1", fill)?;
    let second = server.create_database_from("filled_v1", fill)?;
    assert_ne!(first.url(), second.url());
    assert_eq!(fills.get(), 1);

    let failed = server.create_database_from("filled_v2", |_| Err("no such migration"));
    assert!(matches!(failed, Err(TestbedError::Template { .. })));
    assert_eq!(server.sql("SELECT count(*) FROM pg_database WHERE datname = 'filled_v2'")?, "0");
    Ok(())
}

#[test]
fn a_template_is_filled_by_whoever_is_first() -> Outcome {
    let server = PostgresServer::start()?;
    let databases = std::thread::scope(|scope| {
        let create = || server.create_database_from("raced", |_| Ok::<_, Infallible>(()));
        let racers: Vec<_> = (0..4).map(|_| scope.spawn(create)).collect();
        racers.into_iter().map(|racer| racer.join().expect("no racer panics")).collect::<Result<Vec<_>, _>>()
    })?;
    assert_eq!(databases.len(), 4);
    // The template itself, and one for each racer; the losers' drafts are gone.
    let count =
        server.sql("SELECT count(*) FROM pg_database WHERE datname = 'raced' OR datname LIKE 'usher%'")?;
    assert_eq!(count, "5");
    Ok(())
}

#[test]
fn a_cluster_leaves_nothing_behind() -> Outcome {
    let server = PostgresServer::start()?;
    let socket_directory = PathBuf::from(server.sql("SHOW unix_socket_directories")?);
    assert!(socket_directory.is_dir());
    drop(server);
    assert!(!socket_directory.exists());
    Ok(())
}

#[test]
fn a_cluster_for_benchmarks_keeps_what_is_committed() -> Outcome {
    let server = PostgresServer::start_durable(&std::env::temp_dir())?;
    let settings = ["fsync", "synchronous_commit", "full_page_writes"].map(|name| format!("SHOW {name}"));
    for setting in settings {
        assert_eq!(server.sql(&setting)?, "on", "{setting}");
    }
    assert_eq!(server.sql("SELECT host(inet_server_addr())")?, "127.0.0.1");
    Ok(())
}

#[test]
fn an_sql_error_is_told() -> Outcome {
    let error = PostgresServer::shared()?.sql("SELECT nonsense").expect_err("there is no such column");
    assert!(error.to_string().contains(r#"column "nonsense" does not exist"#), "{error}");
    Ok(())
}
