use serde_json::{Value, json};

use usher_domain::{account::PublicId, usecase::view::Start};

use super::*;

const URL: &str = "https://usher.example/invitations";

fn page(pairs: &[(&str, &str)]) -> Result<PageRequest, String> {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    PageRequest::from_query(&pairs).map_err(|problem| problem.to_string())
}

fn request(number: u32, size: u32) -> PageRequest {
    PageRequest { number, size, after: None }
}

fn links(number: u32, size: u32, count: u64) -> Value {
    serde_json::to_value(Paging::by_number(URL, &request(number, size), count).links).unwrap()
}

fn meta(number: u32, size: u32, count: u64) -> Value {
    serde_json::to_value(Paging::by_number(URL, &request(number, size), count).meta).unwrap()
}

fn link(number: u32, size: u32) -> String {
    format!("{URL}?page%5Bnumber%5D={number}&page%5Bsize%5D={size}")
}

#[test]
fn parameters_are_optional_and_come_in_any_order() {
    assert_eq!(page(&[]), Ok(request(1, 20)));
    assert_eq!(page(&[("page[number]", "3")]), Ok(request(3, 20)));
    assert_eq!(page(&[("page[size]", "100")]), Ok(request(1, 100)));
    let both = Ok(request(2, 1));
    assert_eq!(page(&[("page[size]", "1"), ("page[number]", "2")]), both);
    assert_eq!(page(&[("page[number]", "2"), ("other", "x"), ("page[size]", "1")]), both);
}

#[test]
fn a_cursor_takes_precedence_over_the_number() {
    let cursor = "BBBBBBBBBBBBBBBBBBBBBB";
    let behind = page(&[("page[number]", "3"), ("page[after]", cursor)]).unwrap();
    assert_eq!((behind.number, behind.after.as_ref().map(PublicId::as_str)), (3, Some(cursor)));
    assert_eq!(behind.part().start, Start::Behind(PublicId::parse(cursor).unwrap()));
    assert_eq!(page(&[("page[number]", "3")]).unwrap().part().start, Start::Offset(40));
    let problem = page(&[("page[after]", "x")]).unwrap_err();
    assert!(problem.contains("page[after] must be one of a `next` link"), "{problem}");
}

#[test]
fn invalid_parameters_are_rejected_by_name() {
    for wrong in ["0", "101", "-1", "1.5", "", "x", "18446744073709551616"] {
        let problem = page(&[("page[size]", wrong)]).unwrap_err();
        assert!(problem.contains("page[size] must be a whole number from 1 to 100"), "{problem}");
    }
    for wrong in ["0", "4294967296", "-1", "1e3", ""] {
        let problem = page(&[("page[number]", wrong)]).unwrap_err();
        assert!(problem.contains("page[number] must be a whole number from 1 to 4294967295"), "{problem}");
    }
    let problem = page(&[("page[number]", "0"), ("page[size]", "0")]).unwrap_err();
    assert!(problem.contains("page[number] ") && problem.contains("; page[size] "), "{problem}");
}

#[test]
fn limit_and_offset_follow_from_number_and_size() {
    let page = request(3, 20);
    assert_eq!((page.limit(), page.offset()), (20, 40));
    let farthest = request(u32::MAX, 100);
    assert_eq!(farthest.offset(), 429_496_729_400);
}

#[test]
fn a_single_page_has_only_the_last_link() {
    assert_eq!(links(1, 20, 0), json!({ "last": link(1, 20) }));
    assert_eq!(links(1, 20, 20), json!({ "last": link(1, 20) }));
}

#[test]
fn the_first_page_of_several_has_next_and_last() {
    assert_eq!(links(1, 1, 9), json!({ "next": link(2, 1), "last": link(9, 1) }));
    assert_eq!(links(1, 20, 21), json!({ "next": link(2, 20), "last": link(2, 20) }));
}

#[test]
fn a_page_in_the_middle_has_all_four_links() {
    let all = json!({ "first": link(1, 1), "prev": link(1, 1), "next": link(3, 1), "last": link(9, 1) });
    assert_eq!(links(2, 1, 9), all);
}

#[test]
fn the_last_page_has_no_next_link() {
    assert_eq!(links(3, 2, 5), json!({ "first": link(1, 2), "prev": link(2, 2), "last": link(3, 2) }));
}

#[test]
fn a_page_beyond_the_end_links_to_the_last_page() {
    let back = json!({ "first": link(1, 2), "prev": link(3, 2), "last": link(3, 2) });
    assert_eq!(links(4, 2, 5), back);
    assert_eq!(links(u32::MAX, 2, 5), back);
    assert_eq!(links(2, 20, 0), json!({ "first": link(1, 20), "prev": link(1, 20), "last": link(1, 20) }));
}

#[test]
fn the_figures_count_items_and_pages() {
    let empty = json!({ "current_page": 1, "per_page": 20, "record_count": 0, "total_pages": 1 });
    assert_eq!(meta(1, 20, 0), empty);
    let some = json!({ "current_page": 2, "per_page": 2, "record_count": 5, "total_pages": 3 });
    assert_eq!(meta(2, 2, 5), some);
    assert_eq!(meta(1, 100, u64::MAX)["total_pages"], u64::MAX.div_ceil(100));
}
