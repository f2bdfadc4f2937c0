use chrono::TimeDelta;
use usher_domain::{
    idempotency::{Answer, KeyDigest, RETENTION, RequestMac, RequestMacs},
    port::{Store, StoreError},
    testkit::Scene,
    usecase::idempotency::{KeyError, Keyed, forget_stale, keep, take},
};

/// A request with the content `text` and the n-th key.
fn keyed(n: u8, text: &str) -> Keyed {
    let request = RequestMacs { current: RequestMac::new(text.as_bytes()), previous: Vec::new() };
    Keyed { key: KeyDigest::new([n; 32]), request, account: None }
}

fn answer(body: &str) -> Answer {
    Answer { status: 200, content_type: Some("text/plain".to_owned()), body: body.to_owned() }
}

/// Does the request and returns its answer. The first request with the key gets `body`.
fn send(scene: &Scene, keyed: &Keyed, body: &str) -> Result<Answer, KeyError> {
    let store: &dyn Store = scene.store.as_ref();
    store.write("send", |tx| {
        if let Some(answer) = take(tx, &scene.env, keyed)? {
            return Ok(answer);
        }
        keep(tx, keyed, &answer(body))?;
        Ok(answer(body))
    })
}

#[test]
fn the_same_request_gets_the_same_answer() {
    let scene = Scene::new();
    assert_eq!(send(&scene, &keyed(1, "invite"), "first"), Ok(answer("first")));
    assert_eq!(send(&scene, &keyed(1, "invite"), "second"), Ok(answer("first")));
    assert_eq!(send(&scene, &keyed(2, "invite"), "second"), Ok(answer("second")), "another key");
}

#[test]
fn another_request_with_the_key_is_rejected() {
    let scene = Scene::new();
    send(&scene, &keyed(1, "invite"), "first").unwrap();
    assert_eq!(send(&scene, &keyed(1, "revoke"), "second"), Err(KeyError::OtherRequest));
    assert_eq!(send(&scene, &keyed(1, "invite"), "third"), Ok(answer("first")));
}

#[test]
fn a_request_under_a_previous_secret_is_the_same_request() {
    let scene = Scene::new();
    send(&scene, &keyed(1, "under the old secret"), "first").unwrap();
    let previous = vec![RequestMac::new(b"under the old secret")];
    let request = RequestMacs { previous, ..keyed(1, "under the new secret").request };
    let again = Keyed { request, ..keyed(1, "") };
    assert_eq!(send(&scene, &again, "second"), Ok(answer("first")));
}

#[test]
fn an_answer_is_returned_again_for_a_day() {
    let scene = Scene::new();
    send(&scene, &keyed(1, "invite"), "first").unwrap();
    scene.clock.advance(RETENTION - TimeDelta::microseconds(1));
    assert_eq!(send(&scene, &keyed(1, "invite"), "second"), Ok(answer("first")));
    assert_eq!(send(&scene, &keyed(1, "revoke"), "second"), Err(KeyError::OtherRequest));
    scene.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(send(&scene, &keyed(1, "revoke"), "next"), Ok(answer("next")));
    scene.clock.advance(RETENTION - TimeDelta::microseconds(1));
    assert_eq!(send(&scene, &keyed(1, "revoke"), "third"), Ok(answer("next")), "its day began again");
}

#[test]
fn stale_answers_are_deleted_in_batches() {
    let scene = Scene::new();
    let store: &dyn Store = scene.store.as_ref();
    let forget = |limit| store.write::<_, StoreError>("forget", |tx| forget_stale(tx, &scene.env, limit));
    for n in 1..=3 {
        send(&scene, &keyed(n, "invite"), "first").unwrap();
    }
    scene.clock.advance(RETENTION - TimeDelta::microseconds(1));
    assert_eq!(forget(10), Ok(0));
    scene.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(forget(2), Ok(2));
    assert_eq!(forget(2), Ok(1));
}

#[test]
fn a_digest_has_a_number_for_locks() {
    let mut octets = [0xff; 32];
    octets[..8].copy_from_slice(&[0x80, 0, 0, 0, 0, 0, 0, 1]);
    let digest = KeyDigest::new(octets);
    assert_eq!(digest.number(), i64::MIN + 1);
    assert_eq!(digest.to_hex(), format!("8000000000000001{}", "ff".repeat(24)));
}
