//! The links and figures of a page in a response.

use serde::Serialize;
use usher_domain::{account::PublicId, usecase::view::Listing};
use utoipa::ToSchema;

use super::request::PageRequest;

/// The members `links` and `meta` of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paging {
    pub(crate) links: PageLinks,
    pub(crate) meta: PageMeta,
}

impl Paging {
    /// For a list of `record_count` items at `url`, which is absolute and has no query. `next` links use page numbers.
    #[must_use]
    pub(crate) fn by_number(url: &str, page: &PageRequest, record_count: u64) -> Self {
        let more = u64::from(page.number) < total_pages(record_count, page.size);
        Self::new(url, page, record_count, if more { Next::Number } else { Next::None })
    }

    /// For a listing at `url`. `next` links carry a cursor.
    #[must_use]
    pub(crate) fn by_cursor(url: &str, page: &PageRequest, listing: &Listing) -> Self {
        let next = match listing.next() {
            Some(last) => Next::Cursor(last),
            None if listing.more => Next::Number,
            None => Next::None,
        };
        Self::new(url, page, listing.count, next)
    }

    fn new(url: &str, page: &PageRequest, record_count: u64, next: Next<'_>) -> Self {
        let meta = PageMeta {
            current_page: page.number,
            per_page: page.size,
            record_count,
            total_pages: total_pages(record_count, page.size),
        };
        Self { links: PageLinks::new(url, &meta, next), meta }
    }
}

/// The target of a `next` link.
#[derive(Clone, Copy)]
enum Next<'a> {
    /// This is the last page.
    None,
    /// The page with the next number.
    Number,
    /// The page after this invitation.
    Cursor(&'a PublicId),
}

/// An empty list has one page.
fn total_pages(record_count: u64, size: u32) -> u64 {
    record_count.div_ceil(u64::from(size)).max(1)
}

/// Absolute links to other pages of a list. A link without a target is omitted, as at Fastly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Links)]
pub(crate) struct PageLinks {
    /// The first page. Omitted on the first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    first: Option<String>,
    /// The previous page; on a page beyond the end, the last page. Omitted on the first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    prev: Option<String>,
    /// The next page. Omitted on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
    /// The last page.
    last: String,
}

impl PageLinks {
    fn new(url: &str, meta: &PageMeta, next: Next<'_>) -> Self {
        // Brackets are not allowed in a query (RFC 3986, section 3.4).
        let link = |number: u64| format!("{url}?page%5Bnumber%5D={number}&page%5Bsize%5D={}", meta.per_page);
        let (current, total) = (u64::from(meta.current_page), meta.total_pages);
        Self {
            first: (current > 1).then(|| link(1)),
            prev: (current > 1).then(|| link((current - 1).min(total))),
            next: match next {
                Next::None => None,
                Next::Number => Some(link(current + 1)),
                Next::Cursor(id) => Some(format!("{}&page%5Bafter%5D={id}", link(current + 1))),
            },
            last: link(total),
        }
    }
}

/// The figures of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Meta)]
pub(crate) struct PageMeta {
    /// The number of the page, from 1.
    #[schema(minimum = 1)]
    current_page: u32,
    /// The maximum number of items on a page.
    #[schema(minimum = 1, maximum = 100)]
    per_page: u32,
    /// The number of items in the list.
    record_count: u64,
    /// The number of pages. An empty list has one page.
    #[schema(minimum = 1)]
    total_pages: u64,
}
