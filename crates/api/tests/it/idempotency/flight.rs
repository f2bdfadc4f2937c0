//! Requests with a key whose first request is in flight.

use std::{sync::mpsc, thread};

use usher_domain::{
    port::StoreError,
    testkit::{Scene, grant},
    usecase::invite::invite as invite_in_domain,
};

use super::{KEY, LANDSCAPE, assert_again, assert_first, invite, invite_by_fastly, is_replayed};
use crate::harness::{Backend, Client, Response, Server, Setup, fastly::rejection, on_both_databases};

on_both_databases!(a_key_in_flight_is_rejected_with_409);

/// Without a write limit: on SQLite, counting needs the write lock that the test holds.
fn setup(backend: Backend) -> Setup {
    Setup::new(backend).with("USHER__LIMITS__WRITES_PER_HOUR", "0")
}

/// Runs `work` in a unit that has invited joe@example.com, and then rolls the unit back.
fn hold(scene: &Scene, work: impl Fn()) {
    let (admin, invitation) = (scene.admin(), Scene::invitation("joe@example.com", grant(["Auditor"])));
    let held = scene.act::<(), StoreError>(&admin, |tx, env, admin| {
        invite_in_domain(tx, env, admin, &invitation).unwrap();
        work();
        Err(StoreError::Unreachable("rolled back by the test".to_owned()))
    });
    assert!(held.is_err());
}

/// Sends the request by both clients while the test blocks invitations of joe@example.com. Returns the response that came
/// during the block and the one that came after it.
fn race(server: &Server, clients: &[Client; 2], send: fn(&Client) -> Response) -> [Response; 2] {
    thread::scope(|scope| {
        let (responses, answered) = mpsc::channel();
        let mut early = None;
        let (held, ready) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let holder = scope.spawn(move || {
            hold(&server.scene, || {
                held.send(()).unwrap();
                released.recv().unwrap();
            });
        });
        ready.recv().unwrap();
        for client in clients {
            let responses = responses.clone();
            scope.spawn(move || responses.send(send(client)).unwrap());
        }
        early.replace(answered.recv().unwrap());
        release.send(()).unwrap();
        holder.join().unwrap();
        [early.unwrap(), answered.recv().unwrap()]
    })
}

fn by_landscape(client: &Client) -> Response {
    invite(client, "joe@example.com", KEY)
}

fn by_fastly(client: &Client) -> Response {
    invite_by_fastly(client, "joe@example.com", KEY)
}

fn a_key_in_flight_is_rejected_with_409(backend: Backend) {
    let setup = setup(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let clients = [jane.clone(), jane.clone()];

    let [early, late] = race(&server, &clients, by_landscape);
    let (status, error, message) = early.problem();
    assert_eq!((status, error.as_str(), early.header("retry-after")), (409, "RequestInProgress", "1"));
    assert!(message.contains("send it again in a moment"), "{message}");
    assert_first(&late, 200);
    assert_again(&late, &by_landscape(&jane));

    jane.delete(&format!("{LANDSCAPE}/{}", late.json()["id"])).expect(204);
    let [early, late] = race(&server, &clients, |client| invite_by_fastly(client, "joe@example.com", "next"));
    let (status, msg, detail) = rejection(&early);
    assert_eq!((status, msg.as_str(), early.header("retry-after")), (409, "Request in progress", "1"));
    assert!(detail.contains("send it again in a moment"), "{detail}");
    assert_first(&late, 200);
}

/// Replicas see the key in the database.
#[test]
fn a_key_in_flight_at_another_replica_is_rejected_on_postgres() {
    let setup = setup(Backend::postgres());
    let (here, there) = (setup.start(), setup.start());
    let clients = [here.add_onward(), there.jane()];
    let [early, late] = race(&here, &clients, by_fastly);
    assert_eq!(rejection(&early).0, 409);
    assert_first(&late, 200);
    for client in &clients {
        assert_again(&late, &by_fastly(client));
    }
    assert_eq!(clients[0].get(LANDSCAPE).json()["count"], 1);
}

/// On SQLite one process writes at a time, so the other one waits.
#[test]
fn a_key_in_flight_in_another_process_is_waited_for_on_sqlite() {
    let setup = setup(Backend::sqlite());
    let (here, there) = (setup.start(), setup.start());
    let clients = [here.add_onward(), there.jane()];
    let responses = thread::scope(|scope| {
        let (held, ready) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let (holder, clients) = (&here, &clients);
        scope.spawn(move || {
            hold(&holder.scene, || {
                held.send(()).unwrap();
                released.recv().unwrap();
            });
        });
        ready.recv().unwrap();
        let waiting = clients.each_ref().map(|client| scope.spawn(|| by_landscape(client)));
        release.send(()).unwrap();
        waiting.map(|thread| thread.join().unwrap())
    });
    let [first, second] = &responses;
    if is_replayed(first) { assert_again(second, first) } else { assert_again(first, second) }
}
