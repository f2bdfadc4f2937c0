//! The load client of `cargo xtask bench`: one thread, one `epoll`, keep-alive HTTP/1.1, one request at a time on each
//! connection (a closed loop).
//!
//! It is a program of our own because every creation needs an address of its own and every acceptance a signed token of
//! its own; the usual clients send fixed bodies, or run a script for each request, which costs more than the server does.
//!
//! It prints one JSON object. An answer other than 200 ends it with that answer on standard error.

mod answer;
mod arguments;
mod connection;
mod cpu;
mod drive;
mod error;
mod latencies;
mod requests;
mod template;
mod token;
mod walk;

use std::{io::Write as _, process::ExitCode};

use arguments::{Arguments, Task};
use clap::Parser as _;

fn main() -> ExitCode {
    let end = match Arguments::parse().task {
        Task::Drive(arguments) => drive::run(arguments),
        Task::Walk(arguments) => walk::run(&arguments),
    };
    let written = match &end {
        Ok(report) => writeln!(std::io::stdout(), "{report}"),
        Err(error) => writeln!(std::io::stderr(), "usher-loadgen: {error}"),
    };
    if end.is_ok() && written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
