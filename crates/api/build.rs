//! Tells the program from what it was built, for `usher --version`.

use std::{
    io::{self, Write as _},
    process::Command,
};

fn main() -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "cargo:rerun-if-changed=build.rs")?;
    writeln!(out, "cargo:rerun-if-env-changed=USHER_COMMIT")?;
    let target = variable("TARGET").unwrap_or_default();
    // Without the commit in other profiles: each commit would otherwise build the program and its tests again.
    let source = if variable("PROFILE").as_deref() == Some("release") {
        source(&mut out)?
    } else {
        "development".to_owned()
    };
    writeln!(out, "cargo:rustc-env=USHER_VERSION={} ({source}, {target})", env!("CARGO_PKG_VERSION"))
}

/// The commit and its date; `USHER_COMMIT` names the commit where the sources come without their repository.
fn source(out: &mut impl io::Write) -> io::Result<String> {
    if let Some(commit) = variable("USHER_COMMIT").filter(|commit| !commit.is_empty()) {
        return Ok(format!("commit {commit}"));
    }
    // Sources inside of another repository have no commit of it.
    if git(&["ls-files", "build.rs"]).is_none() {
        return Ok("commit unknown".to_owned());
    }
    // The log of HEAD changes with every commit and every checkout.
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]) {
        writeln!(out, "cargo:rerun-if-changed={log}")?;
    }
    let commit = git(&["show", "--no-patch", "--format=%h %cs", "HEAD"]);
    let commit = commit.as_deref().and_then(|line| line.split_once(' '));
    Ok(commit.map_or("commit unknown".to_owned(), |(commit, date)| format!("commit {commit} of {date}")))
}

/// The output of Git; none without Git and outside of a repository.
fn git(arguments: &[&str]) -> Option<String> {
    let output =
        Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[expect(clippy::disallowed_methods, reason = "Cargo passes the facts of a build in variables")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
