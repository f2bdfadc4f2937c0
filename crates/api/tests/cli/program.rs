use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;

/// 32 bytes.
pub(super) const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A folder and an environment for the program.
pub(super) struct Program {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Program {
    /// An empty environment, and a folder for the default database.
    pub(super) fn new() -> Self {
        let program = Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new() };
        std::fs::create_dir(program.path("data")).unwrap();
        program
    }

    /// The same with a database that `usher migrate` created.
    pub(super) fn migrated() -> Self {
        let program = Self::new();
        program.run(&["migrate"]).stdout();
        program
    }

    pub(super) fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program until it ends.
    pub(super) fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, "")
    }

    /// Runs the program with this standard input until it ends.
    pub(super) fn run_with(&self, arguments: &[&str], input: &str) -> Ended {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        // The program does not read its input after a usage error.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ended::of(&child.wait_with_output().unwrap())
    }

    /// Starts the program and leaves it running.
    pub(super) fn start(&self, arguments: &[&str]) -> Running {
        let mut child = self.command(arguments).stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Running { child, output }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

/// The result of a run.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
}

impl Ended {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Returns the standard output of a successful run, without the last line break.
    #[track_caller]
    pub(super) fn stdout(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        assert!(!self.err.contains("usher:"), "{self:?}");
        self.out.strip_suffix('\n').expect("the output ends with a line break").to_owned()
    }

    #[track_caller]
    pub(super) fn json(self) -> serde_json::Value {
        let text = self.stdout();
        assert!(!text.contains('\n'), "one line: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Asserts a failure with this exit code, these words on standard error and no output.
    #[track_caller]
    pub(super) fn assert_failed(self, code: i32, words: &str) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(self.err.contains(words), "{words:?} is not in {}", self.err);
        assert_eq!(self.out, "");
    }
}

/// A running program. Dropping this ends it.
pub(super) struct Running {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Running {
    /// Reads to a line with these words and returns it.
    pub(super) fn line_with(&mut self, words: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(
                self.output.read_line(&mut line).unwrap(),
                0,
                "the program ended before it printed {words:?}"
            );
            if line.contains(words) {
                return line.trim_end().to_owned();
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
