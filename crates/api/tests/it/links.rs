//! The link in a mail: its content, and the effect of opening it.

use reqwest::Method;

use crate::harness::{Backend, MailedInvitation, Postbox, Setup, invitation_body, on_both_databases, send};

on_both_databases!(opening_a_link_changes_nothing, the_database_contains_no_usable_link);

/// A scanner opens the link a thousand times, and then a person accepts.
fn opening_a_link_changes_nothing(backend: Backend) {
    let MailedInvitation { setup: _setup, postbox: _postbox, server, jane, mail, .. } =
        MailedInvitation::new(backend);
    let before = jane.get("/api/v2/invitations").body;
    let agents = ["Barracuda Sentinel", "BingPreview/1.0b", "Slackbot-LinkExpanding 1.0", "WhatsApp/2.0"];
    for (n, agent) in agents.iter().cycle().take(1_000).enumerate() {
        let method = [Method::GET, Method::HEAD, Method::OPTIONS][n % 3].clone();
        let status =
            send(server.client.request(method.clone(), &mail.path()).header("User-Agent", *agent)).status;
        assert_eq!(status.as_u16(), if method == Method::OPTIONS { 405 } else { 200 });
    }
    assert_eq!(jane.get("/api/v2/invitations").body, before);
    let key = mail.key();
    let form =
        [("key", key.as_str()), ("action", "accept"), ("name", "Joe"), ("password", "plum drizzle kettle")];
    server.client.post_form(mail.form_path(), &form).expect(200);
}

/// No link's key can be read from the database, which includes the outbox.
fn the_database_contains_no_usable_link(backend: Backend) {
    let MailedInvitation { server, mail, setup, postbox: _postbox, .. } = MailedInvitation::new(backend);
    drop(server);
    let dump = setup.backend.dump();
    assert!(dump.contains(mail.secure_id()), "the dump contains the invitation");
    let key = mail.key();
    let (_, mac) = key.split_once('.').unwrap();
    assert!(!dump.contains(mac));
    assert!(!dump.contains("accept-invitation"));
}

/// The link's host comes from the configuration, whatever the headers of the request are.
#[test]
fn request_headers_never_reach_the_link() {
    let postbox = Postbox::secure();
    let setup = Setup::delivering(Backend::sqlite(), &postbox);
    let server = setup.start();
    let jane = server.add_onward();
    let headers = [
        ("Host", "evil.example"),
        ("Forwarded", "host=evil.example;proto=http"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "http"),
        ("X-Forwarded-For", "203.0.113.9"),
        ("Origin", "https://evil.example"),
        ("Referer", "https://evil.example/"),
    ];
    // Every subset of them.
    for subset in 0..1_usize << headers.len() {
        let mut request = jane.request(Method::POST, "/api/v2/invitations");
        for (n, (name, value)) in headers.iter().enumerate() {
            if subset & 1 << n != 0 {
                request = request.header(*name, *value);
            }
        }
        let email = format!("p{subset}@example.com");
        send(request.body(invitation_body("Joe", &email, &["Auditor"]).to_string())).expect(200);
    }
    for mail in postbox.wait_for(1 << headers.len()) {
        let text = String::from_utf8(mail.raw).unwrap();
        assert!(text.contains("https://usher.example.com/accept-invitation/"));
        assert!(!text.contains("evil"));
    }
}

/// Without the key, an unknown, a pending and a revoked invitation cannot be told apart.
#[test]
fn links_without_a_valid_key_all_show_the_same_page() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let invite = |email: &str| {
        let created =
            jane.post("/api/v2/invitations", &invitation_body("Joe", email, &["Auditor"])).expect(200).json();
        (created["id"].clone(), created["secure_id"].as_str().unwrap().to_owned())
    };
    let (_, open) = invite("a@example.com");
    let (revoked_id, revoked) = invite("b@example.com");
    jane.delete(&format!("/api/v2/invitations/{revoked_id}")).expect(204);
    let unknown = "x".repeat(30);
    let pages: Vec<_> = [&open, &revoked, &unknown]
        .iter()
        .flat_map(|id| {
            let path = format!("/accept-invitation/{id}");
            let form =
                [("key", "0.x"), ("action", "accept"), ("name", "Eve"), ("password", "plum drizzle kettle")];
            [
                server.client.get(&path),
                server.client.get(&format!("{path}?key=0.{}", "A".repeat(32))),
                server.client.post_form(&path, &form),
            ]
        })
        .collect();
    for page in &pages {
        assert_eq!((page.status.as_u16(), &page.body), (404, &pages[0].body));
    }
}
