use serde_json::Value;

/// Which answer a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// To `POST /invitations`.
    Created,
    /// To `GET /invitations`.
    Listed,
}

/// What the strictest of Fastly's clients would not forgive in a body; empty when all of them can read it.
///
/// Where nothing else is said it is fastly-py that raises. One row that it cannot read costs its caller the whole list.
pub(crate) fn broken(reply: Reply, body: &Value) -> Vec<String> {
    let mut rules = Rules::default();
    match reply {
        Reply::Created => {
            rules.invitation(&body["data"], "data");
            let linked = body["data"]["relationships"].get("service_invitations");
            rules.hold(linked.is_none(), "data.relationships.service_invitations is left out");
        }
        Reply::Listed => rules.list(body),
    }
    rules.broken
}

#[derive(Default)]
struct Rules {
    broken: Vec<String>,
}

impl Rules {
    fn hold(&mut self, holds: bool, rule: impl Into<String>) {
        if !holds {
            self.broken.push(rule.into());
        }
    }

    fn list(&mut self, body: &Value) {
        self.hold(body["data"].is_array(), "data is an array");
        for (at, item) in body["data"].as_array().into_iter().flatten().enumerate() {
            self.invitation(item, &format!("data[{at}]"));
            self.services(&item["relationships"]["service_invitations"], at);
        }
        for name in ["first", "prev", "next", "last"] {
            let absent_or_text = body["links"].get(name).is_none_or(Value::is_string);
            self.hold(absent_or_text, format!("links.{name} is a string or left out"));
        }
        for name in ["current_page", "per_page", "record_count", "total_pages"] {
            self.hold(body["meta"][name].is_u64(), format!("meta.{name} is an integer"));
        }
        let size = body["meta"]["per_page"].as_u64().unwrap_or_default();
        self.hold((1..=100).contains(&size), "meta.per_page is from 1 to 100");
    }

    fn invitation(&mut self, item: &Value, path: &str) {
        self.hold(item["type"] == "invitation", format!("{path}.type is invitation"));
        self.hold(is_id(&item["id"]), format!("{path}.id is a string of 22 letters and digits"));
        let customer = &item["relationships"]["customer"]["data"];
        self.hold(customer["type"] == "customer", format!("{path} names its customer's type"));
        self.hold(is_id(&customer["id"]), format!("{path} names its customer's id"));
        self.attributes(&item["attributes"], &format!("{path}.attributes"));
    }

    fn attributes(&mut self, attributes: &Value, path: &str) {
        let roles = ["user", "tls_viewer", "tls_admin", "billing", "engineer", "superuser"];
        let role = attributes["role"].as_str();
        self.hold(role.is_some_and(|role| roles.contains(&role)), format!("{path}.role is one of six"));
        let code = attributes["status_code"].as_u64();
        self.hold(matches!(code, Some(0 | 1)), format!("{path}.status_code is the integer 0 or 1"));
        self.hold(attributes["email"].is_string(), format!("{path}.email is a string"));
        self.hold(attributes["limit_services"].is_boolean(), format!("{path}.limit_services is a boolean"));
        let names = attributes["roles"].as_array();
        let texts = names.is_some_and(|names| names.iter().all(Value::is_string));
        self.hold(texts, format!("{path}.roles is an array of strings"));
        for name in ["created_at", "updated_at", "deleted_at"] {
            let moment = &attributes[name];
            let sound = moment.is_null() || moment.as_str().is_some_and(is_moment);
            self.hold(sound, format!("{path}.{name} is a moment in whole seconds, with Z, or null"));
        }
    }

    fn services(&mut self, relationship: &Value, at: usize) {
        let links = relationship["data"].as_array();
        let sound = links.is_some_and(|links| {
            links.iter().all(|link| link["type"] == "service_invitation" && is_id(&link["id"]))
        });
        self.hold(sound, format!("data[{at}] lists its service invitations"));
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
