//! Examples for the OpenAPI document. A test compares them with the types of the bodies.

use serde_json::{Value, json};

/// A request for an engineer who is limited to one service.
pub(crate) fn request() -> Value {
    json!({ "data": {
        "type": "invitation",
        "attributes": { "email": "mina@example.org", "limit_services": true, "role": "engineer" },
        "relationships": { "service_invitations": { "data": [{
            "type": "service_invitation",
            "attributes": { "permission": "purge_all" },
            "relationships": { "service": { "data": { "type": "service", "id": "5nWq8ZrT1yKc4mVb7XdLp2" } } },
        }] } },
    } })
}

/// The response to [`request`].
pub(crate) fn invitation() -> Value {
    json!({ "data": resource() })
}

/// A list of one page.
pub(crate) fn invitations() -> Value {
    let mut invitation = resource();
    invitation["relationships"]["service_invitations"] =
        json!({ "data": [{ "id": "6aZr7KqVn0mTz5LcWd8Yp4", "type": "service_invitation" }] });
    page("invitations", &invitation)
}

/// The caller.
pub(crate) fn current_user() -> Value {
    json!({
        "id": "4Ab7cDeFgH1jKlMnOpQrSt",
        "login": "jane@example.org",
        "name": "Jane Roe",
        "customer_id": "7cQ2mZr9Wd4Tn1Lx8Vb5Ky",
        "role": "superuser",
        "roles": ["superuser"],
        "limit_services": false,
        "locked": false,
        "require_new_password": false,
        "two_factor_auth_enabled": false,
        "two_factor_setup_required": false,
        "created_at": "2026-03-04T05:06:07Z",
        "updated_at": "2026-03-04T05:06:07Z",
        "deleted_at": null,
    })
}

/// A list of one page.
pub(crate) fn service_authorizations() -> Value {
    let authorization = json!({
        "id": "5iwcHyh8Vz7kPcxtUzveMr",
        "type": "service_authorization",
        "attributes": {
            "permission": "purge_all",
            "created_at": "2026-03-05T00:00:00Z",
            "updated_at": "2026-03-05T00:00:00Z",
            "deleted_at": null,
        },
        "relationships": {
            "service": { "data": { "id": "5nWq8ZrT1yKc4mVb7XdLp2", "type": "service" } },
            "user": { "data": { "id": "4Ab7cDeFgH1jKlMnOpQrSt", "type": "user" } },
        },
    });
    page("service-authorizations", &authorization)
}

fn resource() -> Value {
    json!({
        "id": "2bXr7KqVn0mTz5LcWd8Yp4",
        "type": "invitation",
        "attributes": {
            "email": "mina@example.org",
            "limit_services": true,
            "role": "engineer",
            "roles": ["engineer"],
            "status_code": 1,
            "created_at": "2026-03-04T05:06:07Z",
            "updated_at": "2026-03-04T05:06:07Z",
            "deleted_at": null,
        },
        "relationships": { "customer": { "data": { "id": "7cQ2mZr9Wd4Tn1Lx8Vb5Ky", "type": "customer" } } },
    })
}

fn page(path: &str, item: &Value) -> Value {
    let last = format!("https://usher.example.com/{path}?page%5Bnumber%5D=1&page%5Bsize%5D=20");
    json!({
        "data": [item],
        "links": { "last": last },
        "meta": { "current_page": 1, "per_page": 20, "record_count": 1, "total_pages": 1 },
    })
}
