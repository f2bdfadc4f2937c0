//! Acceptance and rejection of an invitation by its invitee.

use chrono::TimeDelta;
use serde_json::json;

use crate::harness::{Backend, Setup, invitation_body, on_both_databases};

on_both_databases!(a_verified_address_accepts_without_a_key);

/// A principal without a membership in the account can accept: a key or a verified address proves the
/// mailbox.
fn a_verified_address_accepts_without_a_key(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let created = jane
        .post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"]))
        .expect(200);
    let secure_id = created.json()["secure_id"].clone();
    let accept = json!({ "invitation_id": secure_id });
    let inviter = jane.post("/api/v2/accept-invitation", &accept);
    assert_eq!(inviter.problem().0, 403);
    assert_eq!(inviter.problem().1, "MailboxNotProven");
    assert!(inviter.problem().2.contains("j***@example.com"), "masked: {}", inviter.body);

    server.add_account("elsewhere", "Elsewhere");
    server.add_member("elsewhere", "joe@example.com", &["user"], None);
    let joe = server.client.with_token(server.token(None, "joe@example.com"));
    let accepted = joe.post("/api/v2/accept-invitation", &accept).expect(200);
    assert_eq!(accepted.body, r#"{"account_id":1,"account_title":"Onward, Inc."}"#);
    assert_eq!(joe.post("/api/v2/accept-invitation", &accept).problem().1, "InvitationAccepted");
    let stranger = json!({ "invitation_id": "x".repeat(30) });
    let unknown = joe.post("/api/v2/accept-invitation", &stranger).expect(404);
    let used = jane.post("/api/v2/accept-invitation", &accept).expect(404);
    assert_eq!(unknown.body, used.body, "for strangers, an accepted invitation is unknown");
    assert_eq!(joe.post("/api/v2/reject-invitation", &accept).problem().1, "InvitationEnded");
}

/// A caller who proves the mailbox learns how the invitation ended.
#[test]
fn each_end_of_an_invitation_has_its_code() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let invite = |email: &str| {
        let created =
            jane.post("/api/v2/invitations", &invitation_body("Joe", email, &["Auditor"])).expect(200).json();
        (created["id"].as_i64().unwrap(), created["secure_id"].as_str().unwrap().to_owned())
    };
    let key = |secure_id: &str, generation: u32| server.link_key(secure_id, generation);
    let code = |path: &str, secure_id: &str, key: &str| {
        let (status, code, _) = jane.post(path, &json!({ "invitation_id": secure_id, "key": key })).problem();
        (status, code)
    };
    let (accept, reject) = ("/api/v2/accept-invitation", "/api/v2/reject-invitation");
    let gone = |code: &str| (410, code.to_owned());

    let (_, declined) = invite("a@example.com");
    assert_eq!(code(accept, &declined, &key(&declined, 0)), (409, "AlreadyMember".to_owned()));
    let refuse = json!({ "invitation_id": declined, "key": key(&declined, 0) });
    server.client.post(reject, &refuse).expect(204);
    assert_eq!(code(accept, &declined, &key(&declined, 0)), gone("InvitationDeclined"));
    assert_eq!(code(reject, &declined, &key(&declined, 0)), gone("InvitationEnded"));

    let (id, revoked) = invite("b@example.com");
    jane.delete(&format!("/api/v2/invitations/{id}")).expect(204);
    assert_eq!(code(accept, &revoked, &key(&revoked, 0)), gone("InvitationRevoked"));

    let (id, replaced) = invite("c@example.com");
    setup.advance(TimeDelta::minutes(1));
    jane.post(&format!("/api/v2/invitations/{id}"), &json!({})).expect(200);
    assert_eq!(code(accept, &replaced, &key(&replaced, 0)), gone("InvitationReplaced"));
    assert_eq!(code(reject, &replaced, &key(&replaced, 0)), gone("InvitationReplaced"));
    assert_eq!(code(accept, &replaced, &key(&replaced, 9)), (403, "MailboxNotProven".to_owned()));
}

/// The inviter's rights ended between invitation and acceptance.
#[test]
fn an_invitation_of_a_removed_inviter_is_rejected_with_403() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let created = jane
        .post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"]))
        .expect(200);
    let accept = json!({ "invitation_id": created.json()["secure_id"] });
    server.add_account("elsewhere", "Elsewhere");
    server.add_member("elsewhere", "joe@example.com", &["user"], None);
    server.remove_member("onward", "jane@example.com");
    let joe = server.client.with_token(server.token(None, "joe@example.com"));
    let rejected = joe.post("/api/v2/accept-invitation", &accept);
    assert_eq!((rejected.problem().0, rejected.problem().1.as_str()), (403, "Forbidden"));
    assert!(rejected.problem().2.contains("ask another administrator"));
}

#[test]
fn possession_of_the_link_suffices_if_configured() {
    let setup = Setup::new(Backend::sqlite()).with("USHER__INVITATIONS__ACCEPTANCE", "possession");
    let server = setup.start();
    let jane = server.add_onward();
    let created = jane
        .post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"]))
        .expect(200);
    server.add_account("elsewhere", "Elsewhere");
    server.add_member("elsewhere", "ann@example.com", &["user"], None);
    let ann = server.client.with_token(server.token(None, "ann@example.com"));
    let accept = json!({ "invitation_id": created.json()["secure_id"] });
    ann.post("/api/v2/accept-invitation", &accept).expect(200);
}
