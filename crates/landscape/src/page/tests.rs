use usher_domain::{
    Timestamp, address::EmailAddress, id::InvitationId, invitation::OpenInvitation, role::Grant,
};

use super::*;

const URL: &str = "https://usher.example.com";

fn request(query: &[(&str, &str)]) -> Result<PageRequest, String> {
    let query: Vec<_> = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    PageRequest::of_query(&query).map_err(|problem| problem.to_string())
}

fn listing(more: bool) -> Listing {
    let moment: Timestamp = "2024-03-20T14:49:25Z".parse().unwrap();
    let last = OpenInvitation {
        id: InvitationId::new(7),
        public_id: PublicId::parse(&"i".repeat(22)).unwrap(),
        secure_id: None,
        email: EmailAddress::parse("joe@example.com").unwrap(),
        name: None,
        grant: Grant::of_roles(["Auditor"]).unwrap(),
        created_at: moment,
        updated_at: moment,
        sent_at: moment,
    };
    Listing { items: vec![last], count: 12, more }
}

#[test]
fn a_page_links_its_neighbors() {
    let page = request(&[("limit", "2"), ("offset", "3")]).unwrap();
    assert_eq!(
        page.next(URL, &listing(true)).unwrap(),
        "https://usher.example.com/api/v2/invitations?limit=2&offset=5&cursor=iiiiiiiiiiiiiiiiiiiiii"
    );
    assert_eq!(page.previous(URL).unwrap(), "https://usher.example.com/api/v2/invitations?limit=2&offset=1");
}

#[test]
fn the_first_and_the_last_page_have_one_neighbor() {
    assert_eq!(request(&[("limit", "2"), ("offset", "0")]).unwrap().previous(URL), None);
    assert_eq!(request(&[("limit", "2")]).unwrap().next(URL, &listing(false)), None);
}

#[test]
fn without_a_limit_there_are_no_links() {
    let page = request(&[("offset", "3")]).unwrap();
    assert!(page.is_unlimited());
    assert_eq!((page.next(URL, &listing(true)), page.previous(URL)), (None, None));
}

#[test]
fn a_cursor_goes_before_an_offset() {
    let cursor = "c".repeat(22);
    let page = request(&[("offset", "3"), ("cursor", &cursor)]).unwrap();
    assert_eq!(page.part().start, Start::Behind(PublicId::parse(&cursor).unwrap()));
    assert_eq!(request(&[("offset", "3")]).unwrap().part().start, Start::Offset(3));
}

#[test]
fn of_a_repeated_parameter_the_first_counts_and_others_are_ignored() {
    let page = request(&[("limit", "2"), ("limit", "x"), ("page", "x")]).unwrap();
    assert_eq!(page.part().limit, 2);
}

#[test]
fn parameters_out_of_bounds_are_rejected() {
    for limit in ["0", "-1", "x", "1001", "", "1.5"] {
        let problem = request(&[("limit", limit)]).unwrap_err();
        assert_eq!(problem, "400 BadRequest: limit must be a whole number from 1 to 1000");
    }
    let problem = request(&[("offset", "-1")]).unwrap_err();
    assert_eq!(problem, "400 BadRequest: offset must be a whole number from 0 to 4294967295");
    let problem = request(&[("cursor", "short")]).unwrap_err();
    assert!(problem.starts_with("400 BadRequest: cursor must be one of a `next` link"), "{problem}");
}
