use std::borrow::Cow;

/// A mistake in one field of [`SmtpSettings`](crate::SmtpSettings).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {text}")]
pub struct SettingsError {
    /// The name of the field.
    pub field: &'static str,
    /// The mistake and its correction; completes a sentence that begins with the field's name. It never repeats the
    /// value, which can hold a password.
    pub text: Cow<'static, str>,
}

impl SettingsError {
    pub(super) fn new(field: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self { field, text: text.into() }
    }
}

/// All mistakes in the settings; at least one, and at most one for each field.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct SettingsErrors(pub Vec<SettingsError>);

impl SettingsErrors {
    /// Returns the value, or records the error.
    pub(super) fn keep<T>(&mut self, checked: Result<T, SettingsError>) -> Option<T> {
        checked.map_err(|error| self.0.push(error)).ok()
    }
}
