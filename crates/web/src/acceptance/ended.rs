use actix_web::http::StatusCode;
use usher_domain::text::DisplayText;

use super::{
    link::Link,
    mails_form::MailsForm,
    notice::{Notice, Tone},
    settings::PageSettings,
};
use crate::page::Page;

/// Why a link no longer works, for a visitor with the right key. Most reasons carry the title of the account.
pub(super) enum Ended {
    /// A newer mail was sent.
    Replaced,
    /// The invitation has expired.
    Expired(DisplayText),
    /// The invitation was accepted, by this visitor or by another reader of the mail.
    Accepted(DisplayText),
    /// The invitation was declined.
    Declined(DisplayText),
    /// The invitation was revoked.
    Revoked(DisplayText),
}

/// The link of an invitation that has ended. Not `Debug`: it holds the key.
pub(super) struct EndedLink {
    pub(super) link: Link,
    pub(super) ended: Ended,
    pub(super) mails: Option<MailsForm>,
}

impl EndedLink {
    /// The page that says so.
    pub(super) fn page(&self, settings: &PageSettings) -> Page {
        self.ended.notice(settings).mails(self.mails.clone()).page(StatusCode::GONE)
    }
}

impl Ended {
    /// The page that says so, where the link was open a moment ago.
    pub(super) fn page(&self, settings: &PageSettings) -> Page {
        self.notice(settings).page(StatusCode::GONE)
    }

    fn notice(&self, settings: &PageSettings) -> Notice {
        match self {
            Self::Replaced => Notice::new(Tone::Plain, "A newer mail was sent").paragraph(
                "This link was replaced: the invitation was sent to you again. Open the link in the newest mail.",
            ),
            Self::Expired(title) => Notice::new(Tone::Plain, "This invitation has expired").paragraph(format!(
                "The time to join {title} is over. Ask the person who invited you to send the invitation again."
            )),
            Self::Accepted(title) => Notice::new(Tone::Plain, "This invitation was already accepted")
                .paragraph(format!("If you accepted it, you are a member of {title} and can sign in as usual."))
                .paragraph("If it was not you, tell the person who invited you.")
                .continue_to(settings.continue_url.as_ref()),
            Self::Declined(title) => Notice::new(Tone::Plain, "This invitation was declined").paragraph(format!(
                "To join {title} after all, ask the person who invited you for a new invitation."
            )),
            Self::Revoked(title) => Notice::new(Tone::Plain, "This invitation was withdrawn").paragraph(format!(
                "If you were expecting to join {title}, ask the person who invited you."
            )),
        }
    }
}
