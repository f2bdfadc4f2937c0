//! Bodies that no page of ours sends.

use actix_web::test::TestRequest;

use crate::world::{Answer, World};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

async fn send(world: &World, headers: &[(&'static str, &'static str)], body: impl Into<Vec<u8>>) -> Answer {
    let invitation = world.invite(&format!("guest{}@example.com", headers.len()));
    let path = format!("/accept-invitation/{}", invitation.secure_id);
    let request = TestRequest::post().uri(&path).set_payload(body.into());
    let request = headers.iter().fold(request, |request, header| request.append_header(*header));
    let answer = world.call(request).await;
    assert_eq!(world.stored(&invitation), invitation, "nothing was changed");
    world.revoke(invitation.id);
    answer
}

#[actix_web::test]
async fn only_forms_are_read() {
    let world = World::new();
    for headers in [
        &[][..],
        &[("Content-Type", "application/json")],
        &[("Content-Type", "multipart/form-data; boundary=x")],
        &[("Content-Type", "text/plain")],
        &[FORM, ("Content-Encoding", "gzip")],
    ] {
        send(&world, headers, "action=decline").await.assert(415, "The form came in an unknown format");
    }
    let charset = [("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")];
    send(&world, &charset, "action=decline").await.assert(404, "This link does not work");
}

#[actix_web::test]
async fn forms_are_bounded() {
    let world = World::new();
    let page = send(&world, &[FORM], format!("name={}", "x".repeat(16 * 1024))).await;
    page.assert(413, "The form is too large");
    send(&world, &[FORM], "x".repeat(1024 * 1024)).await.assert(413, "The form is too large");
    let largest = format!("name={}", "x".repeat(16 * 1024 - 5));
    send(&world, &[FORM], largest).await.assert(404, "This link does not work");
}

#[actix_web::test]
async fn forms_are_read_strictly() {
    let world = World::new();
    for broken in [&b"password=%FF%FE"[..], b"password=\xC3", b"key=a&key=b", b"action=accept&action=decline"]
    {
        send(&world, &[FORM], broken).await.assert(400, "The form could not be read");
    }
}

#[actix_web::test]
async fn a_form_that_does_not_arrive_is_not_waited_for() {
    let world = World::new();
    let path = format!("/accept-invitation/{}", "A".repeat(30));
    let page = world.stall(TestRequest::post().uri(&path).insert_header(FORM)).await;
    page.assert(408, "The form took too long to arrive");
}
