//! Failures of the database, as a client and an operator see them: status and `Retry-After`, and one log line
//! with the request's id.

use std::{
    thread,
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::Value;
use usher_domain::{
    port::Tx,
    testkit::{Scene, grant},
    usecase::invite::invite,
};
use usher_testbed::PostgresServer;

use crate::{
    harness::{
        Backend, Client, Process, Response, Setup,
        fastly::{create, document, rejection},
        invitation_body, send, while_unit_is_open,
    },
    processes::token_of_jane,
};

const LANDSCAPE: &str = "/api/v2/invitations";

/// The account onward, a running `usher serve` and a client of the administrator.
fn serve(setup: &Setup) -> (Process, Client) {
    let token = token_of_jane(setup);
    let (server, client) = setup.start_serve();
    (server, client.with_token(token))
}

fn invite_by_landscape(jane: &Client, email: &str) -> Response {
    jane.post(LANDSCAPE, &invitation_body("Joe", email, &["Auditor"]))
}

fn invite_by_fastly(jane: &Client, email: &str) -> Response {
    create(jane, &document(email, "user"))
}

#[track_caller]
fn assert_unavailable(landscape: &Response, fastly: &Response) {
    const BUSY: &str = "the service is busy; try again, nothing is done twice";
    assert_eq!(landscape.problem(), (503, "ServiceUnavailable".to_owned(), BUSY.to_owned()));
    assert_eq!(rejection(fastly), (503, "Service unavailable".to_owned(), BUSY.to_owned()));
    assert_eq!([landscape, fastly].map(|response| response.header("retry-after")), ["1", "1"]);
}

/// Returns level and fields of the only log line with this message and the id of the request.
#[track_caller]
fn logged(log: &str, message: &str, response: &Response) -> String {
    let id = response.header("x-request-id");
    let lines = log.lines().filter(|line| line.contains(message));
    let lines = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lines: Vec<Value> = lines.filter(|line| line["span"]["id"] == id).collect();
    assert_eq!(lines.len(), 1, "one line for request {id}: {log}");
    format!("{} {}", lines[0]["level"].as_str().unwrap(), lines[0]["fields"])
}

/// Runs `work` while the only permit of the server is taken by a request that waits for another process to end an
/// invitation of the same address. That request has a key, so that it is not part of the batch of other invitations.
fn while_permit_is_taken<T>(beside: &Scene, jane: &Client, work: impl FnOnce() -> T) -> T {
    let (admin, held) = (beside.admin(), Scene::invitation("held@example.com", grant(["Auditor"])));
    let begin = |tx: &mut dyn Tx| {
        invite(tx, &beside.env, &admin, &held).unwrap();
    };
    thread::scope(|scope| {
        let (waiting, result) = while_unit_is_open(beside, begin, || {
            let body = invitation_body("Joe", "held@example.com", &["Auditor"]);
            let request = jane.request(Method::POST, LANDSCAPE).header("Content-Type", "application/json");
            let request = request.header("Idempotency-Key", "held").body(body.to_string());
            let waiting = scope.spawn(move || send(request));
            let deadline = Instant::now() + Duration::from_secs(8);
            while jane.get(LANDSCAPE).status.as_u16() != 503 {
                assert!(Instant::now() < deadline, "the waiting request takes no permit");
            }
            (waiting, work())
        });
        waiting.join().unwrap().expect(200);
        result
    })
}

/// One permit, for which requests wait 20 ms.
fn with_one_permit() -> Setup {
    let setup = Setup::new(Backend::postgres()).with("USHER__DATABASE__POOL_SIZE", "1");
    setup.with("USHER__DATABASE__ACQUIRE_TIMEOUT", "20ms")
}

#[test]
fn without_a_free_permit_requests_are_rejected_as_overload() {
    let setup = with_one_permit();
    let (server, jane) = serve(&setup);
    let beside = setup.start();
    let responses = while_permit_is_taken(&beside.scene, &jane, || {
        jane.get("/health/live").expect(200);
        jane.get("/health/ready").expect(200);
        [
            [jane.get(LANDSCAPE), jane.get("/invitations")],
            [invite_by_landscape(&jane, "joe@example.com"), invite_by_fastly(&jane, "joe@example.com")],
        ]
    });
    assert_eq!(
        jane.get(LANDSCAPE).expect(200).json()["count"],
        1,
        "only the invitation that waited was stored"
    );
    let log = server.terminate();
    let lines = responses.map(|[landscape, fastly]| {
        assert_unavailable(&landscape, &fastly);
        [&landscape, &fastly].map(|response| logged(&log, "request rejected: overloaded", response))
    });
    insta::assert_snapshot!(lines.concat().join("\n"), @r#"
    WARN {"limit":"permit","message":"request rejected: overloaded","operation":"invitation.list"}
    WARN {"limit":"permit","message":"request rejected: overloaded","operation":"invitation.list"}
    WARN {"limit":"permit","message":"request rejected: overloaded","operation":"invitation.create"}
    WARN {"limit":"permit","message":"request rejected: overloaded","operation":"invitation.create"}
    "#);
}

/// The invitations of one batch fail together, and each request is logged with its own id.
#[test]
fn each_request_of_a_failed_batch_is_logged_with_its_id() {
    let setup = with_one_permit();
    let (server, jane) = serve(&setup);
    let beside = setup.start();
    let responses: Vec<Response> = while_permit_is_taken(&beside.scene, &jane, || {
        thread::scope(|scope| {
            let invite = |n: usize| {
                let (jane, email) = (&jane, format!("p{n}@example.com"));
                let invite = if n.is_multiple_of(2) { invite_by_landscape } else { invite_by_fastly };
                scope.spawn(move || invite(jane, &email))
            };
            let requests: Vec<_> = (0..8).map(invite).collect();
            requests.into_iter().map(|request| request.join().unwrap()).collect()
        })
    });
    assert_eq!(
        jane.get(LANDSCAPE).expect(200).json()["count"],
        1,
        "only the invitation that waited was stored"
    );
    let log = server.terminate();
    for response in &responses {
        assert_eq!(response.status.as_u16(), 503, "{response:?}");
        let line = logged(&log, "request rejected: overloaded", response);
        assert!(line.contains(r#""operation":"invitation.create""#), "{line}");
    }
}

#[test]
fn requests_are_rejected_while_the_database_is_stopped() {
    let postgres = PostgresServer::start().unwrap();
    let setup = Setup::new(Backend::Postgres(postgres.create_database().unwrap()))
        .with("USHER__DATABASE__ACQUIRE_TIMEOUT", "1s");
    let (server, jane) = serve(&setup);
    drop(postgres);
    let landscape = invite_by_landscape(&jane, "joe@example.com");
    let fastly = invite_by_fastly(&jane, "joe@example.com");
    assert_unavailable(&landscape, &fastly);
    let log = server.terminate();
    for response in [&landscape, &fastly] {
        let line = logged(&log, "request rejected: the database cannot be reached", response);
        assert!(line.starts_with("WARN "), "{line}");
        assert!(line.contains(r#""operation":"invitation.create""#), "{line}");
        assert!(line.contains(r#""error":"PostgreSQL cannot be used: "#), "{line}");
    }
}

#[test]
fn an_unreadable_row_is_a_defect() {
    let setup = Setup::new(Backend::postgres());
    let (server, jane) = serve(&setup);
    let Backend::Postgres(database) = &setup.backend else { unreachable!("the setup has this backend") };
    database.sql("UPDATE membership SET roles = 'no list of roles'").unwrap();
    let responses =
        [invite_by_landscape(&jane, "joe@example.com"), invite_by_fastly(&jane, "joe@example.com")];
    let log = server.terminate();
    let seen = responses.map(|response| {
        assert_eq!(response.header("retry-after"), "", "another try would fail as well");
        let line = logged(&log, r#""defect""#, &response);
        format!("{}\n{}\n{line}", response.status, response.body)
    });
    insta::assert_snapshot!(seen.join("\n\n"), @r#"
    500 Internal Server Error
    {"detail":null,"error":"InternalServerError","message":"something is wrong on our side; quote the X-Request-Id of this answer"}
    ERROR {"error":"membership.roles of row 1 cannot be read","message":"defect","operation":"invitation.create"}

    500 Internal Server Error
    {"msg":"Internal server error","detail":"something is wrong on our side; quote the X-Request-Id of this answer"}
    ERROR {"error":"membership.roles of row 1 cannot be read","message":"defect","operation":"invitation.create"}
    "#);
}
