//! Pages after a form was sent: what became of the invitation.

use actix_web::http::StatusCode;
use usher_domain::{text::DisplayText, usecase::accept::Accepted};

use super::{
    notice::{Notice, Tone},
    settings::PageSettings,
};
use crate::page::Page;

/// The acceptor is a member.
pub(super) fn accepted(accepted: &Accepted, settings: &PageSettings) -> Page {
    Notice::new(Tone::Good, format!("You are now a member of {}", accepted.account.title))
        .paragraph(format!(
            "Welcome, {}. From now on, sign in with {} and your password.",
            accepted.person.name, accepted.person.email
        ))
        .continue_to(settings.continue_url.as_ref())
        .page(StatusCode::OK)
}

/// The sponsor has lost the permission to make this invitation.
pub(super) fn sponsor_lost_authority(title: &DisplayText) -> Page {
    Notice::new(Tone::Bad, "This invitation cannot be accepted right now")
        .paragraph(format!(
            "The person who invited you may no longer invite people to {title} with these roles."
        ))
        .paragraph("Ask another administrator there to send the invitation again.")
        .page(StatusCode::FORBIDDEN)
}

/// The person who signed in is a member of the account.
pub(super) fn already_member(title: &DisplayText, settings: &PageSettings) -> Page {
    Notice::new(Tone::Plain, "You are already a member")
        .paragraph(format!("This login belongs to {title}: you can sign in as usual."))
        .paragraph("To accept with another login, open the link in the mail again.")
        .continue_to(settings.continue_url.as_ref())
        .page(StatusCode::CONFLICT)
}
