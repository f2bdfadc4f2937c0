use std::{borrow::Cow, fmt};

/// A field of [`SmtpSettings`](crate::SmtpSettings).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// `url`
    Url,
    /// `from`
    From,
    /// `username`
    Username,
    /// `password`
    Password,
    /// `insecure`
    Insecure,
    /// `hello_name`
    HelloName,
}

impl Field {
    /// The field's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::From => "from",
            Self::Username => "username",
            Self::Password => "password",
            Self::Insecure => "insecure",
            Self::HelloName => "hello_name",
        }
    }
}

/// A mistake in one field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {text}", .field.name())]
pub struct SettingsError {
    /// The field that is wrong.
    pub field: Field,
    /// The mistake and its correction; completes a sentence that begins with the field's name. It never repeats the
    /// value, which can hold a password.
    pub text: Cow<'static, str>,
    is_missing: bool,
}

impl SettingsError {
    pub(super) fn new(field: Field, text: impl Into<Cow<'static, str>>) -> Self {
        Self { field, text: text.into(), is_missing: false }
    }

    /// The field has no value, although another field or the relay needs one.
    pub(super) const fn missing(field: Field, text: &'static str) -> Self {
        Self { field, text: Cow::Borrowed(text), is_missing: true }
    }
}

/// All mistakes in the settings; at least one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsErrors(Vec<SettingsError>);

impl SettingsErrors {
    /// The mistakes, one for each field that is wrong.
    pub fn iter(&self) -> impl Iterator<Item = &SettingsError> {
        self.0.iter()
    }

    /// Returns the value, or records the error.
    pub(super) fn keep<T>(&mut self, checked: Result<T, SettingsError>) -> Option<T> {
        checked.map_err(|error| self.0.push(error)).ok()
    }

    /// The mistakes apart from missing values, if any.
    pub(super) fn without_missing(self) -> Option<Self> {
        let errors: Vec<_> = self.0.into_iter().filter(|error| !error.is_missing).collect();
        (!errors.is_empty()).then_some(Self(errors))
    }
}

impl fmt::Display for SettingsErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&errors.join("; "))
    }
}

impl std::error::Error for SettingsErrors {}
