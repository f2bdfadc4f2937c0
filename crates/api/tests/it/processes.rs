//! Server and worker as two programs, as they are deployed.

use std::{
    io::{BufRead as _, BufReader},
    process::{ChildStderr, Command, Stdio},
};

use crate::harness::{Backend, Client, Postbox, Running, SECRET, body, on_both_databases};

on_both_databases!(a_worker_of_its_own_delivers);

/// How the programs are configured: everything by environment, nothing of the machine's.
struct Deployment {
    settings: Vec<(&'static str, String)>,
    _backend: Backend,
}

impl Deployment {
    fn new(backend: Backend, postbox: &Postbox) -> Self {
        let mut settings = vec![
            ("USHER__DATABASE__URL", backend.url()),
            ("USHER__SERVER__BIND", "127.0.0.1:0".to_owned()),
            ("USHER__SERVER__PUBLIC_URL", "https://usher.example.com".to_owned()),
            ("USHER__AUTH__SECRET", SECRET.to_owned()),
            ("USHER__WORKER__ENABLED", "false".to_owned()),
            ("USHER__LOG__FORMAT", "json".to_owned()),
        ];
        settings.extend(postbox.settings());
        Self { settings, _backend: backend }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
        command.args(arguments).env_clear().envs(self.settings.iter().cloned());
        command
    }

    /// Runs a command to its end; answers what it printed.
    fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn start(&self, command: &str) -> (Running, BufReader<ChildStderr>) {
        let mut running = Running(self.command(&[command]).stderr(Stdio::piped()).spawn().unwrap());
        let log = BufReader::new(running.0.stderr.take().unwrap());
        (running, log)
    }
}

/// Waits for the line of the log that has the words; answers it.
fn line_with(log: &mut BufReader<ChildStderr>, words: &str) -> serde_json::Value {
    for line in log.lines() {
        let line = line.unwrap();
        if line.contains(words) {
            return serde_json::from_str(&line).unwrap();
        }
    }
    panic!("the program ended without {words:?}")
}

fn terminate(mut running: Running) {
    let kill = format!("kill -TERM {}", running.0.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    assert!(running.0.wait().unwrap().success(), "a first signal ends in good order");
}

fn a_worker_of_its_own_delivers(backend: Backend) {
    let postbox = Postbox::secure();
    let deployment = Deployment::new(backend, &postbox);
    deployment.run(&["account", "create", "--name", "onward", "--title", "Onward, Inc."]);
    let jane = ["--account", "onward", "--email", "jane@example.com"];
    let member = [&["member", "add", "--name", "Jane Smith", "--role", "GlobalAdmin"], &jane[..]].concat();
    deployment.run(&member);
    let token = deployment.run(&[&["token", "issue"], &jane[..]].concat());

    let (server, mut log) = deployment.start("serve");
    let address = line_with(&mut log, "\"serving\"")["fields"]["address"].as_str().unwrap().to_owned();
    let client = Client::new(format!("http://{address}")).with_token(token);
    client.post("/api/v2/invitations", &body("Joe", "joe@example.com", &["Auditor"])).expect(200);
    assert_eq!(postbox.count(), 0, "this server delivers nothing");

    let (worker, mut log) = deployment.start("worker");
    line_with(&mut log, "mail relayed");
    let mail = postbox.newest_of(1);
    client.get(&mail.path()).expect(200);
    terminate(worker);
    terminate(server);
}
