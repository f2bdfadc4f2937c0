//! Pagination of the list.

use insta::{assert_json_snapshot, assert_snapshot};
use reqwest::Method;
use serde_json::{Value, json};

use super::{emails, invited, rejection};
use crate::harness::{Backend, Client, Setup, on_both_databases, send};

on_both_databases!(every_invitation_is_on_exactly_one_page, each_page_links_to_its_neighbours);

const URL: &str = "https://usher.example.com/invitations";

fn link(number: u32, size: u32) -> String {
    format!("{URL}?page%5Bnumber%5D={number}&page%5Bsize%5D={size}")
}

#[track_caller]
fn page_of(client: &Client, query: &str) -> Value {
    client.get(&format!("/invitations?{query}")).expect(200).json()
}

/// Creates this many invitations at the same time and returns their addresses, the newest first.
fn invite_many(client: &Client, size: usize) -> Vec<String> {
    let mut addresses: Vec<String> = (0..size).map(|n| format!("p{n}@example.com")).collect();
    for email in &addresses {
        invited(client, email);
    }
    addresses.reverse();
    addresses
}

fn every_invitation_is_on_exactly_one_page(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let addresses = invite_many(&jane, 22);
    for (first, pages) in [("/invitations", 2), ("/invitations?page%5Bsize%5D=5", 5), (&*link(1, 22), 1)] {
        let mut seen = Vec::new();
        let mut next = Some(first.to_owned());
        let mut walked = 0;
        while let Some(url) = next {
            let path = url.strip_prefix("https://usher.example.com").unwrap_or(&url);
            let page = jane.get(path).expect(200).json();
            seen.extend(emails(&page));
            walked += 1;
            assert_eq!(page["meta"]["current_page"], walked, "{url}");
            next = page["links"].get("next").map(|next| next.as_str().unwrap().to_owned());
        }
        assert_eq!((&seen, walked), (&addresses, pages), "from {first}");
    }
}

/// Removes the cursor from the link to the next page, which must have one.
fn without_cursors(links: &Value) -> Value {
    let mut links = links.clone();
    if let Some(next) = links.get_mut("next") {
        let (number, place) = next.as_str().unwrap().split_once("&page%5Bafter%5D=").unwrap();
        assert_eq!(place.len(), 22);
        *next = json!(number);
    }
    links
}

fn each_page_links_to_its_neighbours(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let table = |rows: u32, number: u32| {
        let page = page_of(&jane, &format!("page%5Bnumber%5D={number}&page%5Bsize%5D=2"));
        let meta = json!({
            "current_page": number, "per_page": 2, "record_count": rows, "total_pages": rows.div_ceil(2).max(1),
        });
        assert_eq!(page["meta"], meta);
        (emails(&page), without_cursors(&page["links"]))
    };
    let none = Vec::<String>::new();
    assert_eq!(table(0, 1), (none.clone(), json!({ "last": link(1, 2) })));
    let addresses = invite_many(&jane, 5);
    let first = json!({ "next": link(2, 2), "last": link(3, 2) });
    assert_eq!(table(5, 1), (addresses[..2].to_vec(), first));
    let second = json!({ "first": link(1, 2), "prev": link(1, 2), "next": link(3, 2), "last": link(3, 2) });
    assert_eq!(table(5, 2), (addresses[2..4].to_vec(), second));
    let last = json!({ "first": link(1, 2), "prev": link(2, 2), "last": link(3, 2) });
    assert_eq!(table(5, 3), (addresses[4..].to_vec(), last));
    let beyond = json!({ "first": link(1, 2), "prev": link(3, 2), "last": link(3, 2) });
    assert_eq!(table(5, 4), (none.clone(), beyond.clone()));
    assert_eq!(table(5, u32::MAX), (none, beyond));
}

#[test]
fn page_parameters_are_optional_in_any_order_and_encoding() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    invite_many(&jane, 21);
    let table = [
        ("", 1, 20),
        ("page%5Bnumber%5D=2", 2, 20),
        ("page%5Bsize%5D=100", 1, 100),
        ("page%5Bsize%5D=1", 1, 1),
        ("page%5Bnumber%5D=3&page%5Bsize%5D=7", 3, 7),
        ("page%5Bsize%5D=7&page%5Bnumber%5D=3", 3, 7),
        ("page[size]=7&page[number]=3", 3, 7),
        ("trace=1&page%5bsize%5d=7&unrelated=x", 1, 7),
    ];
    for (query, number, size) in table {
        let page = page_of(&jane, query);
        let shown = (&page["meta"]["current_page"], &page["meta"]["per_page"]);
        assert_eq!(shown, (&json!(number), &json!(size)), "{query}");
        let rows = emails(&page).len();
        assert_eq!(rows, size.min(21 - (number - 1) * size), "{query}");
    }
}

#[test]
fn parameters_out_of_bounds_are_rejected_by_name() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    let huge = "18446744073709551617";
    let wrong = ["0", "-1", "%2B5", "abc", "1.5", "", "%20", "1%00", huge];
    let both = |name: &'static str| wrong.iter().map(move |value| (name, *value));
    for (name, value) in both("size").chain(both("number")).chain([("size", "101"), ("number", "4294967296")])
    {
        for path in ["/invitations", "/service-authorizations"] {
            let response = jane.get(&format!("{path}?page%5B{name}%5D={value}"));
            let (status, msg, detail) = rejection(&response);
            assert_eq!((status, msg.as_str()), (400, "Bad request"), "{name}={value}");
            let named = format!("page[{name}] must be a whole number from 1 to ");
            assert!(detail.starts_with(&named), "{detail}");
        }
    }
    let (_, _, detail) = rejection(&jane.get("/invitations?page%5Bsize%5D=0&page%5Bnumber%5D=0"));
    assert!(detail.contains("page[number] ") && detail.contains("; page[size] "), "{detail}");
}

#[test]
fn links_begin_with_the_public_url_whatever_the_request_headers_are() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    invite_many(&jane, 2);
    let deceit = [
        ("Host", "evil.example"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "http"),
        ("X-Forwarded-Prefix", "/evil"),
        ("Forwarded", "host=evil.example;proto=http"),
    ];
    let request = jane.request(Method::GET, "/invitations?page%5Bsize%5D=1&page%5Bnumber%5D=2");
    let request = deceit.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    assert_json_snapshot!(send(request).expect(200).json()["links"], @r#"
    {
      "first": "https://usher.example.com/invitations?page%5Bnumber%5D=1&page%5Bsize%5D=1",
      "last": "https://usher.example.com/invitations?page%5Bnumber%5D=2&page%5Bsize%5D=1",
      "prev": "https://usher.example.com/invitations?page%5Bnumber%5D=1&page%5Bsize%5D=1"
    }
    "#);
}

#[test]
fn numbers_are_written_as_integers() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    let jane = server.add_onward();
    assert_snapshot!(jane.get("/invitations").expect(200).body, @r#"{"data":[],"links":{"last":"https://usher.example.com/invitations?page%5Bnumber%5D=1&page%5Bsize%5D=20"},"meta":{"current_page":1,"per_page":20,"record_count":0,"total_pages":1}}"#);
}
