//! The schemas of resources. They are written by hand, because their names and the value of `type` depend on the resource, which
//! a derived schema cannot express.

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

type NamedSchema = (String, RefOr<Schema>);

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

    fn schemas(schemas: &mut Vec<NamedSchema>) {
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

    fn schemas(schemas: &mut Vec<NamedSchema>) {
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

    fn schemas(schemas: &mut Vec<NamedSchema>) {
        add::<ResourceObject<R>>(schemas);
        add::<PageLinks>(schemas);
        add::<PageMeta>(schemas);
    }
}

/// An object with these members, all of them required.
fn members<const N: usize>(members: [(&'static str, RefOr<Schema>); N]) -> RefOr<Schema> {
    let object = members
        .into_iter()
        .fold(Object::builder(), |object, (name, schema)| object.property(name, schema).required(name));
    object.into()
}

fn reference<T: ToSchema>() -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name(T::name()))
}

/// Adds the schema of a type, and the schemas that it refers to.
fn add<T: ToSchema>(schemas: &mut Vec<NamedSchema>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}
