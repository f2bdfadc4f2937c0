//! The page that a request asks for.

use std::ops::RangeInclusive;

use actix_web::HttpRequest;
use usher_domain::{
    account::PublicId,
    port::store::Order,
    usecase::view::{Part, Start},
};
use usher_http_kit::names::check_parameters;
use utoipa::IntoParams;

use crate::error::FastlyProblem;

const NUMBER: &str = "page[number]";
const SIZE: &str = "page[size]";
const AFTER: &str = "page[after]";

/// Fastly's documented default.
const DEFAULT_SIZE: u32 = 20;

/// fastly-py rejects pages of any other size, in requests and in responses.
const SIZES: RangeInclusive<u32> = 1..=100;

/// The parameters that [`PageRequest`] reads, for the OpenAPI document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the type only describes the parameters")]
pub(crate) struct PageParameters {
    /// The number of the page, from 1.
    #[param(rename = "page[number]", minimum = 1, example = 1)]
    number: Option<u32>,
    /// The number of items on a page, by default 20.
    #[param(rename = "page[size]", minimum = 1, maximum = 100, example = 20)]
    size: Option<u32>,
    /// A cursor from a `next` link. A page by cursor costs the same at any depth. With a cursor, `page[number]` only
    /// numbers the page.
    #[param(rename = "page[after]", example = "2bXr7KqVn0mTz5LcWd8Yp4")]
    after: Option<String>,
}

/// The requested page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageRequest {
    /// From 1. With a cursor, it only numbers the page.
    pub(super) number: u32,
    /// Items on a page.
    pub(super) size: u32,
    /// The cursor: the invitation before the first one of the page.
    pub(super) after: Option<PublicId>,
}

impl PageRequest {
    /// The names of the parameters.
    pub(crate) const PARAMETERS: [&'static str; 3] = [NUMBER, SIZE, AFTER];

    /// Reads the query of a request.
    pub(crate) fn of_request(
        request: &HttpRequest,
        query: &[(String, String)],
    ) -> Result<Self, FastlyProblem> {
        check_parameters(request, &Self::PARAMETERS)?;
        Self::from_query(query)
    }

    /// Reads the decoded pairs of a query, in any order. Other parameters are ignored here: the handler
    /// checks them with [`Self::PARAMETERS`]. Of a repeated parameter the first value counts.
    pub(crate) fn from_query(query: &[(String, String)]) -> Result<Self, FastlyProblem> {
        let number = integer(query, NUMBER, 1..=u32::MAX).map(|number| number.unwrap_or(1));
        let size = integer(query, SIZE, SIZES).map(|size| size.unwrap_or(DEFAULT_SIZE));
        match (number, size, cursor(query)) {
            (Ok(number), Ok(size), Ok(after)) => Ok(Self { number, size, after }),
            (number, size, after) => {
                let problems = [number.err(), size.err(), after.err()];
                let problems: Vec<String> = problems.into_iter().flatten().collect();
                Err(FastlyProblem::bad_request(problems.join("; ")))
            }
        }
    }

    /// The maximum number of items on the page.
    #[must_use]
    pub(crate) const fn limit(&self) -> u32 {
        self.size
    }

    /// The number of items before the page.
    #[must_use]
    pub(crate) fn offset(&self) -> u64 {
        u64::from(self.number - 1) * u64::from(self.size)
    }

    /// The page as a part of the invitations, newest first.
    #[must_use]
    pub(crate) fn part(&self) -> Part {
        let start = self.after.clone().map_or_else(|| Start::Offset(self.offset()), Start::Behind);
        Part { limit: self.size, start, order: Order::NewestFirst }
    }
}

fn cursor(query: &[(String, String)]) -> Result<Option<PublicId>, String> {
    let Some(text) = first(query, AFTER) else { return Ok(None) };
    let unknown =
        || format!("{AFTER} must be one of a `next` link; leave it out to begin with the first page");
    PublicId::parse(text).map(Some).ok_or_else(unknown)
}

fn integer(
    query: &[(String, String)],
    name: &str,
    bounds: RangeInclusive<u32>,
) -> Result<Option<u32>, String> {
    let Some(text) = first(query, name) else { return Ok(None) };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| digits && bounds.contains(number));
    let (least, most) = bounds.into_inner();
    number.map(Some).ok_or_else(|| format!("{name} must be a whole number from {least} to {most}"))
}

fn first<'q>(query: &'q [(String, String)], name: &str) -> Option<&'q str> {
    query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}
