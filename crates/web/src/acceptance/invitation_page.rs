use actix_web::http::StatusCode;
use serde::Serialize;
use usher_app::App;
use usher_domain::{person::Inviter, usecase::login::Login};

use super::{
    form::Form,
    form_error::{Field, FormError},
    labels::{self, Expiry, RoleLabel, ServiceLabel},
    mails_form::MailsForm,
    open_link::OpenLink,
};
use crate::page::Page;

/// The page of an open invitation, as its template takes it. Not `Debug`: it holds the key.
#[derive(Serialize)]
pub(super) struct InvitationPage<'a> {
    account_title: &'a str,
    inviter: Option<InviterLabel<'a>>,
    email: &'a str,
    roles: Vec<RoleLabel>,
    limited: bool,
    services: Vec<ServiceLabel>,
    expiry: Expiry,
    secure_id: &'a str,
    key: &'a str,
    login: &'static str,
    name: &'a str,
    min_password_length: usize,
    other_email: &'a str,
    other_open: bool,
    field_errors: FieldErrors<'a>,
    errors: &'a [FormError],
    mails: Option<&'a MailsForm>,
}

#[derive(Serialize)]
struct InviterLabel<'a> {
    name: &'a str,
    email: &'a str,
}

impl<'a> InviterLabel<'a> {
    fn new(inviter: &'a Inviter) -> Self {
        Self { name: inviter.name.as_str(), email: inviter.email.as_str() }
    }
}

/// The error of each field.
#[derive(Debug, Default, Serialize)]
struct FieldErrors<'a> {
    name: Option<&'a str>,
    password: Option<&'a str>,
    other_email: Option<&'a str>,
    other_password: Option<&'a str>,
}

impl<'a> InvitationPage<'a> {
    /// The page as a link opens it.
    pub(super) fn new(open: &'a OpenLink, app: &App) -> Self {
        let OpenLink { link, opened, mails } = open;
        let (invitation, grant) = (&opened.invitation, &opened.invitation.grant);
        let limited = grant.limit_services();
        Self {
            account_title: opened.account_title.as_str(),
            inviter: opened.inviter.as_ref().map(InviterLabel::new),
            email: invitation.email.as_str(),
            roles: grant.roles().iter().map(|name| labels::role(name, limited)).collect(),
            limited,
            services: grant.services().iter().map(labels::service).collect(),
            expiry: labels::expiry(invitation.expires_at, app.now()),
            secure_id: link.secure_id.as_str(),
            key: &link.key,
            login: login(opened.login),
            name: invitation.name.as_ref().map_or("", |name| name.as_str()),
            min_password_length: app.passwords().min_length(),
            other_email: "",
            other_open: false,
            field_errors: FieldErrors::default(),
            errors: &[],
            mails: mails.as_ref(),
        }
    }

    /// Shows the form for a visitor with a login, regardless of what was found when the link was opened.
    pub(super) fn for_login(self) -> Self {
        Self { login: login(Login::Password), ..self }
    }

    /// Adds errors, and the values that were entered. Passwords are never sent back.
    pub(super) fn with_errors(mut self, form: &'a Form, errors: &'a [FormError]) -> Self {
        self.name = form.get("name").unwrap_or(self.name);
        self.other_email = form.get("email").filter(|email| *email != self.email).unwrap_or_default();
        for error in errors {
            let field = match error.field {
                Some(Field::Name) => &mut self.field_errors.name,
                Some(Field::Password) => &mut self.field_errors.password,
                Some(Field::OtherEmail) => &mut self.field_errors.other_email,
                Some(Field::OtherPassword) => &mut self.field_errors.other_password,
                None => continue,
            };
            *field = Some(&error.message);
        }
        self.other_open =
            self.field_errors.other_email.is_some() || self.field_errors.other_password.is_some();
        self.errors = errors;
        self
    }

    /// The page.
    pub(super) fn page(&self, status: StatusCode) -> Page {
        Page::new(status, "invitation.html", self)
    }
}

/// The template's name of a way to sign in.
fn login(login: Login) -> &'static str {
    match login {
        Login::None => "none",
        Login::Password => "password",
        Login::Elsewhere => "elsewhere",
    }
}
