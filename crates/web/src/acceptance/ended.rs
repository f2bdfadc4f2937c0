//! Where an invitation can end, as its invitee reads it. Only holders of its key get here.

use actix_web::http::StatusCode;
use url::Url;
use usher_domain::{text::DisplayText, usecase::accept::Accepted};

use super::message::{Message, Tone};
use crate::http::page::Page;

/// A newer mail was sent.
pub(super) fn replaced() -> Page {
    Message::new(Tone::Plain, "A newer mail was sent")
        .and(
            "This link was replaced: the invitation was sent to you again. Open the link in the newest mail.",
        )
        .page(StatusCode::GONE)
}

/// The time is over.
pub(super) fn expired(title: &DisplayText) -> Page {
    Message::new(Tone::Plain, "This invitation has expired")
        .and(format!(
            "The time to join {title} is over. Ask the person who invited you to send the invitation again."
        ))
        .page(StatusCode::GONE)
}

/// Accepted, by this visitor or by another one with the same mail.
pub(super) fn used(title: &DisplayText, onward: Option<&Url>) -> Page {
    Message::new(Tone::Plain, "This invitation was accepted already")
        .and(format!("If that was you, you are a member of {title}, and can sign in as usual."))
        .and("If it was not, tell the person who invited you: somebody else may have read your mail.")
        .onward(onward)
        .page(StatusCode::GONE)
}

/// Declined before.
pub(super) fn declined_before(title: &DisplayText) -> Page {
    Message::new(Tone::Plain, "This invitation was declined")
        .and(format!("To join {title} after all, ask the person who invited you for a new invitation."))
        .page(StatusCode::GONE)
}

/// Taken back.
pub(super) fn revoked(title: &DisplayText) -> Page {
    Message::new(Tone::Plain, "This invitation was withdrawn")
        .and(format!("If you were expecting to join {title}, ask the person who invited you."))
        .page(StatusCode::GONE)
}

/// The sponsor could not make this invitation any more.
pub(super) fn without_sponsor(title: &DisplayText) -> Page {
    Message::new(Tone::Bad, "This invitation cannot be accepted right now")
        .and(format!("The person who invited you may no longer invite people to {title} with these roles."))
        .and("Ask another administrator there to send the invitation again.")
        .page(StatusCode::FORBIDDEN)
}

/// The login is in the account.
pub(super) fn already_member(title: &DisplayText, onward: Option<&Url>) -> Page {
    Message::new(Tone::Plain, "You are already a member")
        .and(format!("This login belongs to {title}: you can sign in as usual."))
        .and("To accept with another login, open the link in the mail once more.")
        .onward(onward)
        .page(StatusCode::CONFLICT)
}

/// It worked.
pub(super) fn accepted(accepted: &Accepted, onward: Option<&Url>) -> Page {
    Message::new(Tone::Good, format!("You are now a member of {}", accepted.account.title))
        .and(format!(
            "Welcome, {}. From now on, sign in with {} and your password.",
            accepted.person.name, accepted.person.email
        ))
        .onward(onward)
        .page(StatusCode::OK)
}

/// It worked.
pub(super) fn declined(title: &DisplayText) -> Page {
    Message::new(Tone::Good, "You declined the invitation")
        .and(format!("You will not become a member of {title}, and the link in the mail no longer works."))
        .page(StatusCode::OK)
}
