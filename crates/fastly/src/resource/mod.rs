//! JSON:API 1.0: what has a type and an id becomes a document or a list.

mod schema;

use std::fmt::Debug;

use serde::Serialize;
use utoipa::ToSchema;

use super::page::{Links, Meta, Paging};

/// What has a type, an id, attributes and relationships (JSON:API 1.0, section 5.2).
pub trait Resource {
    /// The member `type`, by which clients choose their model.
    const TYPE: &'static str;
    /// What the OpenAPI document calls it. Its document and its list are called after it.
    const SCHEMA: &'static str;
    /// The member `attributes`.
    type Attributes: Debug + Serialize + ToSchema;
    /// The member `relationships`.
    type Relationships: Debug + Serialize + ToSchema;

    /// Its id, attributes and relationships.
    fn into_parts(self) -> (String, Self::Attributes, Self::Relationships);
}

/// A resource as it stands in a document.
#[derive(Debug, Serialize)]
#[serde(bound = "")]
pub struct Object<R: Resource> {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    attributes: R::Attributes,
    relationships: R::Relationships,
}

impl<R: Resource> From<R> for Object<R> {
    fn from(resource: R) -> Self {
        let (id, attributes, relationships) = resource.into_parts();
        Self { id, kind: R::TYPE, attributes, relationships }
    }
}

/// `{"data": …}`: one resource.
#[derive(Debug, Serialize)]
#[serde(bound = "")]
pub struct Document<R: Resource> {
    data: Object<R>,
}

impl<R: Resource> Document<R> {
    /// The document of a resource.
    #[must_use]
    pub fn of(resource: R) -> Self {
        Self { data: resource.into() }
    }
}

/// `{"data": […], "links": …, "meta": …}`: a part of a list.
#[derive(Debug, Serialize)]
#[serde(bound = "")]
pub struct Collection<R: Resource> {
    data: Vec<Object<R>>,
    links: Links,
    meta: Meta,
}

impl<R: Resource> Collection<R> {
    /// The part that `paging` tells about.
    #[must_use]
    pub fn of(resources: impl IntoIterator<Item = R>, paging: Paging) -> Self {
        let data = resources.into_iter().map(Into::into).collect();
        Self { data, links: paging.links, meta: paging.meta }
    }
}

/// Names another resource (JSON:API 1.0, section 5.2.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Identifier {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// A relationship to exactly one resource. Its `data` is never null: fastly-py raises at that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ToOne {
    data: Identifier,
}

impl ToOne {
    pub(super) fn new(kind: &'static str, id: &str) -> Self {
        Self { data: Identifier { id: id.to_owned(), kind } }
    }
}

/// A relationship to any number of resources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ToMany {
    data: Vec<Identifier>,
}

impl ToMany {
    pub(super) fn new(kind: &'static str, ids: impl Iterator<Item = String>) -> Self {
        Self { data: ids.map(|id| Identifier { id, kind }).collect() }
    }
}

#[cfg(test)]
mod tests;
