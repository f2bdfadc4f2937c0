//! Server and worker as two processes, as in production.

use std::{
    process::Command,
    sync::mpsc::channel,
    thread,
    time::{Duration, Instant},
};

use crate::harness::{Backend, Postbox, Setup, invitation_body, on_both_databases};

on_both_databases!(a_separate_worker_delivers_the_mails_of_the_server);

/// Creates the account onward and its administrator with the command line; returns one of her tokens.
pub(crate) fn token_of_jane(setup: &Setup) -> String {
    setup.run_command(&["migrate"]);
    setup.run_command(&["account", "create", "--name", "onward", "--title", "Onward, Inc."]);
    let jane = ["--account", "onward", "--email", "jane@example.com"];
    let member = ["member", "add", "--name", "Jane Smith", "--role", "GlobalAdmin"];
    setup.run_command(&[&member[..], &jane].concat());
    setup.run_command(&[&["token", "issue"][..], &jane].concat())
}

fn a_separate_worker_delivers_the_mails_of_the_server(backend: Backend) {
    let postbox = Postbox::secure();
    let setup = Setup::delivering(backend, &postbox).with("USHER__WORKER__ENABLED", "false");
    let token = token_of_jane(&setup);
    let (server, client) = setup.start_serve();
    let jane = client.with_token(token);
    jane.post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"])).expect(200);
    assert_eq!(postbox.count(), 0, "the server delivers no mail");

    let mut worker = setup.start_process("worker");
    worker.line_with("mail relayed");
    client.get(&postbox.newest_of(1).path()).expect(200);
    worker.terminate();
    server.terminate();
}

#[test]
fn a_hangup_reloads_nothing_and_ends_nothing() {
    let setup = Setup::new(Backend::sqlite());
    for (command, ready) in [("serve", "\"serving\""), ("worker", "delivering mails")] {
        let mut process = setup.start_process(command);
        process.line_with(ready);
        for _ in 0..2 {
            process.signal("HUP");
            process.line_with("SIGHUP reloads nothing");
        }
        process.terminate();
    }
}

/// The worker looks for mails in a blocking thread, which waits for the database longer than the process waits for the worker.
#[test]
fn a_frozen_database_does_not_keep_the_process_after_the_shutdown_timeout() {
    let setup = Setup::new(Backend::postgres()).with("USHER__SERVER__SHUTDOWN_TIMEOUT", "1s");
    let mut worker = setup.start_process("worker");
    worker.line_with("delivering mails");
    let frozen = Frozen::freeze(&setup.backend);
    let (send, ended) = channel();
    thread::spawn(move || {
        // Fails if the test has ended already.
        drop(send.send(worker.terminate()));
    });
    let log =
        ended.recv_timeout(Duration::from_secs(30)).expect("the process ends while the database is frozen");
    assert!(log.contains("deliveries did not end in time"), "the worker waited for the database: {log}");
    drop(frozen);
}

/// PostgreSQL processes that are frozen until this is dropped.
struct Frozen(Vec<String>);

impl Frozen {
    /// Locks the table of the worker until a query waits for it, and freezes the process of that query.
    fn freeze(backend: &Backend) -> Self {
        const LOCK: &str = "LOCK TABLE queued_delivery; SELECT pg_sleep(60)";
        const WAITING: &str = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
                               AND wait_event_type = 'Lock'";
        const UNLOCK: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                              WHERE datname = current_database() AND query LIKE 'LOCK TABLE%'";
        let Backend::Postgres(database) = backend else { panic!("only PostgreSQL has processes") };
        thread::scope(|scope| {
            // Fails when the lock is released.
            scope.spawn(|| drop(database.sql(LOCK)));
            let deadline = Instant::now() + Duration::from_secs(30);
            let waiting = loop {
                let pids = database.sql(WAITING).unwrap();
                if !pids.is_empty() || Instant::now() > deadline {
                    break pids.lines().map(str::to_owned).collect::<Vec<_>>();
                }
            };
            let frozen = (!waiting.is_empty()).then(|| {
                signal("STOP", &waiting);
                Self(waiting)
            });
            database.sql(UNLOCK).unwrap();
            frozen.expect("the worker looks for mails")
        })
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        signal("CONT", &self.0);
    }
}

/// Sends a signal with the shell's built-in `kill`: not every machine has the program.
fn signal(name: &str, pids: &[String]) {
    let kill = format!("kill -{name} {}", pids.join(" "));
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}
