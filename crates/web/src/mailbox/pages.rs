//! The mailbox's pages, as their templates take them.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::{
    mail::{Mail, MailDate},
    text_part::{Segment, segments},
};
use crate::page::Page;

/// The policy of public pages, except that a page may frame the HTML part and may not submit forms.
const POLICY: &str = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; \
     frame-ancestors 'none'";

/// The list of mails.
#[derive(Debug, Serialize)]
pub(super) struct List {
    /// The newest mails, the newest first.
    pub(super) mails: Vec<ListedMail>,
    /// How many older mails the list leaves out.
    pub(super) more: usize,
}

/// A mail in the list.
#[derive(Debug, Serialize)]
pub(super) struct ListedMail {
    name: String,
    subject: String,
    to: String,
    date: Option<MailDate>,
}

#[derive(Debug, Serialize)]
struct OpenedMail<'a> {
    name: &'a str,
    subject: String,
    headers: Vec<Header>,
    text: Vec<Segment<'a>>,
    html: bool,
}

#[derive(Debug, Serialize)]
struct Header {
    name: String,
    value: String,
    /// Whether the header is shown above the mail too, not only in the list of all headers.
    prominent: bool,
}

#[derive(Debug, Serialize)]
struct Notice<'a> {
    heading: &'a str,
    text: &'a str,
}

impl ListedMail {
    /// The mail with this name.
    pub(super) fn new(name: String, mail: &Mail<'_>) -> Self {
        Self { name, subject: mail.subject(), to: mail.to(), date: mail.date() }
    }
}

/// The page with the list.
pub(super) fn list(list: List) -> Page {
    page(StatusCode::OK, "mailbox/list.html", list)
}

/// The page of one mail.
pub(super) fn mail(name: &str, mail: &Mail<'_>) -> Page {
    let text = mail.text().unwrap_or_default();
    let header = |(name, value): (String, String)| {
        let prominent = ["from", "to", "date"].iter().any(|known| name.eq_ignore_ascii_case(known));
        Header { name, value, prominent }
    };
    let headers = mail.headers().into_iter().map(header).collect();
    let html = mail.html().is_some();
    let opened = OpenedMail { name, subject: mail.subject(), headers, text: segments(&text), html };
    page(StatusCode::OK, "mailbox/mail.html", opened)
}

/// The request was made to another host than this machine.
pub(super) fn other_host() -> Page {
    notice(
        StatusCode::FORBIDDEN,
        "The mailbox is for this machine only",
        "It shows links that work. Open it as http://localhost or http://127.0.0.1, with the port of the server.",
    )
}

/// The method is neither `GET` nor `HEAD`.
pub(super) fn method_not_allowed() -> Page {
    notice(StatusCode::METHOD_NOT_ALLOWED, "The mailbox can only be read", "Open it with a browser.")
}

/// No mail has this name.
pub(super) fn no_such_mail() -> Page {
    notice(
        StatusCode::NOT_FOUND,
        "There is no such mail",
        "It may have been deleted from the mailbox's folder.",
    )
}

/// The kept mails could not be read. The page shows the cause, because its reader runs the server.
pub(super) fn unreadable(cause: &str) -> Page {
    notice(StatusCode::INTERNAL_SERVER_ERROR, "The mailbox could not be read", cause)
}

fn notice(status: StatusCode, heading: &str, text: &str) -> Page {
    page(status, "mailbox/notice.html", Notice { heading, text })
}

fn page(status: StatusCode, template: &'static str, context: impl Serialize) -> Page {
    Page::new(status, template, context).policy(POLICY)
}
