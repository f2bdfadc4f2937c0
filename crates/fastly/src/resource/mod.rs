//! JSON:API 1.0: what has a type and an id becomes a document or a list.

mod schema;

use std::fmt::Debug;

use serde::Serialize;
use utoipa::ToSchema;

use super::page::{PageLinks, PageMeta, Paging};

/// What has a type, an id, attributes and relationships (JSON:API 1.0, section 5.2).
pub(crate) trait Resource {
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
pub(crate) struct ResourceObject<R: Resource> {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    attributes: R::Attributes,
    relationships: R::Relationships,
}

impl<R: Resource> From<R> for ResourceObject<R> {
    fn from(resource: R) -> Self {
        let (id, attributes, relationships) = resource.into_parts();
        Self { id, kind: R::TYPE, attributes, relationships }
    }
}

/// `{"data": …}`: one resource.
#[derive(Debug, Serialize)]
#[serde(bound = "")]
pub(crate) struct Document<R: Resource> {
    data: ResourceObject<R>,
}

impl<R: Resource> Document<R> {
    /// The document of a resource.
    #[must_use]
    pub(crate) fn of(resource: R) -> Self {
        Self { data: resource.into() }
    }
}

/// `{"data": […], "links": …, "meta": …}`: a part of a list.
#[derive(Debug, Serialize)]
#[serde(bound = "")]
pub(crate) struct Collection<R: Resource> {
    data: Vec<ResourceObject<R>>,
    links: PageLinks,
    meta: PageMeta,
}

impl<R: Resource> Collection<R> {
    /// The part that `paging` tells about.
    #[must_use]
    pub(crate) fn of(resources: impl IntoIterator<Item = R>, paging: Paging) -> Self {
        let data = resources.into_iter().map(Into::into).collect();
        Self { data, links: paging.links, meta: paging.meta }
    }
}

/// Names another resource (JSON:API 1.0, section 5.2.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Identifier)]
pub(crate) struct ResourceIdentifier {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// A relationship to exactly one resource. Its `data` is never null: fastly-py raises at that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ToOne {
    data: ResourceIdentifier,
}

impl ToOne {
    pub(super) fn new(kind: &'static str, id: &str) -> Self {
        Self { data: ResourceIdentifier { id: id.to_owned(), kind } }
    }
}

/// A relationship to any number of resources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ToMany {
    data: Vec<ResourceIdentifier>,
}

impl ToMany {
    pub(super) fn new(kind: &'static str, ids: impl Iterator<Item = String>) -> Self {
        Self { data: ids.map(|id| ResourceIdentifier { id, kind }).collect() }
    }
}

#[cfg(test)]
mod tests;
