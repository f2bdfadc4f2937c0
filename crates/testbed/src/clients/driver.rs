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

use super::ClientAnswer;
use crate::{
    environment::{NODE_VARIABLE, node_home, variable},
    error::{Attempt, TestbedError},
    process::Lifeline,
    python,
};

/// How long one call may take. The clients themselves give up after a minute, if at all.
const PATIENCE: Duration = Duration::from_mins(1);

/// The small program around a client, which makes one call for each line that it reads.
#[derive(Debug)]
pub(super) struct Driver {
    name: &'static str,
    answers: Receiver<String>,
    // Declared, and so dropped, before its directory.
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
        let directory = tempfile::Builder::new().prefix("usher-client-").tempdir().attempt(name)?;
        // A file, because an inherited stderr keeps a test runner waiting for the end of the test's output.
        command.stderr(File::create(directory.path().join("log")).attempt(name)?);
        // Both clients prefer it to the token that they are given.
        command.env_remove("FASTLY_API_TOKEN");
        let (process, stdout) = Lifeline::start(&mut command, name)?;
        Ok(Self { name, answers: follow(stdout), process, directory })
    }

    /// Makes one call and waits for what comes of it.
    pub(super) fn call(&mut self, call: &str, arguments: &Value) -> Result<ClientAnswer, TestbedError> {
        let request = json!({ "call": call, "arguments": arguments }).to_string();
        let told = self.process.tell(&request).is_ok();
        let answer = if told { self.answers.recv_timeout(PATIENCE).ok() } else { None };
        let Some(answer) = answer else { return Err(self.failed(call, "no answer")) };
        serde_json::from_str(&answer).map_err(|_| self.failed(call, &answer))
    }

    fn failed(&self, call: &str, otherwise: &str) -> TestbedError {
        let log = fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
        let said = [log.trim_end(), otherwise].into_iter().find(|text| !text.is_empty());
        TestbedError::Failed {
            what: format!("{}, calling {call},", self.name),
            output: said.unwrap_or_default().to_owned(),
        }
    }
}

/// Collects the answers, on a thread of its own, until the output closes.
fn follow(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, answers) = mpsc::channel();
    thread::spawn(move || {
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        // Ends too when nobody listens any more.
        for line in lines {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    answers
}

/// Node.js, where it finds the client.
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
