use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The outcome of one call of a client.
#[derive(Clone, Debug, Deserialize)]
pub struct ClientAnswer {
    /// Whether the call returned a result. Otherwise it raised an exception.
    pub ok: bool,
    /// The HTTP status; none without a response, for example when the client rejects the call itself.
    #[serde(default)]
    pub status: Option<u16>,
    /// What the client's models keep of the response, as JSON; null without a result. The JavaScript client drops members
    /// that its models do not define.
    #[serde(default)]
    pub result: Value,
    /// The type of the exception, such as `NotFoundException` in Python. In JavaScript always `Error`.
    #[serde(default)]
    pub error: Option<String>,
    /// The message of the exception.
    #[serde(default)]
    pub message: Option<String>,
    /// The body of the response, as the server sent it.
    #[serde(default)]
    pub raw: String,
    /// The headers of the response, with their names in lower case.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

impl ClientAnswer {
    /// The body of the response as JSON; null when it is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.raw).unwrap_or_default()
    }
}
