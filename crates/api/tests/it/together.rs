//! Many requests at once, which the server gathers into common units of work: each is answered as if it were alone.

use std::{collections::BTreeMap, sync::Barrier, thread};

use serde_json::Value;
use usher_domain::{
    audit::AuditAction,
    id::{AccountId, InvitationId},
};

use crate::harness::{
    Backend, Client, Response, Server, Setup,
    fastly::{create, document, rejection},
    invitation_body, on_both_databases,
};

on_both_databases!(
    of_many_who_invite_one_address_one_does,
    the_write_limit_is_exact_in_a_storm,
    rights_that_are_taken_away_count_from_then_on,
    each_account_is_answered_its_own,
);

const LANDSCAPE: &str = "/api/v2/invitations";

/// However slow the machine is, nobody is sent away because the connections are busy.
fn patient(backend: Backend) -> Setup {
    Setup::new(backend).with("USHER__DATABASE__ACQUIRE_TIMEOUT", "60s")
}

/// Sends all requests at the same moment; the answers are in their order.
fn at_once<T: Send, F: FnOnce() -> T + Send>(requests: Vec<F>) -> Vec<T> {
    let ready = Barrier::new(requests.len());
    let ready = &ready;
    thread::scope(|scope| {
        let send = |request: F| {
            scope.spawn(move || {
                ready.wait();
                request()
            })
        };
        let threads: Vec<_> = requests.into_iter().map(send).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// A client of a member who invites as anybody.
fn administrator(server: &Server, account: &str, email: &str) -> Client {
    server.add_member(account, email, &["GlobalAdmin"], None);
    server.client_of(account, email)
}

fn by_landscape(client: &Client, email: &str) -> Response {
    client.post(LANDSCAPE, &invitation_body("Joe", email, &["Auditor"]))
}

fn by_fastly(client: &Client, email: &str) -> Response {
    create(client, &document(email, "user"))
}

/// Whether the invitation was made; if it was not, then because there is one, in the form of its dialect.
#[track_caller]
fn made(response: &Response, by_landscape: bool) -> bool {
    if response.status.as_u16() == 200 {
        return true;
    }
    if by_landscape {
        let (status, error, message) = response.problem();
        assert_eq!((status, error.as_str()), (400, "RepeatedInvitation"), "{response:?}");
        assert!(message.contains("already has a pending invitation"), "{message}");
    } else {
        let (status, msg, detail) = rejection(response);
        assert_eq!((status, msg.as_str()), (409, "Duplicate record"), "{response:?}");
        assert!(detail.contains("already has a pending invitation"), "{detail}");
    }
    false
}

/// Number and address of everything that is listed.
fn listed(client: &Client) -> Vec<(InvitationId, String)> {
    let list = client.get(LANDSCAPE).expect(200).json();
    let of = |item: &Value| {
        let id = InvitationId::new(item["id"].as_i64().unwrap());
        (id, item["email"].as_str().unwrap().to_owned())
    };
    list["results"].as_array().unwrap().iter().map(of).collect()
}

/// How many mails an invitation of the first account has, and how many entries in the audit log tell of its making.
fn traces(server: &Server, id: InvitationId) -> (usize, usize) {
    server.scene.read(|tx| {
        let events = tx.audit_events(AccountId::new(1))?;
        let made = events
            .iter()
            .filter(|event| event.action == AuditAction::InvitationCreated && event.invitation == Some(id));
        Ok((tx.mails_of(AccountId::new(1), id)?.len(), made.count()))
    })
}

fn of_many_who_invite_one_address_one_does(backend: Backend) {
    let setup = patient(backend);
    let server = setup.start();
    server.add_account("onward", "Onward, Inc.");
    let people: Vec<Client> =
        (0..4).map(|n| administrator(&server, "onward", &format!("admin{n}@example.com"))).collect();
    // The same mailbox, however it is written.
    let written = |n: u32, person: usize| {
        if person.is_multiple_of(2) { format!("joe{n}@example.com") } else { format!("Joe{n}@EXAMPLE.com") }
    };
    let mut requests = Vec::new();
    for n in 0..12 {
        for (person, client) in people.iter().enumerate() {
            requests.push(move || {
                let (email, by_landscape_too) = (written(n, person), person < 2);
                let response =
                    if by_landscape_too { by_landscape(client, &email) } else { by_fastly(client, &email) };
                (n, made(&response, by_landscape_too))
            });
        }
    }
    let mut made_of: BTreeMap<u32, usize> = BTreeMap::new();
    for (n, made) in at_once(requests) {
        *made_of.entry(n).or_default() += usize::from(made);
    }
    assert_eq!(made_of, (0..12).map(|n| (n, 1)).collect());
    let listed = listed(&people[0]);
    assert_eq!(listed.len(), 12);
    for (id, email) in listed {
        assert_eq!(traces(&server, id), (1, 1), "{email}");
    }
}

fn the_write_limit_is_exact_in_a_storm(backend: Backend) {
    let setup = patient(backend).with("USHER__LIMITS__WRITES_PER_HOUR", "50");
    let server = setup.start();
    let jane = server.add_onward();
    let request = |n: usize| {
        let jane = &jane;
        // Some are for one address: those count too.
        move || by_fastly(jane, &format!("p{}@example.com", n % 60))
    };
    let responses = at_once((0..80).map(request).collect());
    let (mut remaining, mut made) = (Vec::new(), 0);
    for response in &responses {
        if response.status.as_u16() == 429 {
            assert_eq!(rejection(response).1, "Hourly rate limit exceeded");
        } else {
            made += usize::from(self::made(response, false));
            remaining.push(response.header("fastly-ratelimit-remaining").parse::<usize>().unwrap());
        }
    }
    remaining.sort_unstable();
    assert_eq!(remaining, (0..50).collect::<Vec<_>>(), "50 pass, each with a number of its own");
    assert_eq!(listed(&jane).len(), made);
    assert!(made >= 30, "at most 20 of the 80 are for an address that has one: {made}");
}

fn rights_that_are_taken_away_count_from_then_on(backend: Backend) {
    let setup = patient(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let ann = administrator(&server, "onward", "ann@example.com");
    let storm = |name: &str, in_between: &(dyn Fn() + Sync)| -> [Vec<u16>; 2] {
        let mut requests: Vec<Box<dyn FnOnce() -> u16 + Send>> = Vec::new();
        for (whose, client) in [("jane", &jane), ("ann", &ann)] {
            for n in 0..10 {
                let email = format!("{name}-{whose}-{n}@example.com");
                requests.push(Box::new(move || by_landscape(client, &email).status.as_u16()));
            }
        }
        requests.push(Box::new(|| {
            in_between();
            0
        }));
        let statuses = at_once(requests);
        [statuses[..10].to_vec(), statuses[10..20].to_vec()]
    };
    let [of_jane, of_ann] = storm("during", &|| server.remove_member("onward", "ann@example.com"));
    assert_eq!(of_jane, [200; 10]);
    assert!(of_ann.iter().all(|status| [200, 403].contains(status)), "{of_ann:?}");
    let of_ann = of_ann.iter().filter(|status| **status == 200).count();
    assert_eq!(listed(&jane).len(), 10 + of_ann, "what was rejected was not done");

    assert_eq!(storm("after", &|| ()), [vec![200; 10], vec![403; 10]]);
    let listed = listed(&jane);
    assert_eq!(listed.len(), 20 + of_ann);
    assert!(!listed.iter().any(|(_, email)| email.starts_with("after-ann")));
}

fn each_account_is_answered_its_own(backend: Backend) {
    let setup = patient(backend);
    let server = setup.start();
    let accounts: Vec<(String, Client)> = (0..4)
        .map(|n| {
            let (name, title) = (format!("account{n}"), format!("Account {n}"));
            server.add_account(&name, &title);
            (title, administrator(&server, &name, &format!("admin{n}@example.com")))
        })
        .collect();
    // Of different lengths, and with an address that all of them have.
    for (n, (_, client)) in accounts.iter().enumerate() {
        for m in 0..=n {
            by_landscape(client, &format!("p{m}@example.com")).expect(200);
        }
    }
    let own: Vec<Vec<(InvitationId, String)>> = accounts.iter().map(|(_, client)| listed(client)).collect();
    let mut requests: Vec<Box<dyn FnOnce() + Send>> = Vec::new();
    for (n, (title, client)) in accounts.iter().enumerate() {
        let own = &own;
        requests.push(Box::new(move || assert_eq!(listed(client), own[n])));
        requests.push(Box::new(move || {
            let part = client.get("/api/v2/invitations?limit=1").expect(200).json();
            assert_eq!(
                (&part["count"], &part["results"][0]["account"]),
                (&(n + 1).into(), &title.as_str().into())
            );
        }));
        requests.push(Box::new(move || {
            let newest_first = crate::harness::fastly::listed(client);
            let emails = newest_first.iter().map(|item| item["attributes"]["email"].as_str().unwrap());
            assert!(emails.eq(own[n].iter().rev().map(|(_, email)| email.as_str())));
        }));
        for (id, email) in own.iter().flatten() {
            requests.push(Box::new(move || {
                let response = client.get(&format!("{LANDSCAPE}/{id}"));
                if own[n].iter().any(|(mine, _)| mine == id) {
                    let found = response.expect(200).json();
                    assert_eq!(
                        (&found["email"], &found["account"]),
                        (&email.as_str().into(), &title.as_str().into())
                    );
                } else {
                    response.expect(404);
                }
            }));
        }
    }
    at_once(requests);
}
