//! JSON:API 1.0: resources, and the documents that contain them.

mod schema;

use std::fmt::Debug;

use serde::Serialize;
use utoipa::ToSchema;

use crate::page::{PageLinks, PageMeta, Paging};

/// An object with a type, an id, attributes and relationships (JSON:API 1.0, section 5.2).
pub(crate) trait Resource {
    /// The member `type`. Clients choose their model by it.
    const TYPE: &'static str;
    /// The name of the schema in the OpenAPI document. The names of the document and the list derive from it.
    const SCHEMA: &'static str;
    /// The member `attributes`.
    type Attributes: Debug + Serialize + ToSchema;
    /// The member `relationships`.
    type Relationships: Debug + Serialize + ToSchema;

    /// The id, the attributes and the relationships.
    fn into_parts(self) -> (String, Self::Attributes, Self::Relationships);
}

/// A resource as a member of a document.
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

/// One resource: `{"data": …}`.
#[derive(Debug, Serialize)]
#[serde(bound = "")]
pub(crate) struct Document<R: Resource> {
    data: ResourceObject<R>,
}

impl<R: Resource> Document<R> {
    /// The document of a resource.
    #[must_use]
    pub(crate) fn new(resource: R) -> Self {
        Self { data: resource.into() }
    }
}

/// A page of a list: `{"data": […], "links": …, "meta": …}`.
#[derive(Debug, Serialize)]
#[serde(bound = "")]
pub(crate) struct Collection<R: Resource> {
    data: Vec<ResourceObject<R>>,
    links: PageLinks,
    meta: PageMeta,
}

impl<R: Resource> Collection<R> {
    /// The page with these resources.
    #[must_use]
    pub(crate) fn new(resources: impl IntoIterator<Item = R>, paging: Paging) -> Self {
        let data = resources.into_iter().map(Into::into).collect();
        Self { data, links: paging.links, meta: paging.meta }
    }
}

/// The identifier of another resource (JSON:API 1.0, section 5.2.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Identifier)]
pub(crate) struct ResourceIdentifier {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// A relationship to exactly one resource. `data` is never null, because fastly-py fails at null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ToOne {
    data: ResourceIdentifier,
}

impl ToOne {
    pub(super) fn new(kind: &'static str, id: &str) -> Self {
        Self { data: ResourceIdentifier { id: id.to_owned(), kind } }
    }
}

/// A relationship to any number of resources, also none.
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
