//! Stops a process inside a transaction on SQLite, where nothing shows who holds the lock or waits for it.
//!
//! SIGSTOP stops the process at an arbitrary moment while it creates one invitation after another. When another client
//! then cannot take the write lock of the file, the stopped process holds the lock: it is between the beginning of a
//! transaction and the release after its commit. The process is killed in this state. Otherwise it continues, and the
//! test tries again.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use usher_tooling::Failure;

use crate::{
    account::InvitingAccount,
    http::HttpOutcome,
    session::DatabaseSession,
    signals::signal,
    wait::{self, USUAL_TIMEOUT},
};

/// A client that creates invitations one at a time until the scenario stops it.
pub(super) struct CreationLoop {
    is_over: Arc<AtomicBool>,
    client: JoinHandle<Vec<(String, HttpOutcome)>>,
}

impl CreationLoop {
    pub(super) fn start(account: InvitingAccount, address: SocketAddr, email: &str) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let (ended, email) = (Arc::clone(&is_over), email.to_owned());
        let client = thread::spawn(move || {
            let mut outcomes = Vec::new();
            for number in 0.. {
                let email = format!("n{number}{email}");
                let outcome = account.invite(address, &email);
                let has_response = matches!(outcome, HttpOutcome::Response { .. });
                outcomes.push((email, outcome));
                if !has_response || ended.load(Ordering::Relaxed) {
                    break;
                }
            }
            outcomes
        });
        Self { is_over, client }
    }

    /// Ends the client and returns all outcomes, by email address.
    pub(super) fn end(self) -> Vec<(String, HttpOutcome)> {
        self.is_over.store(true, Ordering::Relaxed);
        self.client.join().unwrap_or_default()
    }
}

/// Stops the process at a moment when it holds the write lock of the file.
pub(super) fn stop_in_transaction(probe: &mut DatabaseSession, pid: u32) -> Result<(), Failure> {
    wait::until("a stop inside a transaction", USUAL_TIMEOUT, || {
        signal("STOP", pid)?;
        let is_in_transaction = probe.rows("PROBE")?.iter().any(|row| row == "busy");
        if !is_in_transaction {
            signal("CONT", pid)?;
        }
        Ok(is_in_transaction.then_some(()))
    })
}
