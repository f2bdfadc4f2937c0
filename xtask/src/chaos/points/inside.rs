//! How a process is stopped inside of a transaction on SQLite, where nothing shows who holds or awaits the lock.
//!
//! The process is stopped (SIGSTOP) at any moment while it creates one invitation after another. If nobody can take the file's
//! write lock then, the process holds it, so it stands between the beginning of a transaction and the release after its commit,
//! and is killed as it stands. Otherwise it goes on.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use super::super::{account::Account, http::Answer, session::Session, wait};
use crate::shell::{Failure, program};

/// Creations one after another, until the end is asked for.
pub(super) struct Asking {
    over: Arc<AtomicBool>,
    client: JoinHandle<Vec<(String, Answer)>>,
}

impl Asking {
    pub(super) fn start(account: Account, address: SocketAddr, email: &str) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (ended, email) = (Arc::clone(&over), email.to_owned());
        let client = thread::spawn(move || {
            let mut answers = Vec::new();
            for number in 0.. {
                let email = format!("n{number}{email}");
                let answer = account.invite(address, &email);
                let is_whole = matches!(answer, Answer::Whole { .. });
                answers.push((email, answer));
                if !is_whole || ended.load(Ordering::Relaxed) {
                    break;
                }
            }
            answers
        });
        Self { over, client }
    }

    /// Every address that was asked for, with the answer.
    pub(super) fn end(self) -> Vec<(String, Answer)> {
        self.over.store(true, Ordering::Relaxed);
        self.client.join().unwrap_or_default()
    }
}

/// Stops the process where it holds the file's write lock.
pub(super) fn stop_inside(probe: &mut Session, pid: u32) -> Result<(), Failure> {
    wait::until("a transaction to stop in", wait::USUAL, || {
        signal("STOP", pid)?;
        let stopped_inside = probe.rows("PROBE")?.iter().any(|row| row == "busy");
        if !stopped_inside {
            signal("CONT", pid)?;
        }
        Ok(stopped_inside.then_some(()))
    })
}

fn signal(name: &str, pid: u32) -> Result<(), Failure> {
    let script = format!("kill -{name} {pid}");
    let status = program("/bin/sh").args(["-c", &script]).status()?;
    if status.success() { Ok(()) } else { Err(format!("{script}: {status}").into()) }
}
