//! A real cluster, from start to end.

use std::{cell::Cell, convert::Infallible, error::Error, path::PathBuf};

use usher_testbed::{PostgresServer, TestbedError};

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn a_database_is_empty_and_is_dropped_with_its_handle() -> Outcome {
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
fn the_newest_release_is_newer_than_the_installed_one() -> Outcome {
    let version = |server: &PostgresServer| -> Result<u32, Box<dyn Error>> {
        Ok(server.sql("SHOW server_version_num")?.parse()?)
    };
    let newest = PostgresServer::start_newest()?;
    assert!(version(&newest)? > version(&PostgresServer::start()?)?);
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
fn concurrent_requests_share_one_template() -> Outcome {
    let server = PostgresServer::start()?;
    let databases = std::thread::scope(|scope| {
        let create = || server.create_database_from("raced", |_| Ok::<_, Infallible>(()));
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(create)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no thread panics"))
            .collect::<Result<Vec<_>, _>>()
    })?;
    assert_eq!(databases.len(), 4);
    // The template and one database for each thread. The drafts of the other threads are dropped.
    let count =
        server.sql("SELECT count(*) FROM pg_database WHERE datname = 'raced' OR datname LIKE 'usher%'")?;
    assert_eq!(count, "5");
    Ok(())
}

#[test]
fn a_stopped_cluster_removes_its_directory() -> Outcome {
    let server = PostgresServer::start()?;
    let socket_directory = PathBuf::from(server.sql("SHOW unix_socket_directories")?);
    assert!(socket_directory.is_dir());
    drop(server);
    assert!(!socket_directory.exists());
    Ok(())
}

#[test]
fn a_cluster_for_benchmarks_is_durable() -> Outcome {
    let server = PostgresServer::start_durable(&std::env::temp_dir())?;
    let settings = ["fsync", "synchronous_commit", "full_page_writes"].map(|name| format!("SHOW {name}"));
    for setting in settings {
        assert_eq!(server.sql(&setting)?, "on", "{setting}");
    }
    assert_eq!(server.sql("SELECT host(inet_server_addr())")?, "127.0.0.1");
    Ok(())
}

#[test]
fn an_sql_error_is_returned() -> Outcome {
    let error = PostgresServer::shared()?.sql("SELECT nonsense").expect_err("the column does not exist");
    assert!(error.to_string().contains(r#"column "nonsense" does not exist"#), "{error}");
    Ok(())
}
