use actix_web::http::StatusCode;

use super::{
    form::Form, form_error::FormError, invitation_page::InvitationPage, open_link::OpenLink,
    page_request::PageRequest,
};
use crate::page::Page;

/// A form that was sent from the page of an open invitation.
pub(super) struct SentForm<'a> {
    pub(super) request: &'a PageRequest<'a>,
    pub(super) open: &'a OpenLink,
    pub(super) form: &'a Form,
}

impl SentForm<'_> {
    /// The page with the form again, with these errors.
    pub(super) fn again(&self, errors: &[FormError], status: StatusCode) -> Page {
        self.page().with_errors(self.form, errors).page(status)
    }

    /// Like [`Self::again`], for a visitor whose login was created after the link was opened.
    pub(super) fn again_for_login(&self, errors: &[FormError], status: StatusCode) -> Page {
        self.page().for_login().with_errors(self.form, errors).page(status)
    }

    fn page(&self) -> InvitationPage<'_> {
        InvitationPage::new(self.open, self.request.app)
    }
}
