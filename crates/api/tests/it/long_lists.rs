//! Lists without a `limit`: the server streams them in parts, and the client receives one document.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use chrono::TimeDelta;
use serde_json::{Value, json};
use usher_api::compose::ClockAndEntropy;
use usher_domain::{
    Timestamp,
    port::Clock,
    principal::Actor,
    testkit::{FixedClock, Scene, grant, text},
    usecase::invite::{Invite, invite_all},
};

use crate::harness::{Backend, Client, Setup, on_both_databases};

on_both_databases!(a_streamed_list_is_one_document, a_membership_that_ends_aborts_the_list);

const LANDSCAPE: &str = "/api/v2/invitations";

/// Addresses sort by number. Invitations of one unit get their ids in the order of their addresses.
fn address(n: usize) -> String {
    format!("p{n:04}@example.com")
}

/// Stores this many invitations by jane@example.com, without HTTP.
fn invite_many(scene: &Scene, count: usize) {
    let invitation = |n: usize| Invite {
        name: Some(text("\"Joe\" Wright")),
        ..Scene::invitation(&address(n), grant(["Auditor"]))
    };
    let invitations: Vec<Invite> = (0..count).map(invitation).collect();
    for part in invitations.chunks(128) {
        let stored = scene.act(&scene.admin(), |tx, env, admin| {
            let requests: Vec<(&Actor, &Invite)> = part.iter().map(|invite| (admin, invite)).collect();
            invite_all(tx, env, &requests)
        });
        assert!(stored.unwrap().iter().all(Result::is_ok));
    }
}

fn numbers(list: &Value) -> Vec<i64> {
    list["results"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

fn a_streamed_list_is_one_document(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    invite_many(&server.scene, 1203);
    let whole = jane.get(LANDSCAPE).expect(200);
    assert_eq!(whole.header("content-type"), "application/json");
    assert_eq!(whole.header("cache-control"), "no-store");
    let list = whole.json();
    let all = numbers(&list);
    assert_eq!(all.len(), 1203);
    assert!(all.is_sorted_by(|one, other| one < other), "each invitation once, the oldest first");
    assert_eq!(
        (&list["count"], &list["next"], &list["previous"]),
        (&json!(1203), &json!(null), &json!(null))
    );
    for (n, item) in list["results"].as_array().unwrap().iter().enumerate() {
        assert_eq!(item["email"], address(n));
        assert_eq!((&item["name"], &item["account"]), (&json!("\"Joe\" Wright"), &json!("Onward, Inc.")));
    }
    let alone = jane.get(&format!("{LANDSCAPE}/{}", all[700])).expect(200).json();
    assert_eq!(list["results"][700], alone, "an item of the list equals the single invitation");

    // Around the lengths of one and two parts, and beyond the end.
    for offset in [1, 202, 203, 702, 703, 704, 1202, 1203, 5000] {
        let rest = jane.get(&format!("{LANDSCAPE}?offset={offset}")).expect(200).json();
        assert_eq!(numbers(&rest), all[offset.min(1203)..], "from {offset}");
        assert_eq!((&rest["count"], &rest["next"]), (&json!(1203), &json!(null)), "from {offset}");
    }
}

/// A clock that advances by 10 ms each time it is read, so that no cached caller is used, and that runs an
/// action at the nth reading.
struct ActingClock {
    clock: FixedClock,
    readings: AtomicUsize,
    acts_at: AtomicUsize,
    action: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl Clock for ActingClock {
    fn now(&self) -> Timestamp {
        let reading = self.readings.fetch_add(1, Ordering::SeqCst) + 1;
        if reading == self.acts_at.load(Ordering::SeqCst) {
            self.action.get().expect("the action is set")();
        }
        self.clock.advance(TimeDelta::milliseconds(10));
        self.clock.now()
    }
}

/// How the request for a list ends.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Rejected,
    Aborted,
    Complete,
}

fn request_list(jane: &Client, size: usize) -> Outcome {
    let response = jane.request(reqwest::Method::GET, LANDSCAPE).send().unwrap();
    let status = response.status().as_u16();
    match response.text() {
        Ok(_) if status == 403 => Outcome::Rejected,
        Ok(text) => {
            assert_eq!((status, numbers(&serde_json::from_str(&text).unwrap()).len()), (200, size));
            Outcome::Complete
        }
        Err(_) => {
            assert_eq!(status, 200, "the status was sent before the error");
            Outcome::Aborted
        }
    }
}

/// The membership ends while a part is read; each attempt ends it at a later part. Either the request is rejected, or
/// its body ends with an error: a partial list never looks complete.
fn a_membership_that_ends_aborts_the_list(backend: Backend) {
    let setup = Setup::new(backend);
    let clock = Arc::new(ActingClock {
        clock: FixedClock::default(),
        readings: AtomicUsize::new(0),
        acts_at: AtomicUsize::new(0),
        action: OnceLock::new(),
    });
    let other = setup.start();
    other.add_onward();
    invite_many(&other.scene, 1001);
    let other = Arc::new(other);
    let ports = ClockAndEntropy { clock: Arc::clone(&clock) as _, ..setup.clock_and_entropy() };
    let server = setup.start_in(setup.settings(), ports);
    let jane = server.jane();
    let remover = Arc::clone(&other);
    let remove = move || remover.remove_member("onward", "jane@example.com");
    assert!(clock.action.set(Box::new(remove)).is_ok());
    let mut outcomes = Vec::new();
    while outcomes.last() != Some(&Outcome::Complete) {
        assert!(outcomes.len() < 100, "{outcomes:?}");
        let acts_at = outcomes.len() + 1;
        clock.readings.store(0, Ordering::SeqCst);
        clock.acts_at.store(acts_at, Ordering::SeqCst);
        outcomes.push(request_list(&jane, 1001));
        if clock.readings.load(Ordering::SeqCst) >= acts_at {
            other.add_member("onward", "jane@example.com", &["GlobalAdmin"], None);
        }
    }
    assert!(outcomes.is_sorted(), "{outcomes:?}");
    assert_eq!(outcomes.first(), Some(&Outcome::Rejected));
    assert!(outcomes.iter().filter(|outcome| **outcome == Outcome::Aborted).count() >= 2, "{outcomes:?}");
}
