//! Pages of a list: the requested page, and the links and figures in the response.

mod paging;
mod request;

pub(crate) use paging::{PageLinks, PageMeta, Paging};
pub(crate) use request::{PageParameters, PageRequest};

#[cfg(test)]
mod tests;
