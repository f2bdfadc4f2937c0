use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    authorization::ServiceAuthorizationCollection,
    error::ErrorBody,
    invitation::{InvitationCollection, InvitationDocument},
    user::CurrentUser,
};

fn schemas<T: ToSchema>() -> serde_json::Map<String, Value> {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    schemas.into_iter().map(|(name, schema)| (name, serde_json::to_value(schema).unwrap())).collect()
}

/// Fails when a schema refers to a missing schema.
fn assert_closed(schemas: &serde_json::Map<String, Value>) {
    let text = Value::Object(schemas.clone()).to_string();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name} is missing");
    }
}

#[test]
fn the_schema_of_a_document_refers_to_its_resource() {
    let schemas = schemas::<InvitationDocument>();
    assert_closed(&schemas);
    let data = &schemas["InvitationDocument"]["properties"]["data"];
    assert_eq!(data, &json!({ "$ref": "#/components/schemas/Invitation" }));
    let invitation = &schemas["Invitation"];
    assert_eq!(invitation["required"], json!(["id", "type", "attributes", "relationships"]));
    assert_eq!(invitation["properties"]["type"]["enum"], json!(["invitation"]));
    let attributes = &schemas["InvitationAttributes"];
    let always =
        ["email", "limit_services", "role", "roles", "status_code", "created_at", "updated_at", "deleted_at"];
    assert_eq!(attributes["required"], json!(always));
    assert_eq!(schemas["InvitationRelationships"]["required"], json!(["customer"]));
}

#[test]
fn the_schema_of_a_list_requires_links_and_figures() {
    let schemas = schemas::<InvitationCollection>();
    assert_closed(&schemas);
    assert_eq!(schemas["InvitationCollection"]["required"], json!(["data", "links", "meta"]));
    assert_eq!(schemas["Links"]["required"], json!(["last"]));
    assert_eq!(schemas["Meta"]["properties"]["per_page"]["maximum"], 100);
}

#[test]
fn every_reference_names_a_schema() {
    assert_closed(&schemas::<ServiceAuthorizationCollection>());
    assert_closed(&schemas::<CurrentUser>());
    assert_closed(&schemas::<ErrorBody>());
}
