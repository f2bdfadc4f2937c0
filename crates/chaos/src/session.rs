use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use usher_tooling::{Failure, spawn};

/// The line after the rows of each statement.
const END: &str = "<end>";

/// A database client in its own process: psql or the SQLite client. It shares no code with Usher. It can hold a
/// transaction, and thereby its locks, for as long as a test needs.
pub(crate) struct DatabaseSession {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// The text after each statement that makes the client print [`END`] after the rows.
    terminator: String,
}

impl DatabaseSession {
    pub(crate) fn psql(command: &mut Command) -> Result<Self, Failure> {
        Self::start(command, format!(";\nSELECT '{END}';\n"))
    }

    /// The SQLite client prints [`END`] by itself.
    pub(crate) fn sqlite(command: &mut Command) -> Result<Self, Failure> {
        Self::start(command, "\n".to_owned())
    }

    fn start(command: &mut Command, terminator: String) -> Result<Self, Failure> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = spawn(command)?;
        let input = child.stdin.take();
        let output = child.stdout.take().ok_or("the database client has no output")?;
        Ok(Self { child, input, output: BufReader::new(output), terminator })
    }

    /// Runs one statement, given without its semicolon, and returns its rows. Each row has one text column named `line`.
    pub(crate) fn rows(&mut self, sql: &str) -> Result<Vec<String>, Failure> {
        let statement = sql.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(input) = &mut self.input {
            // A failure shows below, as the end of the output.
            let _ = input.write_all(format!("{statement}{}", self.terminator).as_bytes());
        }
        let mut rows = Vec::new();
        loop {
            let mut row = String::new();
            if self.output.read_line(&mut row)? == 0 {
                return Err(format!("{statement}: {}", self.error_output()).into());
            }
            match row.trim_end_matches('\n') {
                END => return Ok(rows),
                row => rows.push(row.to_owned()),
            }
        }
    }

    pub(crate) fn run(&mut self, sql: &str) -> Result<(), Failure> {
        self.rows(sql).map(drop)
    }

    /// The single number that a query returns.
    pub(crate) fn number(&mut self, sql: &str) -> Result<u64, Failure> {
        let rows = self.rows(sql)?;
        let number = rows.first().and_then(|row| row.parse().ok());
        number.ok_or_else(|| format!("{sql}: {rows:?} is not a number").into())
    }

    fn error_output(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            let _ = stderr.read_to_string(&mut text);
        }
        text.trim().to_owned()
    }
}

impl Drop for DatabaseSession {
    fn drop(&mut self) {
        // Both clients end when their input closes.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
