use serde_json::{Value, json};

/// The result of one check.
pub(super) struct Check {
    pub(super) name: String,
    /// What was found, or what to do.
    pub(super) result: Result<String, String>,
}

impl Check {
    pub(super) fn new(name: impl Into<String>, result: Result<String, String>) -> Self {
        Self { name: name.into(), result }
    }

    /// The result in one line. `width` is that of the longest name.
    pub(super) fn line(&self, width: usize) -> String {
        let name = &self.name;
        match &self.result {
            Ok(found) => format!("ok    {name:width$}  {}", one_line(found)),
            Err(advice) => format!("FAIL  {name:width$}  {}", one_line(advice)),
        }
    }

    /// The result in JSON.
    pub(super) fn describe(&self) -> Value {
        let (Ok(text) | Err(text)) = &self.result;
        json!({ "check": self.name, "ok": self.result.is_ok(), "detail": one_line(text) })
    }
}

/// A cause can have line breaks of its own.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
