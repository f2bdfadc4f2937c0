//! Requests and responses of Fastly's dialect.

use serde_json::{Map, Value, json};

use super::{Client, Response};

/// The media type that the vendor's own clients send.
pub(crate) const JSON_API: &str = "application/vnd.api+json";

/// The body of an invitation without services.
pub(crate) fn document(email: &str, role: &str) -> Value {
    json!({ "data": {
        "type": "invitation",
        "attributes": { "email": email, "limit_services": false, "role": role },
    } })
}

/// The body of an invitation that is limited to these services, with a permission on each.
pub(crate) fn limited(email: &str, role: &str, services: &[(&str, &str)]) -> Value {
    let service = |(id, permission): &(&str, &str)| {
        json!({
            "type": "service_invitation",
            "attributes": { "permission": permission },
            "relationships": { "service": { "data": { "type": "service", "id": id } } },
        })
    };
    let services: Vec<Value> = services.iter().map(service).collect();
    let mut body = document(email, role);
    body["data"]["attributes"]["limit_services"] = true.into();
    body["data"]["relationships"] = json!({ "service_invitations": { "data": services } });
    body
}

pub(crate) fn create(client: &Client, body: &Value) -> Response {
    client.post_text("/invitations", JSON_API, &body.to_string())
}

/// Deletes an invitation by its item in the list.
pub(crate) fn delete(client: &Client, item: &Value) -> Response {
    client.delete(&format!("/invitations/{}", item["id"].as_str().unwrap()))
}

/// The items on the first page of the list.
#[track_caller]
pub(crate) fn listed(client: &Client) -> Vec<Value> {
    client.get("/invitations").expect(200).json()["data"].as_array().unwrap().clone()
}

/// Status, `msg` and `detail` of a rejection, which must have Fastly's form: JSON with only these two
/// members.
#[track_caller]
pub(crate) fn rejection(response: &Response) -> (u16, String, String) {
    assert_eq!(response.header("content-type"), "application/json", "{response:?}");
    assert_eq!(response.header("cache-control"), "no-store", "{response:?}");
    let body = response.json();
    assert_eq!(body.as_object().map(Map::len), Some(2), "{response:?}");
    let text = |name: &str| body[name].as_str().unwrap_or_else(|| panic!("{response:?}")).to_owned();
    (response.status.as_u16(), text("msg"), text("detail"))
}
