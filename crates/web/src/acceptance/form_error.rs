use serde::Serialize;

/// A field of the page's forms, by the id of its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Field {
    /// The name of a newcomer.
    Name,
    /// The password for the invited address: a newcomer chooses it, others sign in with it.
    Password,
    /// The address of a login under another address.
    OtherEmail,
    /// The password of that login.
    OtherPassword,
}

/// What to change before sending a form again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct FormError {
    /// `None` for an error of the form as a whole.
    pub(super) field: Option<Field>,
    /// A whole sentence.
    pub(super) message: String,
}

impl FormError {
    /// An error in one field.
    pub(super) fn in_field(field: Field, message: impl Into<String>) -> Self {
        Self { field: Some(field), message: message.into() }
    }

    /// An error of the form as a whole.
    pub(super) fn of_form(message: impl Into<String>) -> Self {
        Self { field: None, message: message.into() }
    }
}
