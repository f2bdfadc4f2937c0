//! Requests with a key whose first request is in flight.

use std::{sync::mpsc::channel, thread};

use usher_domain::{
    port::Tx,
    testkit::{Scene, grant},
    usecase::invite::invite as invite_in_domain,
};

use super::{KEY, LANDSCAPE, assert_again, assert_first, invite, invite_by_fastly, is_replayed};
use crate::harness::{
    Backend, Client, Response, Server, Setup, fastly::rejection, on_both_databases, while_unit_is_open,
};

on_both_databases!(a_key_in_flight_is_rejected_with_409);

/// Without a write limit: on SQLite, counting needs the write lock that the test holds.
fn setup(backend: Backend) -> Setup {
    Setup::new(backend).without_mail_limits().with("USHER__LIMITS__WRITES_PER_HOUR", "0")
}

/// Runs `work` while a unit that has invited joe@example.com is open. Rolls the unit back afterwards.
fn while_invitation_is_open<T>(scene: &Scene, work: impl FnOnce() -> T) -> T {
    let (admin, invitation) = (scene.admin(), Scene::invitation("joe@example.com", grant(["Auditor"])));
    let begin = |tx: &mut dyn Tx| {
        invite_in_domain(tx, &scene.env, &admin, &invitation).unwrap();
    };
    while_unit_is_open(scene, begin, work)
}

/// Sends the request with both clients while the test blocks invitations of joe@example.com. Returns the response that
/// came during the block and the one that came after it.
fn race(server: &Server, clients: &[Client; 2], request: fn(&Client) -> Response) -> [Response; 2] {
    thread::scope(|scope| {
        let (send, responses) = channel();
        let early = while_invitation_is_open(&server.scene, || {
            for client in clients {
                let send = send.clone();
                scope.spawn(move || send.send(request(client)).unwrap());
            }
            responses.recv().unwrap()
        });
        [early, responses.recv().unwrap()]
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
        let waiting = while_invitation_is_open(&here.scene, || {
            clients.each_ref().map(|client| scope.spawn(|| by_landscape(client)))
        });
        waiting.map(|thread| thread.join().unwrap())
    });
    let [first, second] = &responses;
    if is_replayed(first) { assert_again(second, first) } else { assert_again(first, second) }
}
