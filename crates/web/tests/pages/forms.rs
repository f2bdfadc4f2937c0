//! Forms that no page sends.

use actix_web::test::TestRequest;

use crate::site::{Response, Site};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

async fn send(site: &Site, headers: &[(&'static str, &'static str)], body: impl Into<Vec<u8>>) -> Response {
    let invitation = site.invite(&format!("guest{}@example.com", headers.len()));
    let path = format!("/accept-invitation/{}", invitation.secure_id);
    let request = TestRequest::post().uri(&path).set_payload(body.into());
    let request = headers.iter().fold(request, |request, header| request.append_header(*header));
    let response = site.call(request).await;
    assert_eq!(site.scene.stored(&invitation), invitation, "nothing was changed");
    site.scene.revoke(&invitation);
    site.scene.clock.advance(chrono::TimeDelta::days(1));
    response
}

#[actix_web::test]
async fn only_urlencoded_forms_are_accepted() {
    let site = Site::new();
    for headers in [
        &[][..],
        &[("Content-Type", "application/json")],
        &[("Content-Type", "multipart/form-data; boundary=x")],
        &[("Content-Type", "text/plain")],
        &[FORM, ("Content-Encoding", "gzip")],
    ] {
        send(&site, headers, "action=decline").await.assert(415, "The form came in an unknown format");
    }
    let charset = [("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")];
    send(&site, &charset, "action=decline").await.assert(404, "This link does not work");
}

#[actix_web::test]
async fn forms_have_a_largest_size() {
    let site = Site::new();
    let page = send(&site, &[FORM], format!("name={}", "x".repeat(16 * 1024))).await;
    page.assert(413, "The form is too large");
    send(&site, &[FORM], "x".repeat(1024 * 1024)).await.assert(413, "The form is too large");
    let largest = format!("name={}", "x".repeat(16 * 1024 - 5));
    send(&site, &[FORM], largest).await.assert(404, "This link does not work");
}

#[actix_web::test]
async fn malformed_forms_are_rejected() {
    let site = Site::new();
    for broken in [&b"password=%FF%FE"[..], b"password=\xC3", b"key=a&key=b", b"action=accept&action=decline"]
    {
        send(&site, &[FORM], broken).await.assert(400, "The form could not be read");
    }
}

#[actix_web::test]
async fn a_form_that_does_not_arrive_in_time_is_rejected() {
    let site = Site::new();
    let path = format!("/accept-invitation/{}", "A".repeat(30));
    let page = site.stall(TestRequest::post().uri(&path).insert_header(FORM)).await;
    page.assert(408, "The form took too long to arrive");
}
