//! The validity of a code, and what ends it.

use chrono::TimeDelta;
use serde_json::json;

use super::{Fixture, PASSWORD, assert_done, put, status_and_msg};
use crate::harness::{
    Backend, InvitationMail,
    fastly::{delete, document, listed, rejection},
    on_both_databases,
};

on_both_databases!(a_resent_invitation_replaces_the_code, a_code_ends_with_its_invitation);

fn a_resent_invitation_replaces_the_code(backend: Backend) {
    let fixture = Fixture::new(backend);
    let first = fixture.invite(&document("joe@example.com", "user"));
    fixture.setup.advance(TimeDelta::minutes(1));
    let second = fixture.resend();
    assert_ne!(first.code(), second.code());
    let old = rejection(&fixture.accept(first.code()));
    assert_eq!((old.0, old.1.as_str()), (410, "Gone"));
    assert!(old.2.contains("newer"), "{}", old.2);
    assert_done(&fixture.accept(second.code()));
    assert_eq!(status_and_msg(&fixture.accept(first.code())).0, 410);
}

fn a_code_ends_with_its_invitation(backend: Backend) {
    let fixture = Fixture::new(backend);
    let revoked = fixture.invite(&document("joe@example.com", "user"));
    delete(&fixture.jane(), &listed(&fixture.jane())[0]).expect(204);
    assert_eq!(status_and_msg(&fixture.accept(revoked.code())), (410, "Gone".to_owned()));

    let declined = fixture.invite(&document("ann@example.com", "user"));
    let decline = json!({ "invitation_id": declined.secure_id(), "key": declined.key() });
    fixture.server.client.post("/api/v2/reject-invitation", &decline).expect(204);
    assert_eq!(status_and_msg(&fixture.accept(declined.code())), (410, "Gone".to_owned()));

    let expired = fixture.invite(&document("bob@example.com", "user"));
    fixture.setup.advance(TimeDelta::days(7));
    let expired = rejection(&fixture.accept(expired.code()));
    assert_eq!((expired.0, expired.1.as_str()), (410, "Gone"));
    assert!(expired.2.contains("ask the person who invited you"), "{}", expired.2);
    for email in ["joe@example.com", "ann@example.com", "bob@example.com"] {
        let login = json!({ "email": email, "password": PASSWORD });
        fixture.server.client.post("/api/v2/login", &login).expect(401);
    }
}

#[test]
fn each_dialect_has_its_default_validity() {
    let fixture = Fixture::new(Backend::sqlite());
    assert_validity(
        &fixture,
        |fixture| fixture.invite(&document("joe@example.com", "user")),
        TimeDelta::days(7),
    );
    assert_validity(&fixture, |fixture| fixture.invite_by_landscape("ann@example.com"), TimeDelta::days(14));
}

#[test]
fn each_validity_can_be_configured() {
    let fixture = Fixture::with(Backend::sqlite(), |setup| {
        let setup = setup.with("USHER__FASTLY__VALIDITY", "90m");
        setup.with("USHER__INVITATIONS__VALIDITY", "2h")
    });
    assert_validity(
        &fixture,
        |fixture| fixture.invite(&document("joe@example.com", "user")),
        TimeDelta::minutes(90),
    );
    assert_validity(&fixture, |fixture| fixture.invite_by_landscape("ann@example.com"), TimeDelta::hours(2));
}

#[test]
fn a_resent_invitation_is_valid_for_the_whole_term_again() {
    let fixture = Fixture::new(Backend::sqlite());
    fixture.invite(&document("joe@example.com", "user"));
    fixture.setup.advance(TimeDelta::days(5));
    assert_validity(&fixture, Fixture::resend, TimeDelta::days(7));
}

/// Asserts to the second when the invitation ends, for the list and for acceptance. Advances the clock to its
/// end.
#[track_caller]
fn assert_validity(fixture: &Fixture, send: impl FnOnce(&Fixture) -> InvitationMail, term: TimeDelta) {
    let mail = send(fixture);
    fixture.setup.advance(term - TimeDelta::seconds(1));
    let rejected = put(&fixture.server.client, mail.code(), &json!({}));
    assert_eq!((status_and_msg(&rejected).0, listed(&fixture.jane()).len()), (400, 1), "pending until then");
    fixture.setup.advance(TimeDelta::seconds(1));
    assert_eq!(
        (status_and_msg(&fixture.accept(mail.code())).0, listed(&fixture.jane()).len()),
        (410, 0),
        "ended then"
    );
}
