//! The requested page of the list, and the links to the next and the previous page.

use std::ops::RangeInclusive;

use usher_domain::{
    account::PublicId,
    port::store::Order,
    usecase::view::{Listing, Part, Start},
};
use utoipa::IntoParams;

use crate::{PREFIX, error::Problem};

/// Largest number of rows that a list without a `limit` reads, and holds in memory, at once.
pub(crate) const MAX_ROWS_PER_READ: u32 = 500;

/// The parameters of the list. Other parameters are ignored, unless they mean something else; of a repeated one,
/// the first counts.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; PageRequest reads them")]
pub(crate) struct PageParameters {
    /// Invitations per page. Without it, the response has everything from `offset` on.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// How many invitations to skip.
    #[param(minimum = 0, default = 0)]
    offset: Option<u32>,
    /// Where the page begins: opaque, from a `next` link.
    cursor: Option<String>,
}

/// A page by `limit` and `offset`. Links to the next page also have a `cursor`, which finds the page at the same cost anywhere in
/// the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageRequest {
    limit: Option<u32>,
    offset: u32,
    cursor: Option<PublicId>,
}

impl PageRequest {
    /// The names of the parameters.
    pub(crate) const PARAMETERS: [&'static str; 3] = ["limit", "offset", "cursor"];

    /// Reads the parameters.
    pub(crate) fn of_query(query: &[(String, String)]) -> Result<Self, Problem> {
        let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let limit = value("limit").map(|text| whole_number(text, "limit", 1..=1000)).transpose()?;
        let offset = value("offset").map(|text| whole_number(text, "offset", 0..=u32::MAX)).transpose()?;
        let cursor = value("cursor").map(cursor).transpose()?;
        Ok(Self { limit, offset: offset.unwrap_or(0), cursor })
    }

    /// Returns the part to read first.
    pub(crate) fn part(&self) -> Part {
        let start = self.cursor.clone().map_or(Start::Offset(self.offset.into()), Start::Behind);
        Part { limit: self.limit.unwrap_or(MAX_ROWS_PER_READ), start, order: Order::OldestFirst }
    }

    /// Whether the request asks for the whole rest of the list.
    pub(crate) const fn is_unlimited(&self) -> bool {
        self.limit.is_none()
    }

    /// The absolute link to the next page. Without a `limit` there is none.
    pub(crate) fn next(&self, public_url: &str, listing: &Listing) -> Option<String> {
        let limit = self.limit.filter(|_| listing.more)?;
        let link = link(public_url, limit, self.offset.saturating_add(limit));
        Some(listing.next().map_or_else(|| link.clone(), |cursor| format!("{link}&cursor={cursor}")))
    }

    /// The absolute link to the previous page. Without a `limit` there is none.
    pub(crate) fn previous(&self, public_url: &str) -> Option<String> {
        let limit = self.limit.filter(|_| self.offset > 0)?;
        Some(link(public_url, limit, self.offset.saturating_sub(limit)))
    }
}

fn link(public_url: &str, limit: u32, offset: u32) -> String {
    format!("{public_url}{PREFIX}/invitations?limit={limit}&offset={offset}")
}

fn cursor(text: &str) -> Result<PublicId, Problem> {
    PublicId::parse(text).ok_or_else(|| {
        Problem::bad_request("cursor must be one of a `next` link; leave it out to begin with the first page")
    })
}

fn whole_number(text: &str, name: &str, bounds: RangeInclusive<u32>) -> Result<u32, Problem> {
    text.parse().ok().filter(|number| bounds.contains(number)).ok_or_else(|| {
        let (least, most) = bounds.into_inner();
        Problem::bad_request(format_args!("{name} must be a whole number from {least} to {most}"))
    })
}

#[cfg(test)]
mod tests;
