//! The list without a `limit`, which is sent in parts and is one document all the same.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use chrono::TimeDelta;
use serde_json::{Value, json};
use usher_api::compose::ClockAndEntropy;
use usher_domain::{
    Timestamp,
    address::EmailAddress,
    port::{Clock, StoreError, Tx},
    principal::Actor,
    role::Grant,
    testkit::FixedClock,
    text::DisplayText,
    usecase::invite::{Invite, invite_all},
};

use crate::harness::{Backend, Client, Server, Setup, on_both_databases};

on_both_databases!(a_long_list_is_one_document, a_membership_that_ends_breaks_the_list_off);

const LANDSCAPE: &str = "/api/v2/invitations";

/// In the order of their numbers: those of one unit are made in the order of their addresses.
fn address(n: usize) -> String {
    format!("p{n:04}@example.com")
}

/// Invites so many in the name of jane@example.com, without asking the server.
fn crowd(server: &Server, size: usize) {
    let env = &server.core.env;
    let grant = || Grant::of_roles(["Auditor"]).unwrap();
    let invite = |n: usize| Invite {
        name: Some(DisplayText::parse("\"Joe\" Wright").unwrap()),
        ..Invite::new(EmailAddress::parse(&address(n)).unwrap(), grant(), TimeDelta::days(14))
    };
    let crowd: Vec<Invite> = (0..size).map(invite).collect();
    let work = |tx: &mut dyn Tx| {
        let actor = server.actor(tx, "jane@example.com");
        for some in crowd.chunks(128) {
            let requests: Vec<(&Actor, &Invite)> = some.iter().map(|invite| (&actor, invite)).collect();
            assert!(invite_all(tx, env, &requests)?.iter().all(Result::is_ok));
        }
        Ok::<_, StoreError>(())
    };
    server.core.store.write("test", work).unwrap();
}

fn numbers(list: &Value) -> Vec<i64> {
    list["results"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

fn a_long_list_is_one_document(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.onward();
    crowd(&server, 1203);
    let whole = jane.get(LANDSCAPE).expect(200);
    assert_eq!(whole.header("content-type"), "application/json");
    assert_eq!(whole.header("cache-control"), "no-store");
    let list = whole.json();
    let all = numbers(&list);
    assert_eq!(all.len(), 1203);
    assert!(all.is_sorted_by(|one, other| one < other), "each once, the oldest first");
    assert_eq!(
        (&list["count"], &list["next"], &list["previous"]),
        (&json!(1203), &json!(null), &json!(null))
    );
    for (n, item) in list["results"].as_array().unwrap().iter().enumerate() {
        assert_eq!(item["email"], address(n));
        assert_eq!((&item["name"], &item["account"]), (&json!("\"Joe\" Wright"), &json!("Onward, Inc.")));
    }
    let alone = jane.get(&format!("{LANDSCAPE}/{}", all[700])).expect(200).json();
    assert_eq!(list["results"][700], alone, "an item is what it is by itself");

    // Around the lengths of one part and of two, and beyond the end.
    for offset in [1, 202, 203, 702, 703, 704, 1202, 1203, 5000] {
        let rest = jane.get(&format!("{LANDSCAPE}?offset={offset}")).expect(200).json();
        assert_eq!(numbers(&rest), all[offset.min(1203)..], "from {offset}");
        assert_eq!((&rest["count"], &rest["next"]), (&json!(1203), &json!(null)), "from {offset}");
    }
}

/// Goes on by a hundredth of a second with each look at it, after which callers are looked up again, and does something at the nth.
struct Alarm {
    clock: FixedClock,
    looks: AtomicUsize,
    rings_at: AtomicUsize,
    does: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl Clock for Alarm {
    fn now(&self) -> Timestamp {
        let look = self.looks.fetch_add(1, Ordering::SeqCst) + 1;
        if look == self.rings_at.load(Ordering::SeqCst) {
            self.does.get().expect("it is set")();
        }
        self.clock.advance(TimeDelta::milliseconds(10));
        self.clock.now()
    }
}

/// What a client sees of a list.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    Refused,
    BrokenOff,
    Whole,
}

fn look(jane: &Client, size: usize) -> Seen {
    let response = jane.request(reqwest::Method::GET, LANDSCAPE).send().unwrap();
    let status = response.status().as_u16();
    match response.text() {
        Ok(_) if status == 403 => Seen::Refused,
        Ok(text) => {
            assert_eq!((status, numbers(&serde_json::from_str(&text).unwrap()).len()), (200, size));
            Seen::Whole
        }
        Err(_) => {
            assert_eq!(status, 200, "it began well");
            Seen::BrokenOff
        }
    }
}

/// The membership ends while one of the parts is read, a later one from try to try. Whoever is refused gets nothing, and whoever
/// gets less than everything can tell: there is no half of a list that looks like a whole one.
fn a_membership_that_ends_breaks_the_list_off(backend: Backend) {
    let setup = Setup::new(backend);
    let alarm = Arc::new(Alarm {
        clock: FixedClock::default(),
        looks: AtomicUsize::new(0),
        rings_at: AtomicUsize::new(0),
        does: OnceLock::new(),
    });
    let other = setup.start();
    other.onward();
    crowd(&other, 1001);
    let other = Arc::new(other);
    let world = ClockAndEntropy { clock: Arc::clone(&alarm) as _, ..setup.clock_and_entropy() };
    let server = setup.start_in(setup.settings(), world);
    let jane = server.client.with_token(other.token(Some("onward"), "jane@example.com"));
    let leaving = Arc::clone(&other);
    assert!(alarm.does.set(Box::new(move || leaving.leave("onward", "jane@example.com"))).is_ok());
    let mut seen = Vec::new();
    while seen.last() != Some(&Seen::Whole) {
        assert!(seen.len() < 100, "{seen:?}");
        let rings_at = seen.len() + 1;
        alarm.looks.store(0, Ordering::SeqCst);
        alarm.rings_at.store(rings_at, Ordering::SeqCst);
        seen.push(look(&jane, 1001));
        if alarm.looks.load(Ordering::SeqCst) >= rings_at {
            other.member("onward", "jane@example.com", &["GlobalAdmin"], None);
        }
    }
    assert!(seen.is_sorted(), "{seen:?}");
    assert_eq!(seen.first(), Some(&Seen::Refused));
    assert!(seen.iter().filter(|seen| **seen == Seen::BrokenOff).count() >= 2, "{seen:?}");
}
