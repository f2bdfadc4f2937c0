use actix_web::test::TestRequest;

use super::*;

const KNOWN: [&str; 5] = ["name", "email", "roles", "limit_services", "key"];

fn objection_to(name: &str, present: &[&str]) -> Option<String> {
    objection(name, "", &KNOWN, |known| present.contains(&known))
}

#[test]
fn a_misspelling_of_an_absent_name_is_rejected_with_a_suggestion() {
    let table = [
        ("role", "roles"),
        ("Roles", "roles"),
        ("rolse", "roles"),
        ("roels", "roles"),
        ("e-mail", "email"),
        ("mail", "email"),
        ("emial", "email"),
        ("emails", "email"),
        ("EMail", "email"),
        ("nmae", "name"),
        ("limitServices", "limit_services"),
        ("limit-service", "limit_services"),
        ("limit_servces", "limit_services"),
        ("keys", "key"),
        ("Key", "key"),
    ];
    for (name, meant) in table {
        let expected = format!("{name} is unknown: did you mean {meant}?");
        assert_eq!(objection_to(name, &[]), Some(expected));
    }
}

#[test]
fn a_misspelling_of_a_present_name_is_ignored() {
    for name in ["emails", "Roles", "mail", "limitService"] {
        assert_eq!(objection_to(name, &KNOWN), None, "{name}");
    }
}

#[test]
fn a_name_with_a_meaning_elsewhere_is_rejected_in_any_spelling() {
    for name in [
        "role",
        "send_email",
        "sendEmail",
        "SendEmail",
        "send-email",
        "SEND_EMAIL",
        "dry_run",
        "dryRun",
        "expires_in",
        "expiresAt",
        "status",
        "if_exists",
        "metadata[team]",
        "page[size]",
        "permissions",
        "redirect_url",
        "data",
    ] {
        let objection = objection_to(name, &KNOWN).unwrap_or_else(|| panic!("{name} was ignored"));
        assert!(objection.starts_with(&format!("{name} is not accepted here: ")), "{objection}");
    }
}

#[test]
fn other_names_are_ignored() {
    for name in [
        "nickname",
        "comment",
        "department",
        "x",
        "",
        "_",
        "id",
        "jsonapi",
        "meta",
        "links",
        "included",
        "tags",
        "team",
        "created_at",
        "utm_source",
        "ke",
        "notes",
        "ROLLE2",
    ] {
        assert_eq!(objection_to(name, &[]), None, "{name}");
    }
    assert_eq!(objection_to(&"role".repeat(10_000), &[]), None);
}

#[test]
fn parameters_are_checked_by_their_decoded_names() {
    let check = |query: &str| {
        let request = TestRequest::with_uri(&format!("/invitations?{query}")).to_http_request();
        check_parameters(&request, &["page[number]", "page[size]"]).map_err(|error| error.to_string())
    };
    for good in ["", "page%5Bnumber%5D=1&page[size]=2", "other=1", "id=3", "%FF", "page[size]=1&pagesize=2"] {
        assert_eq!(check(good), Ok(()), "{good}");
    }
    let table = [
        ("page%5Bsizes%5D=1", "page[sizes] is unknown: did you mean page[size]?"),
        ("page_number=2", "page_number is unknown: did you mean page[number]?"),
        ("page%5Blimit%5D=1", "page[limit] is not accepted here: pages are requested with "),
        ("status=accepted", "status is not accepted here: the list has all open invitations "),
        ("a=1&dry%5Frun=true", "dry_run is not accepted here: every request is carried out"),
    ];
    for (query, expected) in table {
        let error = check(query).expect_err(query);
        assert!(error.starts_with(&format!("the query parameter {expected}")), "{error}");
    }
}
