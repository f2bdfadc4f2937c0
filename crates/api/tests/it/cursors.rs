//! Cursors in the links of both dialects.

use serde_json::Value;

use crate::harness::{
    Backend, Client, Server, Setup,
    fastly::{listed, rejection},
    invitation_body, on_both_databases,
};

on_both_databases!(
    next_links_skip_and_repeat_nothing_while_the_list_changes,
    a_cursor_of_another_account_is_unknown,
    malformed_cursors_are_rejected,
);

const LANDSCAPE: &str = "/api/v2/invitations";
const FASTLY: &str = "/invitations";

/// How a dialect shows a list: the path of its first page of seven, an item's address, and the link to the
/// next page.
struct Dialect {
    first: &'static str,
    email: fn(&Value) -> &Value,
    items: &'static str,
    next: fn(&Value) -> Option<&str>,
}

const DIALECTS: [Dialect; 2] = [
    Dialect {
        first: "/api/v2/invitations?limit=7",
        email: |item| &item["email"],
        items: "results",
        next: |page| page["next"].as_str(),
    },
    Dialect {
        first: "/invitations?page%5Bsize%5D=7",
        email: |item| &item["attributes"]["email"],
        items: "data",
        next: |page| page["links"].get("next").map(|next| next.as_str().unwrap()),
    },
];

/// Invites and returns the id.
fn invite(client: &Client, email: &str) -> i64 {
    client.post(LANDSCAPE, &invitation_body("Joe", email, &["Auditor"])).expect(200).json()["id"]
        .as_i64()
        .unwrap()
}

fn revoke(client: &Client, number: i64) {
    client.delete(&format!("{LANDSCAPE}/{number}")).expect(204);
}

/// Follows the links from page to page, and calls `between_pages` after each. Returns the addresses of all
/// items.
fn follow_links(
    client: &Client,
    dialect: &Dialect,
    mut between_pages: impl FnMut(usize, &[String]),
) -> Vec<String> {
    let mut seen = Vec::new();
    let mut next = Some(dialect.first.to_owned());
    let mut pages = 0;
    while let Some(link) = next {
        let page =
            client.get(link.strip_prefix("https://usher.example.com").unwrap_or(&link)).expect(200).json();
        let items = page[dialect.items].as_array().unwrap().iter();
        let items: Vec<String> =
            items.map(|item| (dialect.email)(item).as_str().unwrap().to_owned()).collect();
        next = (dialect.next)(&page).map(str::to_owned);
        between_pages(pages, &items);
        seen.extend(items);
        pages += 1;
    }
    seen
}

/// Between the pages, invitations before and after the cursor end, including the cursor's own, and new ones are
/// created.
fn next_links_skip_and_repeat_nothing_while_the_list_changes(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    for (name, dialect) in ["landscape", "fastly"].into_iter().zip(&DIALECTS) {
        let address = |n: usize| format!("{name}{n}@example.com");
        let numbers: Vec<i64> = (0..40).map(|n| invite(&jane, &address(n))).collect();
        let number = |email: &str| numbers[(0..40).position(|n| address(n) == email).unwrap()];
        let mut ended = Vec::new();
        let seen = follow_links(&jane, dialect, |page, items| {
            if page >= 4 {
                return;
            }
            // The first and the last of the page, and one in the middle of the list, which has already been shown or
            // will be.
            let middle = address(18 + page);
            for email in [items.first().unwrap(), items.last().unwrap(), &middle] {
                if !ended.contains(email) && email.starts_with(name) && !email.contains("new") {
                    revoke(&jane, number(email));
                    ended.push(email.clone());
                }
            }
            invite(&jane, &format!("{name}-new{page}@example.com"));
        });
        let mut once = seen.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), seen.len(), "no invitation is shown twice: {seen:?}");
        for email in (0..40).map(address).filter(|email| !ended.contains(email)) {
            assert!(seen.contains(&email), "{email} was pending all the time: {seen:?}");
        }
        assert!(ended.len() >= 8, "{ended:?}");
        for email in follow_links(&jane, dialect, |_, _| ()) {
            assert!(!ended.contains(&email), "{email}");
        }
        let rest = jane.get(LANDSCAPE).expect(200).json();
        for item in rest["results"].as_array().unwrap() {
            revoke(&jane, item["id"].as_i64().unwrap());
        }
    }
}

/// Creates an invitation in another account and returns its public id.
fn cursor_of_another_account(server: &Server) -> String {
    server.add_account("upside", "Upside");
    server.add_member("upside", "ann@example.com", &["GlobalAdmin"], None);
    let ann = server.client_of("upside", "ann@example.com");
    invite(&ann, "joe@example.com");
    listed(&ann)[0]["id"].as_str().unwrap().to_owned()
}

/// Asserts that both dialects reject the cursor in their form, also together with other parameters.
#[track_caller]
fn assert_rejected(client: &Client, cursor: &str, [landscape, fastly]: [&str; 2]) {
    for more in ["", "&limit=2", "&limit=2&offset=2"] {
        let (status, error, message) = client.get(&format!("{LANDSCAPE}?cursor={cursor}{more}")).problem();
        assert_eq!((status, error.as_str()), (400, "BadRequest"), "{cursor:?}{more}");
        assert!(message.contains(landscape), "{message}");
    }
    for more in ["", "&page%5Bsize%5D=2", "&page%5Bnumber%5D=2"] {
        let (status, msg, detail) =
            rejection(&client.get(&format!("{FASTLY}?page%5Bafter%5D={cursor}{more}")));
        assert_eq!((status, msg.as_str()), (400, "Bad request"), "{cursor:?}{more}");
        assert!(detail.contains(fastly), "{detail}");
    }
}

fn a_cursor_of_another_account_is_unknown(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    invite(&jane, "joe@example.com");
    let own = listed(&jane)[0]["id"].as_str().unwrap().to_owned();
    jane.get(&format!("{LANDSCAPE}?cursor={own}")).expect(200);
    jane.get(&format!("{FASTLY}?page%5Bafter%5D={own}")).expect(200);
    let unknown = ["this place in the list is not known"; 2];
    assert_rejected(&jane, &cursor_of_another_account(&server), unknown);
    // An id that does not exist.
    assert_rejected(&jane, &"x".repeat(22), unknown);
}

fn malformed_cursors_are_rejected(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let [short, long] = [21, 23].map(|length| "x".repeat(length));
    let not_ascii = format!("{}%C3%A4", "x".repeat(21));
    for cursor in [
        "",
        "1",
        "-1",
        &short,
        &long,
        &not_ascii,
        "x%00xxxxxxxxxxxxxxxxxxxx",
        "%27%20OR%201%3D1%20--%20xxxxx",
    ] {
        let words = ["cursor must be one of a `next` link", "page[after] must be one of a `next` link"];
        assert_rejected(&jane, cursor, words);
    }
    // Callers who may not list invitations get 403, whatever the cursor is.
    server.add_member("onward", "usr@example.com", &["user"], None);
    let powerless = server.client_of("onward", "usr@example.com");
    powerless.get(&format!("{LANDSCAPE}?cursor={}", "x".repeat(22))).expect(403);
    powerless.get(&format!("{FASTLY}?page%5Bafter%5D={}", "x".repeat(22))).expect(403);
}
