use actix_web::http::StatusCode;
use serde::Serialize;
use url::Url;

use super::mails_form::MailsForm;
use crate::page::Page;

/// The tone of a notice, which chooses its color.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Tone {
    /// A success.
    Good,
    /// A fact.
    Plain,
    /// A failure.
    Bad,
}

/// A page that says what happened, why, and what to do next. Not `Debug`: it can hold the key.
#[derive(Serialize)]
pub(super) struct Notice {
    tone: Tone,
    heading: String,
    paragraphs: Vec<String>,
    continue_link: Option<ContinueLink>,
    mails: Option<MailsForm>,
}

#[derive(Debug, Serialize)]
struct ContinueLink {
    url: String,
    label: String,
}

impl Notice {
    /// A notice with only a heading.
    pub(super) fn new(tone: Tone, heading: impl Into<String>) -> Self {
        Self { tone, heading: heading.into(), paragraphs: Vec::new(), continue_link: None, mails: None }
    }

    /// Adds a paragraph.
    pub(super) fn paragraph(mut self, paragraph: impl Into<String>) -> Self {
        self.paragraphs.push(paragraph.into());
        self
    }

    /// Adds a link. Its URL comes from the settings, never from a request.
    pub(super) fn continue_to(mut self, url: Option<&Url>) -> Self {
        self.continue_link = url.map(|url| ContinueLink {
            url: url.to_string(),
            label: url.host_str().map_or_else(|| "Continue".to_owned(), |host| format!("Continue to {host}")),
        });
        self
    }

    /// Adds what the link can choose about its mailbox.
    pub(super) fn mails(self, mails: Option<MailsForm>) -> Self {
        Self { mails, ..self }
    }

    /// The page.
    pub(super) fn page(&self, status: StatusCode) -> Page {
        Page::new(status, "notice.html", self)
    }
}
