//! Mail scanners and link previews open links before people do.

use actix_web::{http::Method, test::TestRequest};

use crate::site::{PASSWORD, Site};

/// The headers by which mail scanners, link previews and prefetching browsers identify themselves.
const VISITORS: [(&str, &str); 8] = [
    ("User-Agent", "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"),
    ("User-Agent", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"),
    ("User-Agent", "Microsoft Office/16.0 (Microsoft Outlook; Safe Links)"),
    ("User-Agent", "Barracuda Sentinel (EE)"),
    ("Purpose", "prefetch"),
    ("Sec-Purpose", "prefetch;prerender"),
    ("X-Moz", "prefetch"),
    ("X-Purpose", "preview"),
];

#[actix_web::test]
async fn a_thousand_prefetches_change_nothing() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let path = site.link(&invitation);
    let methods = [Method::GET, Method::HEAD, Method::OPTIONS, Method::GET];
    for round in 0..1000 {
        let (method, visitor) = (&methods[round % 4], VISITORS[round % 8]);
        let response =
            site.call(TestRequest::default().method(method.clone()).uri(&path).insert_header(visitor)).await;
        let expected = if *method == Method::OPTIONS { 405 } else { 200 };
        assert_eq!(response.status, expected, "{method}");
    }
    assert_eq!(site.scene.stored(&invitation), invitation, "not even the version changed");
    let accept = [("action", "accept"), ("name", "Ada Lovelace"), ("password", PASSWORD)];
    site.post(&invitation, &accept).await.assert(200, "You are now a member");
}
