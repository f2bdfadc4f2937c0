use actix_web::http::StatusCode;
use serde::Serialize;
use usher_domain::{Timestamp, text::DisplayText, usecase::login::Login};

use super::{
    form::Form,
    mistake::{Field, Mistake},
    visit::Visit,
    words::{self, EndWords, RoleWords, ServiceWords},
};
use crate::http::page::Page;

/// What the page of an open invitation shows. Not `Debug`: the key is among it.
#[derive(Serialize)]
pub(super) struct OpenPage<'a> {
    account_title: &'a str,
    inviter: Option<&'a str>,
    email: &'a str,
    roles: Vec<RoleWords>,
    limited: bool,
    services: Vec<ServiceWords>,
    ends: EndWords,
    secure_id: &'a str,
    key: &'a str,
    login: &'static str,
    name: &'a str,
    other_email: &'a str,
    other_open: bool,
    errors: Errors<'a>,
    mistakes: &'a [Mistake],
}

/// The mistakes by field.
#[derive(Debug, Default, Serialize)]
struct Errors<'a> {
    name: Option<&'a str>,
    password: Option<&'a str>,
    other_email: Option<&'a str>,
    other_password: Option<&'a str>,
}

impl<'a> OpenPage<'a> {
    /// The page as a link opens it.
    pub(super) fn new(visit: &'a Visit, now: Timestamp) -> Self {
        let open = &visit.open;
        let (invitation, grant) = (&open.invitation, &open.invitation.grant);
        let limited = grant.limit_services();
        Self {
            account_title: open.account_title.as_str(),
            inviter: open.inviter_name.as_ref().map(DisplayText::as_str),
            email: invitation.email.as_str(),
            roles: grant.roles().iter().map(|name| words::role(name, limited)).collect(),
            limited,
            services: grant.services().iter().map(words::service).collect(),
            ends: words::end(invitation.expires_at, now),
            secure_id: visit.link.secure_id.as_str(),
            key: &visit.link.key,
            login: login(open.login),
            name: invitation.name.as_ref().map_or("", |name| name.as_str()),
            other_email: "",
            other_open: false,
            errors: Errors::default(),
            mistakes: &[],
        }
    }

    /// With the form for somebody who has a login: it was made after the link was looked at.
    pub(super) fn for_login(self) -> Self {
        Self { login: login(Login::Password), ..self }
    }

    /// The page again, with what to change. What was entered is kept, but for the password.
    pub(super) fn again(mut self, form: &'a Form, mistakes: &'a [Mistake]) -> Self {
        self.name = form.get("name").unwrap_or(self.name);
        self.other_email = form.get("email").filter(|email| *email != self.email).unwrap_or_default();
        for mistake in mistakes {
            let place = match mistake.field {
                Some(Field::Name) => &mut self.errors.name,
                Some(Field::Password) => &mut self.errors.password,
                Some(Field::OtherEmail) => &mut self.errors.other_email,
                Some(Field::OtherPassword) => &mut self.errors.other_password,
                None => continue,
            };
            *place = Some(&mistake.message);
        }
        self.other_open = self.errors.other_email.is_some() || self.errors.other_password.is_some();
        self.mistakes = mistakes;
        self
    }

    /// The page, ready.
    pub(super) fn page(&self, status: StatusCode) -> Page {
        Page::new(status, "open.html", self)
    }
}

/// As the template names it.
fn login(login: Login) -> &'static str {
    match login {
        Login::None => "none",
        Login::Password => "password",
        Login::Elsewhere => "elsewhere",
    }
}
