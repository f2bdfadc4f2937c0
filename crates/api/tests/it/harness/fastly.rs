//! Fastly's dialect, for tests that speak it beside something else.

use serde_json::{Map, Value, json};

use super::{Answer, Client};

/// What the vendor's own clients declare.
pub(crate) const JSON_API: &str = "application/vnd.api+json";

/// The body of an invitation without services.
pub(crate) fn document(email: &str, role: &str) -> Value {
    json!({ "data": {
        "type": "invitation",
        "attributes": { "email": email, "limit_services": false, "role": role },
    } })
}

/// The body of an invitation that is limited to services, each with its permission.
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

pub(crate) fn create(client: &Client, body: &Value) -> Answer {
    client.post_text("/invitations", JSON_API, &body.to_string())
}

/// Deletes an item of a list.
pub(crate) fn delete(client: &Client, item: &Value) -> Answer {
    client.delete(&format!("/invitations/{}", item["id"].as_str().unwrap()))
}

/// The items of the first page.
#[track_caller]
pub(crate) fn listed(client: &Client) -> Vec<Value> {
    client.get("/invitations").expect(200).json()["data"].as_array().unwrap().clone()
}

/// Status, `msg` and `detail` of a refusal, which has to be in Fastly's form: that type, and nothing but these two.
#[track_caller]
pub(crate) fn refusal(answer: &Answer) -> (u16, String, String) {
    assert_eq!(answer.header("content-type"), "application/json", "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
    let body = answer.json();
    assert_eq!(body.as_object().map(Map::len), Some(2), "{answer:?}");
    let text = |name: &str| body[name].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned();
    (answer.status.as_u16(), text("msg"), text("detail"))
}
