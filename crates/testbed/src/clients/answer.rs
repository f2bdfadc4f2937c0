use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// What came of one call of an outside client.
#[derive(Clone, Debug, Deserialize)]
pub struct ClientAnswer {
    /// Whether the caller got a result; otherwise an exception.
    pub ok: bool,
    /// The HTTP status; none where there was no reply, as when the client refuses the call itself.
    #[serde(default)]
    pub status: Option<u16>,
    /// What the client's models keep of the reply, as JSON, and null where there is no result. The JavaScript client
    /// drops what its models do not have.
    #[serde(default)]
    pub result: Value,
    /// The type of the exception, such as `NotFoundException` in Python. In JavaScript it is always `Error`.
    #[serde(default)]
    pub error: Option<String>,
    /// The text of the exception.
    #[serde(default)]
    pub message: Option<String>,
    /// The body of the reply, as the server sent it.
    #[serde(default)]
    pub raw: String,
    /// The headers of the reply, by their names in lower case.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

impl ClientAnswer {
    /// The body of the reply as JSON; null where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.raw).unwrap_or_default()
    }
}
