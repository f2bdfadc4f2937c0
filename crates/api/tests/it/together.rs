//! Concurrent requests, which the server works on in batches: each has the result it would have alone.

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
    concurrent_invitations_of_one_address_store_one,
    the_write_limit_is_exact_for_concurrent_writes,
    rights_that_are_revoked_during_a_batch_are_checked,
    concurrent_lists_contain_only_the_own_account,
);

const LANDSCAPE: &str = "/api/v2/invitations";

/// Sends all requests at the same moment. Returns the responses in the order of the requests.
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

/// A client of a new member who may grant every role.
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

/// Whether the invitation was created. If not, asserts a rejection for a repeated address, in the dialect's
/// form.
#[track_caller]
fn is_created(response: &Response, by_landscape: bool) -> bool {
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

/// Id and address of each listed invitation.
fn listed(client: &Client) -> Vec<(InvitationId, String)> {
    let list = client.get(LANDSCAPE).expect(200).json();
    let of = |item: &Value| {
        let id = InvitationId::new(item["id"].as_i64().unwrap());
        (id, item["email"].as_str().unwrap().to_owned())
    };
    list["results"].as_array().unwrap().iter().map(of).collect()
}

/// The number of mails of an invitation of the first account, and of its creations in the audit log.
fn mails_and_events(server: &Server, id: InvitationId) -> (usize, usize) {
    server.scene.read(|tx| {
        let events = tx.audit_events(AccountId::new(1))?;
        let creations = events
            .iter()
            .filter(|event| event.action == AuditAction::InvitationCreated && event.invitation == Some(id));
        Ok((tx.mails_of(AccountId::new(1), id)?.len(), creations.count()))
    })
}

fn concurrent_invitations_of_one_address_store_one(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_account("onward", "Onward, Inc.");
    let people: Vec<Client> =
        (0..4).map(|n| administrator(&server, "onward", &format!("admin{n}@example.com"))).collect();
    // One mailbox in two spellings.
    let written = |n: u32, person: usize| {
        if person.is_multiple_of(2) { format!("joe{n}@example.com") } else { format!("Joe{n}@EXAMPLE.com") }
    };
    let mut requests = Vec::new();
    for n in 0..12 {
        for (person, client) in people.iter().enumerate() {
            requests.push(move || {
                let (email, through_landscape) = (written(n, person), person < 2);
                let response =
                    if through_landscape { by_landscape(client, &email) } else { by_fastly(client, &email) };
                (n, is_created(&response, through_landscape))
            });
        }
    }
    let mut created_of: BTreeMap<u32, usize> = BTreeMap::new();
    for (n, is_created) in at_once(requests) {
        *created_of.entry(n).or_default() += usize::from(is_created);
    }
    assert_eq!(created_of, (0..12).map(|n| (n, 1)).collect());
    let listed = listed(&people[0]);
    assert_eq!(listed.len(), 12);
    for (id, email) in listed {
        assert_eq!(mails_and_events(&server, id), (1, 1), "{email}");
    }
}

fn the_write_limit_is_exact_for_concurrent_writes(backend: Backend) {
    let setup = Setup::new(backend).with("USHER__LIMITS__WRITES_PER_HOUR", "50");
    let server = setup.start();
    let jane = server.add_onward();
    let request = |n: usize| {
        let jane = &jane;
        // Some repeat an address. They count as well.
        move || by_fastly(jane, &format!("p{}@example.com", n % 60))
    };
    let responses = at_once((0..80).map(request).collect());
    let (mut remaining, mut created) = (Vec::new(), 0);
    for response in &responses {
        if response.status.as_u16() == 429 {
            assert_eq!(rejection(response).1, "Hourly rate limit exceeded");
        } else {
            created += usize::from(is_created(response, false));
            remaining.push(response.header("fastly-ratelimit-remaining").parse::<usize>().unwrap());
        }
    }
    remaining.sort_unstable();
    assert_eq!(remaining, (0..50).collect::<Vec<_>>(), "50 writes pass, each with its own count");
    assert_eq!(listed(&jane).len(), created);
    assert!(created >= 30, "at most 20 of the 80 requests repeat an address: {created}");
}

fn rights_that_are_revoked_during_a_batch_are_checked(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let ann = administrator(&server, "onward", "ann@example.com");
    let send_all = |name: &str, meanwhile: &(dyn Fn() + Sync)| -> [Vec<u16>; 2] {
        let mut requests: Vec<Box<dyn FnOnce() -> u16 + Send>> = Vec::new();
        for (whose, client) in [("jane", &jane), ("ann", &ann)] {
            for n in 0..10 {
                let email = format!("{name}-{whose}-{n}@example.com");
                requests.push(Box::new(move || by_landscape(client, &email).status.as_u16()));
            }
        }
        requests.push(Box::new(|| {
            meanwhile();
            0
        }));
        let statuses = at_once(requests);
        [statuses[..10].to_vec(), statuses[10..20].to_vec()]
    };
    let [of_jane, of_ann] = send_all("during", &|| server.remove_member("onward", "ann@example.com"));
    assert_eq!(of_jane, [200; 10]);
    assert!(of_ann.iter().all(|status| [200, 403].contains(status)), "{of_ann:?}");
    let of_ann = of_ann.iter().filter(|status| **status == 200).count();
    assert_eq!(listed(&jane).len(), 10 + of_ann, "what was rejected was not done");

    assert_eq!(send_all("after", &|| ()), [vec![200; 10], vec![403; 10]]);
    let listed = listed(&jane);
    assert_eq!(listed.len(), 20 + of_ann);
    assert!(!listed.iter().any(|(_, email)| email.starts_with("after-ann")));
}

fn concurrent_lists_contain_only_the_own_account(backend: Backend) {
    let setup = Setup::new(backend).without_mail_limits();
    let server = setup.start();
    let accounts: Vec<(String, Client)> = (0..4)
        .map(|n| {
            let (name, title) = (format!("account{n}"), format!("Account {n}"));
            server.add_account(&name, &title);
            (title, administrator(&server, &name, &format!("admin{n}@example.com")))
        })
        .collect();
    // The lists have different lengths and share an address.
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
