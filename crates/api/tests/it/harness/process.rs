use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use serde_json::Value;

use super::{Client, Setup};

/// A child process that ends with the test.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Setup {
    /// The program `usher` with the settings of this setup, JSON logs and the real clock.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
        command.args(arguments).env_clear().envs(self.environment()).env("USHER__LOG__FORMAT", "json");
        command
    }

    /// Runs a command to its end and returns its output.
    pub(crate) fn run_command(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Starts `usher serve` or `usher worker`, on a migrated database.
    pub(crate) fn start_process(&self, command: &str) -> Process {
        self.run_command(&["migrate"]);
        Process::start(self.command(&[command]))
    }

    /// Starts `usher serve` and returns it with a client without a token.
    pub(crate) fn start_serve(&self) -> (Process, Client) {
        self.start_process("serve").with_client()
    }

    /// Starts `usher serve` with a limit of open files that it cannot raise.
    pub(crate) fn start_serve_with_files(&self, files: usize) -> (Process, Client) {
        self.run_command(&["migrate"]);
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -n {files} && exec \"$0\" serve"), env!("CARGO_BIN_EXE_usher")]);
        shell.env_clear().envs(self.environment()).env("USHER__LOG__FORMAT", "json");
        Process::start(shell).with_client()
    }
}

/// A running `usher serve` or `usher worker` and its log.
pub(crate) struct Process {
    running: Running,
    lines: Receiver<String>,
    read: Vec<String>,
}

impl Process {
    fn start(mut command: Command) -> Self {
        let mut running = Running(command.stderr(Stdio::piped()).spawn().unwrap());
        let stderr = BufReader::new(running.0.stderr.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in stderr.lines() {
                // The test can end before the process does.
                drop(send.send(line.unwrap()));
            }
        });
        Self { running, lines, read: Vec::new() }
    }

    /// Waits until the server serves.
    fn with_client(mut self) -> (Self, Client) {
        let serving = self.line_with("\"serving\"");
        let address = serving["fields"]["address"].as_str().unwrap();
        let client = Client::new(format!("http://{address}"));
        (self, client)
    }

    /// Reads the log up to the next line with these words and returns that line.
    #[track_caller]
    pub(crate) fn line_with(&mut self, words: &str) -> Value {
        loop {
            let line = self.lines.recv_timeout(Duration::from_mins(1));
            let line = line.unwrap_or_else(|error| panic!("no {words:?}: {error}: {:?}", self.read));
            self.read.push(line.clone());
            if line.contains(words) {
                return serde_json::from_str(&line).unwrap();
            }
        }
    }

    /// The resident memory in KiB.
    pub(crate) fn resident_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.running.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Sends a signal with the shell's built-in `kill`: not every machine has the program.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.running.0.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Sends SIGTERM, waits for a successful end and returns the whole log.
    pub(crate) fn terminate(self) -> String {
        self.signal("TERM");
        self.wait()
    }

    /// Waits for a successful end after the first signal, and returns the whole log.
    pub(crate) fn wait(mut self) -> String {
        assert!(self.running.0.wait().unwrap().success(), "the first signal ends the process gracefully");
        self.read.extend(self.lines.iter());
        self.read.join("\n")
    }
}
