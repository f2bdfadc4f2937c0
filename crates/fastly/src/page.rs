use std::ops::RangeInclusive;

use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use usher_domain::{
    account::PublicId,
    port::store::Order,
    usecase::view::{Listing, Part, Start},
};

use super::error::FastlyProblem;

const NUMBER: &str = "page[number]";
const SIZE: &str = "page[size]";
const AFTER: &str = "page[after]";

/// Fastly's documented default.
const DEFAULT_SIZE: u32 = 20;

/// fastly-py refuses pages of any other size, in requests and in replies.
const SIZES: RangeInclusive<u32> = 1..=100;

/// What [`PageRequest`] reads, for the OpenAPI document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "a description, never a value")]
pub(crate) struct PageParameters {
    /// Current page, from 1.
    #[param(rename = "page[number]", minimum = 1)]
    number: Option<u32>,
    /// Records of a page; 20 without it.
    #[param(rename = "page[size]", minimum = 1, maximum = 100)]
    size: Option<u32>,
    /// The place where the page begins, from a `next` link: such a page costs the same however far into the list it is. The
    /// number then only says which page it is.
    #[param(rename = "page[after]")]
    after: Option<String>,
}

/// Which part of a list is wanted: `page[number]` and `page[size]`, and in links of ours `page[after]`, the place where the page
/// begins, which costs the same wherever it is. The number then only says which page it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageRequest {
    number: u32,
    size: u32,
    after: Option<PublicId>,
}

impl PageRequest {
    /// Reads the decoded pairs of a query, in any order. Without a number it is the first page, without a size one of 20;
    /// other parameters mean nothing here, and of one that is there twice the first counts.
    pub(crate) fn of_query(query: &[(String, String)]) -> Result<Self, FastlyProblem> {
        let number = whole(query, NUMBER, 1..=u32::MAX).map(|number| number.unwrap_or(1));
        let size = whole(query, SIZE, SIZES).map(|size| size.unwrap_or(DEFAULT_SIZE));
        match (number, size, after(query)) {
            (Ok(number), Ok(size), Ok(after)) => Ok(Self { number, size, after }),
            (number, size, after) => {
                let problems = [number.err(), size.err(), after.err()];
                let problems: Vec<String> = problems.into_iter().flatten().collect();
                Err(FastlyProblem::bad_request(problems.join("; ")))
            }
        }
    }

    /// Most rows of the part.
    #[must_use]
    pub(crate) const fn limit(&self) -> u32 {
        self.size
    }

    /// Rows before the part.
    #[must_use]
    pub(crate) fn offset(&self) -> u64 {
        u64::from(self.number - 1) * u64::from(self.size)
    }

    /// As a part of a list that begins with the newest.
    #[must_use]
    pub(crate) fn part(&self) -> Part {
        let start = self.after.clone().map_or_else(|| Start::Offset(self.offset()), Start::Behind);
        Part { limit: self.size, start, order: Order::NewestFirst }
    }
}

fn after(query: &[(String, String)]) -> Result<Option<PublicId>, String> {
    let Some((_, text)) = query.iter().find(|(key, _)| key == AFTER) else { return Ok(None) };
    let unknown =
        || format!("{AFTER} must be one of a `next` link; leave it out to begin with the first page");
    PublicId::parse(text).map(Some).ok_or_else(unknown)
}

fn whole(query: &[(String, String)], name: &str, bounds: RangeInclusive<u32>) -> Result<Option<u32>, String> {
    let Some((_, text)) = query.iter().find(|(key, _)| key == name) else { return Ok(None) };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| digits && bounds.contains(number));
    let (least, most) = bounds.into_inner();
    number.map(Some).ok_or_else(|| format!("{name} must be a whole number from {least} to {most}"))
}

/// What a list says about the parts around the one that it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paging {
    pub(crate) links: PageLinks,
    pub(crate) meta: PageMeta,
}

impl Paging {
    /// For a list of `record_count` rows at `url`: absolute, from the configured base, without a query.
    #[must_use]
    pub(crate) fn new(url: &str, page: &PageRequest, record_count: u64) -> Self {
        let more = u64::from(page.number) < total_pages(record_count, page.size);
        Self::with_next(url, page, record_count, if more { Next::ByNumber } else { Next::None })
    }

    /// As [`Self::new`], for a list whose next page, if there is one, is known by its place.
    #[must_use]
    pub(crate) fn of_listing(url: &str, page: &PageRequest, listing: &Listing) -> Self {
        let next = match listing.next() {
            Some(id) => Next::Behind(id),
            None if listing.more => Next::ByNumber,
            None => Next::None,
        };
        Self::with_next(url, page, listing.count, next)
    }

    fn with_next(url: &str, page: &PageRequest, record_count: u64, next: Next<'_>) -> Self {
        let meta = PageMeta {
            current_page: page.number,
            per_page: page.size,
            record_count,
            total_pages: total_pages(record_count, page.size),
        };
        Self { links: PageLinks::new(url, &meta, next), meta }
    }
}

/// Where the next page begins.
#[derive(Clone, Copy)]
enum Next<'a> {
    /// There is none.
    None,
    /// Where its number says.
    ByNumber,
    /// Behind this one.
    Behind(&'a PublicId),
}

/// An empty list has one page.
fn total_pages(record_count: u64, size: u32) -> u64 {
    record_count.div_ceil(u64::from(size)).max(1)
}

/// Absolute links to other parts of a list. Those that lead nowhere are left out, as Fastly does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Links)]
pub(crate) struct PageLinks {
    /// The first page; not on the first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    first: Option<String>,
    /// The page before; beyond the end it is the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    prev: Option<String>,
    /// The page after.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
    /// The last page.
    last: String,
}

impl PageLinks {
    fn new(url: &str, meta: &PageMeta, next: Next<'_>) -> Self {
        // Brackets have no place in a query (RFC 3986, section 3.4).
        let link = |number: u64| format!("{url}?page%5Bnumber%5D={number}&page%5Bsize%5D={}", meta.per_page);
        let (current, total) = (u64::from(meta.current_page), meta.total_pages);
        Self {
            first: (current > 1).then(|| link(1)),
            prev: (current > 1).then(|| link((current - 1).min(total))),
            next: match next {
                Next::None => None,
                Next::ByNumber => Some(link(current + 1)),
                Next::Behind(id) => Some(format!("{}&page%5Bafter%5D={id}", link(current + 1))),
            },
            last: link(total),
        }
    }
}

/// The numbers of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Meta)]
pub(crate) struct PageMeta {
    /// Number of the page, from 1.
    #[schema(minimum = 1)]
    current_page: u32,
    /// Most rows of a page.
    #[schema(minimum = 1, maximum = 100)]
    per_page: u32,
    /// Rows in all.
    record_count: u64,
    /// Pages in all; an empty list has one.
    #[schema(minimum = 1)]
    total_pages: u64,
}

#[cfg(test)]
mod tests;
