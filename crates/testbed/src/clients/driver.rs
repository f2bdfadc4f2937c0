use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read},
    process::Command,
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::answer::ClientAnswer;
use crate::{
    environment::{NODE_VARIABLE, node_home, variable},
    error::{IoContext, TestbedError},
    process::Lifeline,
    python,
};

/// The longest time of one call. The clients have no timeout, or one of a minute.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The program around a client, which makes one call for each line of its input.
#[derive(Debug)]
pub(super) struct Driver {
    name: &'static str,
    outcomes: Receiver<String>,
    // Fields are dropped in order: the process ends before its directory is removed.
    process: Lifeline,
    directory: TempDir,
}

impl Driver {
    pub(super) fn javascript(base_url: &str, token: &str) -> Result<Self, TestbedError> {
        let mut command = node()?;
        command.args(["--eval", include_str!("driver.js"), "--", base_url, token]);
        Self::start("Fastly's JavaScript client", command)
    }

    pub(super) fn python(base_url: &str, token: &str) -> Result<Self, TestbedError> {
        let mut command = Command::new(python::find("fastly")?);
        command.args(["-c", include_str!("driver.py"), base_url, token]);
        Self::start("Fastly's Python client", command)
    }

    fn start(name: &'static str, mut command: Command) -> Result<Self, TestbedError> {
        let directory = tempfile::Builder::new().prefix("usher-client-").tempdir().context(name)?;
        // A file, because an inherited stderr would keep a test runner waiting for the end of the test's output.
        command.stderr(File::create(directory.path().join("log")).context(name)?);
        // Both clients would use this variable instead of the given token.
        command.env_remove("FASTLY_API_TOKEN");
        let (process, stdout) = Lifeline::start(&mut command, name)?;
        Ok(Self { name, outcomes: follow(stdout), process, directory })
    }

    /// Makes one call and waits for its outcome.
    pub(super) fn call(&mut self, call: &str, arguments: &Value) -> Result<ClientAnswer, TestbedError> {
        let request = json!({ "call": call, "arguments": arguments }).to_string();
        let sent = self.process.write_line(&request).is_ok();
        let outcome = if sent { self.outcomes.recv_timeout(TIMEOUT).ok() } else { None };
        let Some(outcome) = outcome else { return Err(self.failed(call, "no outcome")) };
        serde_json::from_str(&outcome).map_err(|_| self.failed(call, &outcome))
    }

    fn failed(&self, call: &str, otherwise: &str) -> TestbedError {
        let log = fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
        let printed = [log.trim_end(), otherwise].into_iter().find(|text| !text.is_empty());
        TestbedError::Failed {
            what: format!("{}, calling {call},", self.name),
            output: printed.unwrap_or_default().to_owned(),
        }
    }
}

/// Collects the outcomes on a thread until the output closes.
fn follow(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, outcomes) = mpsc::channel();
    thread::spawn(move || {
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        // Sending fails when the driver was dropped.
        for line in lines {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    outcomes
}

/// A Node.js that finds the client.
fn node() -> Result<Command, TestbedError> {
    let named = variable(NODE_VARIABLE);
    let home = node_home();
    if named.is_none() && !home.join("node_modules/fastly").is_dir() {
        return Err(TestbedError::Missing {
            what: "Fastly's client for Node.js was",
            help: "name a Node.js that finds it in USHER_TEST_NODE",
        });
    }
    let mut node = Command::new(named.unwrap_or_else(|| "node".into()));
    if home.is_dir() {
        node.current_dir(home);
    }
    Ok(node)
}
