//! Two replicas serve requests while their secret is rotated as OPERATIONS.md describes: first every replica accepts the new
//! secret, then every replica uses it.

use std::{
    sync::{
        RwLock,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Duration,
};

use reqwest::Method;
use serde_json::json;

use crate::{
    harness::{Backend, Client, Postbox, Process, Response, SECRET, Setup, invitation_body, send},
    processes::token_of_jane,
};

const NEW_SECRET: &str = "another test secret that is long enough to sign with";
const PASSWORD: &str = "plum drizzle kettle";
const INVITATIONS: &str = "/api/v2/invitations";
const REPLICAS: usize = 2;
/// How many rounds every thread ends in each state of the replicas.
const ROUNDS: usize = 2;
const THREADS: usize = 2;

/// The replicas as a load balancer sees them: one that restarts gets no request. A request holds the lock for reading, so a
/// replica stops only after its requests have ended.
struct Replicas([RwLock<Option<Client>>; REPLICAS]);

impl Replicas {
    /// Sends a request to a replica, unless it restarts.
    fn at<T>(&self, replica: usize, request: impl FnOnce(&Client) -> T) -> Option<T> {
        let client = self.0[replica].read().unwrap();
        client.as_ref().map(request)
    }

    fn set(&self, replica: usize, client: Option<Client>) {
        *self.0[replica].write().unwrap() = client;
    }
}

/// One thing that a replica made with its secret, and that every replica has to accept.
enum Proof {
    Token(String),
    /// Path and query of a link.
    Link(String),
    /// Path and query of the next page.
    Cursor(String),
    /// An idempotency key and the address that was invited with it.
    Key(String, String),
}

impl Proof {
    /// Presents it to a replica. Returns what was refused.
    fn refusal(&self, client: &Client, token: &str) -> Option<String> {
        let jane = client.with_token(token);
        let (kind, response) = match self {
            Self::Token(token) => ("token", client.with_token(token).get(INVITATIONS)),
            Self::Link(path) => ("link", client.get(path)),
            Self::Cursor(path) => ("cursor", jane.get(path)),
            Self::Key(key, address) => ("key", create(&jane, key, address)),
        };
        (response.status != 200).then(|| format!("{kind}: {}", response.status))
    }
}

fn create(jane: &Client, key: &str, address: &str) -> Response {
    let body = invitation_body("Joe", address, &["GlobalAdmin"]).to_string();
    let request = jane.request(Method::POST, INVITATIONS).header("Idempotency-Key", key);
    send(request.header("Content-Type", "application/json").body(body))
}

/// Makes proofs at one replica and presents them to all, again and again.
struct Checker<'a> {
    replicas: &'a Replicas,
    access_token: &'a str,
    postbox: &'a Postbox,
    /// How often the replicas have changed.
    state: &'a AtomicUsize,
    thread: usize,
}

impl Checker<'_> {
    /// Reports each round: the state in which it began, and what was refused.
    fn run(&self, stop: &AtomicBool, reports: &Sender<(usize, Vec<String>)>) {
        let mut kept = Vec::new();
        for round in 0.. {
            if stop.load(SeqCst) {
                return;
            }
            let state = self.state.load(SeqCst);
            for replica in 0..REPLICAS {
                let address = format!("joe-{}-{round}-{replica}@example.com", self.thread);
                kept.extend(
                    self.replicas.at(replica, |client| self.make(client, &address)).into_iter().flatten(),
                );
            }
            let refusals = (0..REPLICAS).flat_map(|replica| {
                let refusals = kept.iter().filter_map(move |proof: &Proof| {
                    self.replicas.at(replica, |client| proof.refusal(client, self.access_token)).flatten()
                });
                refusals.map(move |refusal| format!("state {state}, replica {replica}: {refusal}"))
            });
            // The test can end before the thread does.
            drop(reports.send((state, refusals.collect())));
            // The oldest proofs come from before the rotation, the newest from its present state.
            if kept.len() > 32 {
                kept.drain(16..kept.len() - 16);
            }
        }
    }

    fn make(&self, client: &Client, address: &str) -> Vec<Proof> {
        let login = json!({ "email": "bob@example.com", "password": PASSWORD });
        let token =
            client.post("/api/v2/login", &login).expect(200).json()["token"].as_str().unwrap().to_owned();
        let jane = client.with_token(self.access_token);
        create(&jane, address, address).expect(200);
        let list = jane.get(&format!("{INVITATIONS}?limit=1")).expect(200).json();
        let mut proofs = vec![Proof::Token(token), Proof::Key(address.to_owned(), address.to_owned())];
        if let Some(next) = list["next"].as_str() {
            let path = next.find("/api").map_or(next, |start| &next[start..]);
            proofs.push(Proof::Cursor(path.to_owned()));
        }
        proofs.push(Proof::Link(self.postbox.link_to(address)));
        proofs
    }
}

/// The replicas of a test with their load.
struct Rotation<'a> {
    replicas: &'a Replicas,
    processes: [Option<Process>; REPLICAS],
    state: &'a AtomicUsize,
    reports: Receiver<(usize, Vec<String>)>,
    refusals: Vec<String>,
    /// What has to be refused before the rotation goes on.
    expected: &'a [&'a str],
}

impl Rotation<'_> {
    /// Restarts one replica after the other with these settings. Under each mixture the checks go through some rounds.
    fn restart_all(&mut self, setup: &Setup) {
        for replica in 0..REPLICAS {
            self.replicas.set(replica, None);
            if let Some(process) = self.processes[replica].take() {
                process.terminate();
            }
            let (process, client) = setup.start_serve();
            self.processes[replica] = Some(process);
            self.replicas.set(replica, Some(client));
            let state = self.state.fetch_add(1, SeqCst) + 1;
            self.wait_for_rounds(state);
        }
    }

    /// A refusal that is expected and has not come.
    fn missing(&self) -> Option<&str> {
        let came = |kind: &str| self.refusals.iter().any(|refusal| refusal.contains(kind));
        self.expected.iter().copied().find(|kind| !came(kind))
    }

    fn wait_for_rounds(&mut self, state: usize) {
        let mut rounds = 0;
        while rounds < ROUNDS * THREADS {
            let (began, refusals) =
                self.reports.recv_timeout(Duration::from_mins(2)).expect("the checks go on");
            self.refusals.extend(refusals);
            rounds += usize::from(began == state);
            if rounds == ROUNDS * THREADS && state > 0 && self.missing().is_some() {
                // Which of the workers sends a mail is up to them.
                rounds -= 1;
            }
        }
    }
}

/// Restarts two loaded replicas with each pair of secret and previous secrets. Returns what was refused.
///
/// Each state lasts until every checker has ended some rounds, and until everything in `expected` was refused.
fn rotate(phases: &[(&str, &str)], expected: &[&str]) -> Vec<String> {
    let postbox = Postbox::secure();
    let setup = Setup::delivering(Backend::postgres(), &postbox).without_mail_limits();
    // The checks write more often than a person may.
    let setup = setup.with("USHER__LIMITS__WRITES_PER_HOUR", "0");
    token_of_jane(&setup);
    let jane = ["--account", "onward", "--email", "jane@example.com"];
    let create_token = ["access-token", "create", "--name", "checks"];
    let access_token = setup.run_command(&[&create_token[..], &jane].concat());
    let replicas = Replicas([const { RwLock::new(None) }; REPLICAS]);
    let (state, stop, (sender, reports)) = (AtomicUsize::new(0), AtomicBool::new(false), channel());
    let processes = [0, 1].map(|replica| {
        let (process, client) = setup.start_serve();
        replicas.set(replica, Some(client));
        Some(process)
    });
    let mut rotation =
        Rotation { replicas: &replicas, processes, state: &state, reports, refusals: Vec::new(), expected };
    join_bob(&replicas, &access_token, &postbox);
    let setup = thread::scope(|scope| {
        // Also after a panic, or else the test would wait for the threads.
        let _stopped = StopOnDrop(&stop);
        for thread in 0..THREADS {
            let (sender, stop) = (sender.clone(), &stop);
            let checker = Checker {
                replicas: &replicas,
                access_token: &access_token,
                postbox: &postbox,
                state: &state,
                thread,
            };
            scope.spawn(move || checker.run(stop, &sender));
        }
        rotation.wait_for_rounds(0);
        let mut setup = setup;
        for (secret, previous) in phases {
            setup = setup.with("USHER__AUTH__SECRET", secret).with("USHER__AUTH__PREVIOUS_SECRETS", previous);
            rotation.restart_all(&setup);
        }
        setup
    });
    let Rotation { refusals, processes, .. } = rotation;
    drop((processes, setup));
    refusals
}

struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}

/// Makes Bob a member with a password.
fn join_bob(replicas: &Replicas, access_token: &str, postbox: &Postbox) {
    replicas.at(0, |client| {
        create(&client.with_token(access_token), "bob", "bob@example.com").expect(200);
        let link = postbox.link_to("bob@example.com");
        let (path, key) = link.split_once("?key=").unwrap();
        let form = [("key", key), ("action", "accept"), ("name", "Bob"), ("password", PASSWORD)];
        client.post_form(path, &form).expect(200);
    });
}

/// Every replica accepts the new secret before the first one uses it.
#[test]
fn a_rotation_in_two_phases_refuses_nothing() {
    let refusals = rotate(&[(SECRET, NEW_SECRET), (NEW_SECRET, SECRET)], &[]);
    assert_eq!(refusals, [""; 0]);
}

/// What OPERATIONS.md warns of: a replica that still has the old secret only refuses what the first restarted one makes.
#[test]
fn a_rotation_without_the_first_phase_refuses_tokens_links_and_keys() {
    let expected = ["token: 401", "link: 404", "key: 4"];
    let refusals = rotate(&[(NEW_SECRET, SECRET)], &expected);
    let by_old = refusals.iter().all(|refusal| refusal.contains("replica 1"));
    assert!(by_old, "{refusals:#?}");
}
