use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use crate::shell::Failure;

/// What comes after the rows of an answer.
const END: &str = "<end>";

/// A client of a database in a process of its own, psql or SQLite's helper: it shares no code with Usher, and holds
/// transactions, and with them locks, as long as it is told.
pub(super) struct Session {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// What is to be written after a statement so that [`END`] comes after its rows.
    mark: String,
}

impl Session {
    pub(super) fn psql(command: &mut Command) -> Result<Self, Failure> {
        Self::start(command, format!(";\nSELECT '{END}';\n"))
    }

    /// The helper marks the end by itself.
    pub(super) fn sqlite(command: &mut Command) -> Result<Self, Failure> {
        Self::start(command, "\n".to_owned())
    }

    fn start(command: &mut Command, mark: String) -> Result<Self, Failure> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let input = child.stdin.take();
        let output = child.stdout.take().ok_or_else(|| "a session without output".to_owned())?;
        Ok(Self { child, input, output: BufReader::new(output), mark })
    }

    /// Runs one statement without its semicolon; its rows, each of one column of text named `line`.
    pub(super) fn rows(&mut self, sql: &str) -> Result<Vec<String>, Failure> {
        let statement = sql.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(input) = &mut self.input {
            // Whether it arrives shows in the answer.
            let _ = input.write_all(format!("{statement}{}", self.mark).as_bytes());
        }
        let mut rows = Vec::new();
        loop {
            let mut row = String::new();
            if self.output.read_line(&mut row)? == 0 {
                return Err(format!("{statement}: {}", self.complaint()).into());
            }
            match row.trim_end_matches('\n') {
                END => return Ok(rows),
                row => rows.push(row.to_owned()),
            }
        }
    }

    pub(super) fn run(&mut self, sql: &str) -> Result<(), Failure> {
        self.rows(sql).map(drop)
    }

    /// The one number that a query answers.
    pub(super) fn number(&mut self, sql: &str) -> Result<u64, Failure> {
        let rows = self.rows(sql)?;
        let number = rows.first().and_then(|row| row.parse().ok());
        number.ok_or_else(|| format!("{sql}: no number, but {rows:?}").into())
    }

    fn complaint(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            let _ = stderr.read_to_string(&mut text);
        }
        text.trim().to_owned()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Both clients end with their input.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
