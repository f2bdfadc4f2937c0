//! What the OpenAPI document says about resources. Written out, because the type and the name are the resource's own and
//! a derived schema would say neither.

use std::borrow::Cow;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ArrayBuilder, Object, ObjectBuilder, Ref, RefOr, Schema,
        schema::{SchemaType, Type},
    },
};

use super::{Collection, Document, Resource, ResourceObject};
use crate::page::{PageLinks, PageMeta};

type Named = (String, RefOr<Schema>);

impl<R: Resource> PartialSchema for ResourceObject<R> {
    fn schema() -> RefOr<Schema> {
        let id = ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::String))
            .pattern(Some("^[0-9A-Za-z]{22}$"));
        let kind =
            ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).enum_values(Some([R::TYPE]));
        members([
            ("id", id.into()),
            ("type", kind.into()),
            ("attributes", reference::<R::Attributes>()),
            ("relationships", reference::<R::Relationships>()),
        ])
    }
}

impl<R: Resource> ToSchema for ResourceObject<R> {
    fn name() -> Cow<'static, str> {
        R::SCHEMA.into()
    }

    fn schemas(schemas: &mut Vec<Named>) {
        add::<R::Attributes>(schemas);
        add::<R::Relationships>(schemas);
    }
}

impl<R: Resource> PartialSchema for Document<R> {
    fn schema() -> RefOr<Schema> {
        members([("data", reference::<ResourceObject<R>>())])
    }
}

impl<R: Resource> ToSchema for Document<R> {
    fn name() -> Cow<'static, str> {
        format!("{}Document", R::SCHEMA).into()
    }

    fn schemas(schemas: &mut Vec<Named>) {
        add::<ResourceObject<R>>(schemas);
    }
}

impl<R: Resource> PartialSchema for Collection<R> {
    fn schema() -> RefOr<Schema> {
        let data = ArrayBuilder::new().items(reference::<ResourceObject<R>>());
        members([
            ("data", data.into()),
            ("links", reference::<PageLinks>()),
            ("meta", reference::<PageMeta>()),
        ])
    }
}

impl<R: Resource> ToSchema for Collection<R> {
    fn name() -> Cow<'static, str> {
        format!("{}Collection", R::SCHEMA).into()
    }

    fn schemas(schemas: &mut Vec<Named>) {
        add::<ResourceObject<R>>(schemas);
        add::<PageLinks>(schemas);
        add::<PageMeta>(schemas);
    }
}

/// An object with these members, all of them always there.
fn members<const N: usize>(members: [(&'static str, RefOr<Schema>); N]) -> RefOr<Schema> {
    let object = members
        .into_iter()
        .fold(Object::builder(), |object, (name, schema)| object.property(name, schema).required(name));
    object.into()
}

fn reference<T: ToSchema>() -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name(T::name()))
}

/// A type's schema, and those that it refers to.
fn add<T: ToSchema>(schemas: &mut Vec<Named>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}
