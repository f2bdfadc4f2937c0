//! The mailbox of development mode.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use actix_web::{
    App,
    http::Method,
    test::{self, TestRequest},
};
use usher_web::mailbox::{KeptMails, KeptMailsError, configure_mailbox};

use crate::{
    html::{Html, assert_accessible},
    site::Response,
};

const LINK: &str = "http://127.0.0.1:8080/accept-invitation/AAAA?key=0.x-_&amp=1";

/// Mails in memory.
#[derive(Default)]
struct MemoryMails(Mutex<BTreeMap<String, Vec<u8>>>);

impl KeptMails for MemoryMails {
    fn list(&self) -> Result<Vec<String>, KeptMailsError> {
        Ok(self.0.lock().unwrap().keys().cloned().collect())
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, KeptMailsError> {
        Ok(self.0.lock().unwrap().get(name).cloned())
    }
}

/// Mails that cannot be read.
struct UnreadableMails;

impl KeptMails for UnreadableMails {
    fn list(&self) -> Result<Vec<String>, KeptMailsError> {
        Err(KeptMailsError("mailbox folder /nowhere: no such directory".to_owned()))
    }

    fn read(&self, _: &str) -> Result<Option<Vec<u8>>, KeptMailsError> {
        panic!("the disk is gone")
    }
}

#[derive(Default)]
struct Mailbox {
    mails: Arc<MemoryMails>,
}

impl Mailbox {
    fn new() -> Self {
        Self::default()
    }

    /// Adds a mail, and returns its name.
    fn put(&self, number: u32, mail: &str) -> String {
        let name = format!("{number:08}-{}.eml", "A".repeat(22));
        self.mails.0.lock().unwrap().insert(name.clone(), mail.replace('\n', "\r\n").into_bytes());
        name
    }

    async fn get(&self, path: &str) -> Response {
        self.call(TestRequest::get().uri(path).insert_header(("Host", "127.0.0.1:8080"))).await
    }

    async fn call(&self, request: TestRequest) -> Response {
        let mails: Arc<dyn KeptMails> = self.mails.clone();
        call(mails, request).await
    }
}

async fn call(mails: Arc<dyn KeptMails>, request: TestRequest) -> Response {
    let app = App::new().configure(|config| configure_mailbox(config, mails));
    let app = test::init_service(app).await;
    let response = test::call_service(&app, request.to_request()).await;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = String::from_utf8(test::read_body(response).await.to_vec()).unwrap();
    Response { status, headers, body }
}

fn mail(subject: &str, to: &str) -> String {
    format!(
        "From: Usher <usher@example.com>
To: {to}
Subject: {subject}
Date: Wed, 20 Mar 2024 15:49:25 +0100
Message-ID: <abc@example.com>
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=\"cut\"

--cut
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Hello <b>Zoë</b>, open this page:

{LINK}

--cut
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit

<html><head><title>T</title></head><body><a href=\"{LINK}\">Open</a><script>alert(1)</script></body></html>
--cut--
"
    )
}

#[actix_web::test]
async fn an_empty_mailbox_says_how_to_fill_it() {
    let mailbox = Mailbox::new();
    for path in ["/dev/mailbox", "/dev/mailbox/"] {
        let page = mailbox.get(path).await;
        page.assert(200, "No mail yet.");
        page.assert(200, "<code>curl</code> command");
        assert_accessible(&page.body);
    }
}

#[actix_web::test]
async fn the_list_shows_the_newest_first() {
    let mailbox = Mailbox::new();
    mailbox.put(1, &mail("First", "Ada <ada@example.com>"));
    let second = mailbox.put(2, &mail("=?utf-8?q?Zweite_=C3=9C=3Cb=3E?=", "eve@example.com"));
    let page = mailbox.get("/dev/mailbox").await;
    page.assert(200, "2 mails, newest first");
    page.assert(200, "Zweite Ü&lt;b&gt;");
    page.assert(200, "Ada &lt;ada@example.com&gt;");
    page.assert(200, r#"<time datetime="2024-03-20T14:49:25Z">20 March 2024, 14:49:25 UTC</time>"#);
    page.assert(200, &format!(r#"<a href="/dev/mailbox/{second}">"#));
    page.assert(200, r#"<meta http-equiv="refresh" content="5">"#);
    assert!(page.body.find("Zweite").unwrap() < page.body.find("First").unwrap());
    assert_accessible(&page.body);
}

#[actix_web::test]
async fn a_mail_shows_headers_text_and_html() {
    let mailbox = Mailbox::new();
    let id = mailbox.put(1, &mail("Hello", "Ada <ada@example.com>"));
    let page = mailbox.get(&format!("/dev/mailbox/{id}")).await;
    page.assert(200, "<dt>Message-ID</dt><dd><bdi>&lt;abc@example.com&gt;</bdi></dd>");
    page.assert(200, "<dt>Auto-Submitted</dt>");
    page.assert(200, "Hello &lt;b&gt;Zoë&lt;/b&gt;, open this page:");
    let html = Html::parse(&page.body);
    assert!(
        html.elements.iter().any(|element| element.name == "a" && element.attribute("href") == Some(LINK))
    );
    let frame = html.elements.iter().find(|element| element.name == "iframe").unwrap();
    assert_eq!(frame.attribute("src"), Some(&*format!("/dev/mailbox/{id}/html")));
    assert!(!frame.attribute("sandbox").unwrap().contains("allow-scripts"));
    assert!(!frame.attribute("sandbox").unwrap().contains("allow-same-origin"));
    assert!(!page.body.contains("http-equiv"), "only the list refreshes");
    assert!(page.header("Content-Security-Policy").unwrap().contains("frame-src 'self'"));
    assert_accessible(&page.body);
}

#[actix_web::test]
async fn the_html_part_is_sandboxed() {
    let mailbox = Mailbox::new();
    let id = mailbox.put(1, &mail("Hello", "ada@example.com"));
    let part = mailbox.get(&format!("/dev/mailbox/{id}/html")).await;
    part.assert(
        200,
        &format!(r#"<head><base target="_blank"><title>T</title></head><body><a href="{LINK}">"#),
    );
    let policy = part.header("Content-Security-Policy").unwrap();
    assert!(policy.starts_with(
        "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; \
         default-src 'none'; style-src 'unsafe-inline'"
    ));
    assert_eq!(part.header("X-Content-Type-Options"), Some("nosniff"));
    assert_eq!(part.header("Cache-Control"), Some("no-store"));
    assert_eq!(part.header("Referrer-Policy"), Some("no-referrer"));
}

#[actix_web::test]
async fn mails_may_lack_parts() {
    let mailbox = Mailbox::new();
    let plain = mailbox.put(1, "Subject: Plain\nTo: a@example.com\n\nOnly text\n");
    let page = mailbox.get(&format!("/dev/mailbox/{plain}")).await;
    page.assert(200, "Only text");
    assert!(!page.body.contains("iframe"), "{}", page.body);
    mailbox.get(&format!("/dev/mailbox/{plain}/html")).await.assert(404, "There is no such mail");
    let html = mailbox.put(2, "Subject: H\nMIME-Version: 1.0\nContent-Type: text/html\n\n<p>Only HTML</p>\n");
    let page = mailbox.get(&format!("/dev/mailbox/{html}")).await;
    page.assert(200, "iframe");
    assert!(!page.body.contains("Text part"), "{}", page.body);
    mailbox.put(3, "");
    mailbox.get("/dev/mailbox").await.assert(200, "Plain");
}

#[actix_web::test]
async fn unknown_names_are_404() {
    let mailbox = Mailbox::new();
    for path in [
        "/dev/mailbox/none",
        "/dev/mailbox/..%2F..%2F..%2Fetc%2Fpasswd",
        "/dev/mailbox/%2e%2e%2fCargo.toml",
        "/dev/mailbox/00000001-AAAAAAAAAAAAAAAAAAAAAA.eml",
        "/dev/mailbox/00000001-AAAAAAAAAAAAAAAAAAAAAA.eml/html",
        "/dev/mailbox/a/b/c",
    ] {
        mailbox.get(path).await.assert(404, "There is no such mail");
    }
}

/// A website whose name points to 127.0.0.1 must not read the links.
#[actix_web::test]
async fn requests_to_other_hosts_are_rejected() {
    let mailbox = Mailbox::new();
    let id = mailbox.put(1, &mail("Hello", "ada@example.com"));
    for path in ["/dev/mailbox".to_owned(), format!("/dev/mailbox/{id}"), format!("/dev/mailbox/{id}/html")] {
        for host in ["rebound.example:8080", "127.0.0.1.rebound.example", "192.168.1.2:8080", ""] {
            let page = mailbox.call(TestRequest::get().uri(&path).insert_header(("Host", host))).await;
            page.assert(403, "for this machine only");
            assert!(!page.body.contains("ada@example.com"));
        }
        mailbox.call(TestRequest::get().uri(&path)).await.assert(403, "for this machine only");
        for trusting in ["X-Forwarded-Host", "Forwarded", "X-Host"] {
            let request = TestRequest::get().uri(&path).insert_header((trusting, "localhost"));
            mailbox
                .call(request.insert_header(("Host", "rebound.example")))
                .await
                .assert(403, "this machine");
        }
        for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"] {
            assert_eq!(
                mailbox.call(TestRequest::get().uri(&path).insert_header(("Host", host))).await.status,
                200
            );
        }
    }
}

#[actix_web::test]
async fn the_page_shows_why_mails_cannot_be_read() {
    for (path, text) in
        [("/dev/mailbox", "/nowhere: no such directory"), ("/dev/mailbox/x", "could not be read")]
    {
        let request = TestRequest::get().uri(path).insert_header(("Host", "localhost"));
        call(Arc::new(UnreadableMails), request).await.assert(500, text);
    }
}

#[actix_web::test]
async fn the_mailbox_can_only_be_read() {
    let mailbox = Mailbox::new();
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let request =
            TestRequest::default().method(method).uri("/dev/mailbox").insert_header(("Host", "localhost"));
        let page = mailbox.call(request).await;
        page.assert(405, "The mailbox can only be read");
        assert_eq!(page.header("Allow"), Some("GET, HEAD"));
    }
}
