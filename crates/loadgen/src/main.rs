//! The load client of `cargo xtask bench`: one thread, one `epoll`, keep-alive HTTP/1.1, one request at a time on each
//! connection (a closed loop).
//!
//! General-purpose clients do not fit: each creation needs a new email address, and each acceptance a signed token.
//! Such clients send fixed bodies, or run a script for each request, which costs more than the server does.
//!
//! The client prints one JSON object. A response with a status other than 200 ends the run and is printed on standard
//! error.

mod arguments;
mod connection;
mod cpu;
mod drive;
mod error;
mod latencies;
mod requests;
mod response;
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
