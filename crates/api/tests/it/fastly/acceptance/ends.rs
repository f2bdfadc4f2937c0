//! How long a code is good, and what ends it.

use chrono::TimeDelta;
use serde_json::json;

use super::{PASSWORD, World, assert_done, kind, put};
use crate::harness::{
    Backend, InvitationMail,
    fastly::{delete, document, listed, rejection},
    on_both_databases,
};

on_both_databases!(an_older_code_is_gone, a_code_ends_with_its_invitation);

fn an_older_code_is_gone(backend: Backend) {
    let world = World::new(backend);
    let first = world.invite(&document("joe@example.com", "user"));
    world.setup.advance(TimeDelta::minutes(1));
    let second = world.resend();
    assert_ne!(first.code(), second.code());
    let old = rejection(&world.accept(first.code()));
    assert_eq!((old.0, old.1.as_str()), (410, "Gone"));
    assert!(old.2.contains("newer"), "{}", old.2);
    assert_done(&world.accept(second.code()));
    assert_eq!(kind(&world.accept(first.code())).0, 410);
}

fn a_code_ends_with_its_invitation(backend: Backend) {
    let world = World::new(backend);
    let revoked = world.invite(&document("joe@example.com", "user"));
    delete(&world.jane(), &listed(&world.jane())[0]).expect(204);
    assert_eq!(kind(&world.accept(revoked.code())), (410, "Gone".to_owned()));

    let declined = world.invite(&document("ann@example.com", "user"));
    let decline = json!({ "invitation_id": declined.secure_id(), "key": declined.key() });
    world.server.client.post("/api/v2/reject-invitation", &decline).expect(204);
    assert_eq!(kind(&world.accept(declined.code())), (410, "Gone".to_owned()));

    let expired = world.invite(&document("bob@example.com", "user"));
    world.setup.advance(TimeDelta::days(7));
    let expired = rejection(&world.accept(expired.code()));
    assert_eq!((expired.0, expired.1.as_str()), (410, "Gone"));
    assert!(expired.2.contains("ask the person who invited you"), "{}", expired.2);
    for email in ["joe@example.com", "ann@example.com", "bob@example.com"] {
        let login = json!({ "email": email, "password": PASSWORD });
        world.server.client.post("/api/v2/login", &login).expect(401);
    }
}

#[test]
fn each_dialect_has_its_term() {
    let world = World::new(Backend::sqlite());
    assert_term(&world, |world| world.invite(&document("joe@example.com", "user")), TimeDelta::days(7));
    assert_term(&world, |world| world.invite_by_landscape("ann@example.com"), TimeDelta::days(14));
}

#[test]
fn each_term_can_be_configured() {
    let world = World::with(Backend::sqlite(), |setup| {
        let setup = setup.with("USHER__FASTLY__VALIDITY", "90m");
        setup.with("USHER__INVITATIONS__VALIDITY", "2h")
    });
    assert_term(&world, |world| world.invite(&document("joe@example.com", "user")), TimeDelta::minutes(90));
    assert_term(&world, |world| world.invite_by_landscape("ann@example.com"), TimeDelta::hours(2));
}

#[test]
fn what_is_sent_again_has_its_whole_term_again() {
    let world = World::new(Backend::sqlite());
    world.invite(&document("joe@example.com", "user"));
    world.setup.advance(TimeDelta::days(5));
    assert_term(&world, World::resend, TimeDelta::days(7));
}

/// To the second, for the list and for acceptance. The clock is at the end of the term afterwards.
#[track_caller]
fn assert_term(world: &World, send: impl FnOnce(&World) -> InvitationMail, term: TimeDelta) {
    let mail = send(world);
    world.setup.advance(term - TimeDelta::seconds(1));
    let rejected = put(&world.server.client, mail.code(), &json!({}));
    assert_eq!((kind(&rejected).0, listed(&world.jane()).len()), (400, 1), "open until then");
    world.setup.advance(TimeDelta::seconds(1));
    assert_eq!((kind(&world.accept(mail.code())).0, listed(&world.jane()).len()), (410, 0), "not longer");
}
