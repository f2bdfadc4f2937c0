//! The contract of Fastly's clients: the rules that a response must keep so that all of them can read it.

use serde_json::Value;

/// A response of Fastly's dialect with invitations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationResponse {
    /// To `POST /invitations`.
    Created,
    /// To `GET /invitations`.
    Listed,
}

/// The rules of Fastly's strictest client that a body violates. Empty when every client can read the body.
///
/// Unless a rule says otherwise, the client that raises is fastly-py. If it cannot read a single item, its caller does
/// not get the list at all.
#[must_use]
pub fn violated_rules(response: InvitationResponse, body: &Value) -> Vec<String> {
    let mut rules = Rules::default();
    match response {
        InvitationResponse::Created => {
            rules.invitation(&body["data"], "data");
            let linked = body["data"]["relationships"].get("service_invitations");
            rules.check(linked.is_none(), "data.relationships.service_invitations is left out");
        }
        InvitationResponse::Listed => rules.list(body),
    }
    rules.violated
}

#[derive(Default)]
struct Rules {
    violated: Vec<String>,
}

impl Rules {
    fn check(&mut self, holds: bool, rule: impl Into<String>) {
        if !holds {
            self.violated.push(rule.into());
        }
    }

    fn list(&mut self, body: &Value) {
        self.check(body["data"].is_array(), "data is an array");
        for (at, item) in body["data"].as_array().into_iter().flatten().enumerate() {
            self.invitation(item, &format!("data[{at}]"));
            self.services(&item["relationships"]["service_invitations"], at);
        }
        for name in ["first", "prev", "next", "last"] {
            let absent_or_text = body["links"].get(name).is_none_or(Value::is_string);
            self.check(absent_or_text, format!("links.{name} is a string or left out"));
        }
        for name in ["current_page", "per_page", "record_count", "total_pages"] {
            self.check(body["meta"][name].is_u64(), format!("meta.{name} is an integer"));
        }
        let size = body["meta"]["per_page"].as_u64().unwrap_or_default();
        self.check((1..=100).contains(&size), "meta.per_page is from 1 to 100");
    }

    fn invitation(&mut self, item: &Value, path: &str) {
        self.check(item["type"] == "invitation", format!("{path}.type is invitation"));
        self.check(is_id(&item["id"]), format!("{path}.id is a string of 22 letters and digits"));
        let customer = &item["relationships"]["customer"]["data"];
        self.check(customer["type"] == "customer", format!("{path} names its customer's type"));
        self.check(is_id(&customer["id"]), format!("{path} names its customer's id"));
        self.attributes(&item["attributes"], &format!("{path}.attributes"));
    }

    fn attributes(&mut self, attributes: &Value, path: &str) {
        let roles = ["user", "tls_viewer", "tls_admin", "billing", "engineer", "superuser"];
        let role = attributes["role"].as_str();
        self.check(role.is_some_and(|role| roles.contains(&role)), format!("{path}.role is one of six"));
        let code = attributes["status_code"].as_u64();
        self.check(matches!(code, Some(0 | 1)), format!("{path}.status_code is the integer 0 or 1"));
        self.check(attributes["email"].is_string(), format!("{path}.email is a string"));
        self.check(attributes["limit_services"].is_boolean(), format!("{path}.limit_services is a boolean"));
        let names = attributes["roles"].as_array();
        let texts = names.is_some_and(|names| names.iter().all(Value::is_string));
        self.check(texts, format!("{path}.roles is an array of strings"));
        for name in ["created_at", "updated_at", "deleted_at"] {
            let moment = &attributes[name];
            let sound = moment.is_null() || moment.as_str().is_some_and(is_moment);
            self.check(sound, format!("{path}.{name} is a moment in whole seconds, with Z, or null"));
        }
    }

    fn services(&mut self, relationship: &Value, at: usize) {
        let links = relationship["data"].as_array();
        let sound = links.is_some_and(|links| {
            links.iter().all(|link| link["type"] == "service_invitation" && is_id(&link["id"]))
        });
        self.check(sound, format!("data[{at}] lists its service invitations"));
    }
}

fn is_id(value: &Value) -> bool {
    value.as_str().is_some_and(|id| id.len() == 22 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// `YYYY-MM-DDTHH:MM:SSZ`, which Go's parser of RFC 3339 and the readers of every other client accept.
fn is_moment(text: &str) -> bool {
    let form = b"0000-00-00T00:00:00Z";
    let fits =
        |(given, wanted): (u8, u8)| if wanted == b'0' { given.is_ascii_digit() } else { given == wanted };
    text.len() == form.len() && text.bytes().zip(form.iter().copied()).all(fits)
}

#[cfg(test)]
mod tests;
