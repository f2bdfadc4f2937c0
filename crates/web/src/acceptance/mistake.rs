use serde::Serialize;

/// A field of the page's forms, by the id that its label and its error are tied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Field {
    /// A newcomer's name.
    Name,
    /// The password of the first form: chosen by a newcomer, entered by others.
    Password,
    /// The address of a login that is not the invited one.
    OtherEmail,
    /// The password of that login.
    OtherPassword,
}

/// What to change before sending a form again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Mistake {
    /// Where; `None` when it is no single field.
    pub(super) field: Option<Field>,
    /// A whole sentence.
    pub(super) message: String,
}

impl Mistake {
    /// A mistake in a field.
    pub(super) fn at(field: Field, message: impl Into<String>) -> Self {
        Self { field: Some(field), message: message.into() }
    }

    /// A mistake of the form as a whole.
    pub(super) fn anywhere(message: impl Into<String>) -> Self {
        Self { field: None, message: message.into() }
    }
}
