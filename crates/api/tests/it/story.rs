//! The life of an invitation, end to end: requests, mail, page, and a restart of the server in between.

use chrono::TimeDelta;
use serde_json::json;

use crate::harness::{Backend, MailedInvitation, Postbox, Setup, invitation_body, on_both_databases};

on_both_databases!(
    an_invitation_is_sent_shown_and_accepted,
    a_revoked_invitation_cannot_be_accepted,
    an_invitation_can_be_declined_without_a_login,
    a_resent_invitation_replaces_the_link,
    an_expired_invitation_leaves_the_list_and_can_be_resent
);

fn an_invitation_is_sent_shown_and_accepted(backend: Backend) {
    let postbox = Postbox::secure();
    let setup = Setup::delivering(backend, &postbox);
    let server = setup.start();
    server.add_account("onward", "Onward, Inc.");
    server.add_member("onward", "jane@example.com", &["GlobalAdmin"], Some("correct horse"));

    // Log in.
    let login = json!({ "email": "jane@example.com", "password": "correct horse" });
    let login = server.client.post("/api/v2/login", &login).expect(200).json();
    assert_eq!(login["current_account"], "onward");
    let jane = server.client.with_token(login["token"].as_str().unwrap());

    // Invite. The mail leaves through STARTTLS and a login.
    let invitation = invitation_body("Joe Wright", "Joe@Example.com", &["Auditor", "SupportAnalyst"]);
    let created = jane.post("/api/v2/invitations", &invitation).expect(200).json();
    let mail = postbox.newest_of(1);
    assert_eq!(mail.to, "Joe@example.com");
    assert!(mail.subject.contains("Onward, Inc."), "{}", mail.subject);
    assert!(mail.message_id.ends_with("@usher.example"), "{}", mail.message_id);
    assert!(mail.text.contains("Jane Smith") && mail.html.contains("Jane Smith"));
    assert!(mail.html.contains(mail.secure_id()));
    assert!(mail.link.as_str().starts_with("https://usher.example.com/accept-invitation/"));
    assert_eq!(mail.secure_id(), created["secure_id"]);

    // After a restart of the server, links and tokens still work.
    drop(server);
    let server = setup.start();
    let jane = server.client.with_token(login["token"].as_str().unwrap());

    // Reading changes nothing.
    let listed = jane.get("/api/v2/invitations").expect(200).json();
    assert_eq!(listed["count"], 1);
    let page = server.client.get(&mail.path()).expect(200);
    assert!(page.body.contains("Onward, Inc.") && page.body.contains("Auditor"), "{}", page.body);
    assert_eq!(jane.get("/api/v2/invitations").expect(200).json(), listed);

    // Accept on the page.
    let key = mail.key();
    let form = [
        ("key", key.as_str()),
        ("action", "accept"),
        ("name", "Joe Wright"),
        ("password", "plum drizzle kettle"),
    ];
    let done = server.client.post_form(mail.form_path(), &form).expect(200);
    assert!(done.body.contains("Onward, Inc."), "{}", done.body);

    // The new member logs in with the rights of an auditor.
    let login = json!({ "email": "joe@example.com", "password": "plum drizzle kettle" });
    let login = server.client.post("/api/v2/login", &login).expect(200).json();
    assert_eq!(login["accounts"][0]["title"], "Onward, Inc.");
    let joe = server.client.with_token(login["token"].as_str().unwrap());
    let seen = joe.get("/api/v2/invitations").expect(200).json();
    assert_eq!(seen["count"], 0, "the invitation is gone from the list");
    joe.post("/api/v2/invitations", &invitation_body("X", "x@example.com", &["Auditor"])).expect(403);

    // A second acceptance fails on every path, even after a restart.
    server.client.post_form(mail.form_path(), &form).expect(410);
    drop(server);
    let server = setup.start();
    server.client.post_form(mail.form_path(), &form).expect(410);
    server.client.get(&mail.path()).expect(410);
    server.client.get(&format!("/api/v2/invitations/{}/summary", mail.secure_id())).expect(404);
    let again = server.client.with_token(login["token"].as_str().unwrap());
    let again = again.post("/api/v2/accept-invitation", &json!({ "invitation_id": mail.secure_id() }));
    assert_eq!(again.problem().1, "InvitationAccepted");
}

fn a_revoked_invitation_cannot_be_accepted(backend: Backend) {
    let MailedInvitation { setup, server, created, mail, postbox: _postbox, .. } =
        MailedInvitation::new(backend);
    let (server, jane) = server.restart(&setup);
    let id = created["id"].clone();
    let gone = jane.delete(&format!("/api/v2/invitations/{id}")).expect(204);
    assert_eq!((gone.body.as_str(), gone.header("content-type")), ("", ""));
    jane.delete(&format!("/api/v2/invitations/{id}")).expect(404);
    server.client.get(&mail.path()).expect(410);
    let key = mail.key();
    let form =
        [("key", key.as_str()), ("action", "accept"), ("name", "Joe"), ("password", "plum drizzle kettle")];
    server.client.post_form(mail.form_path(), &form).expect(410);
    // The address can be invited again, when the resend interval is over.
    setup.advance(TimeDelta::minutes(1));
    jane.post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"])).expect(200);
}

fn an_invitation_can_be_declined_without_a_login(backend: Backend) {
    let postbox = Postbox::secure();
    let setup = Setup::delivering(backend, &postbox);
    let server = setup.start();
    let jane = server.add_onward();
    jane.post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"])).expect(200);
    jane.post("/api/v2/invitations", &invitation_body("Ann", "ann@example.com", &["Auditor"])).expect(200);
    let mails: Vec<_> = postbox.wait_for(2).iter().map(crate::harness::InvitationMail::read).collect();
    let (server, jane) = server.restart(&setup);
    // One invitee uses the page, the other one the API, both without a login.
    let key = mails[0].key();
    let form = [("key", key.as_str()), ("action", "decline")];
    let asked = server.client.post_form(mails[0].form_path(), &form).expect(200);
    assert_eq!(jane.get("/api/v2/invitations").json()["count"], 2, "the first step declines nothing");
    let (_, confirmation) = asked.body.split_once("name=\"confirmation\" value=\"").unwrap();
    let confirmation = confirmation.split('"').next().unwrap();
    let form =
        [("key", key.as_str()), ("action", "decline"), ("confirmation", confirmation), ("choice", "decline")];
    let declined = server.client.post_form(mails[0].form_path(), &form).expect(410);
    assert!(declined.body.contains("Take the decline back"), "{}", declined.body);
    let decline = json!({ "invitation_id": mails[1].secure_id(), "key": mails[1].key() });
    server.client.post("/api/v2/reject-invitation", &decline).expect(204);
    assert_eq!(jane.get("/api/v2/invitations").json()["count"], 0);
    for mail in mails {
        server.client.get(&mail.path()).expect(410);
    }
}

fn a_resent_invitation_replaces_the_link(backend: Backend) {
    let MailedInvitation { postbox, setup, server, jane, created, mail: first } =
        MailedInvitation::new(backend);
    let path = format!("/api/v2/invitations/{}", created["id"]);
    let soon = jane.post(&path, &json!({})).expect(429);
    assert_eq!(soon.header("retry-after"), "60");
    let (server, jane) = server.restart(&setup);
    setup.advance(TimeDelta::seconds(60));
    let again = jane.post(&path, &json!({})).expect(200).json();
    assert_eq!(again, created, "id and secure_id stay");
    let second = postbox.newest_of(2);
    assert_ne!(first.message_id, second.message_id);
    assert_ne!(first.key(), second.key());
    let old = server.client.get(&first.path()).expect(410);
    assert!(old.body.contains("newer"), "{}", old.body);
    server.client.get(&second.path()).expect(200);
    assert_eq!(jane.get(&path).json()["creation_time"], "2024-03-20T14:50:25Z");
}

fn an_expired_invitation_leaves_the_list_and_can_be_resent(backend: Backend) {
    let MailedInvitation { postbox, setup, server, created, mail, .. } = MailedInvitation::new(backend);
    let (server, _) = server.restart(&setup);
    setup.advance(TimeDelta::days(14) - TimeDelta::seconds(1));
    let token = || server.token(Some("onward"), "jane@example.com");
    let jane = server.client.with_token(token());
    assert_eq!(jane.get("/api/v2/invitations").json()["count"], 1);
    server.client.get(&mail.path()).expect(200);
    setup.advance(TimeDelta::seconds(1));
    let jane = server.client.with_token(token());
    let path = format!("/api/v2/invitations/{}", created["id"]);
    assert_eq!(jane.get("/api/v2/invitations").json()["count"], 0);
    jane.get(&path).expect(404);
    let expired = server.client.get(&mail.path()).expect(410);
    assert!(expired.body.contains("expired"), "{}", expired.body);
    let accept = json!({ "invitation_id": mail.secure_id(), "key": mail.key() });
    assert_eq!(jane.post("/api/v2/accept-invitation", &accept).problem().1, "InvitationExpired");
    // It can be resent.
    jane.post(&path, &json!({})).expect(200);
    assert_eq!(postbox.newest_of(2).secure_id(), mail.secure_id());
    assert_eq!(jane.get("/api/v2/invitations").json()["count"], 1);
}
