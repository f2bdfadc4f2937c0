use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::{Data, Path},
};
use serde::Serialize;
use usher_mailer::{MailboxDir, MailboxDirError};

use super::{
    html,
    mail::{Mail, Moment},
    text::{Piece, pieces},
};
use crate::http::page::Page;

/// The public pages' policy, and the frame of the HTML part.
const POLICY: &str = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; \
     frame-ancestors 'none'";

/// Most mails in the list: it is made anew every few seconds.
const LISTED: usize = 100;

#[derive(Debug, Serialize)]
struct List {
    mails: Vec<Item>,
    more: usize,
}

#[derive(Debug, Serialize)]
struct Item {
    id: String,
    subject: String,
    to: String,
    date: Option<Moment>,
}

#[derive(Debug, Serialize)]
struct Opened<'a> {
    id: &'a str,
    subject: String,
    headers: Vec<Header>,
    text: Vec<Piece<'a>>,
    html: bool,
}

#[derive(Debug, Serialize)]
struct Header {
    name: String,
    value: String,
    /// Shown at the top, and not only among all of them.
    top: bool,
}

#[derive(Debug, Serialize)]
struct Message<'a> {
    heading: &'a str,
    text: &'a str,
}

/// `GET /dev/mailbox`: all mails, the newest first.
pub(super) async fn list(mailbox: Data<MailboxDir>) -> HttpResponse {
    let listed = on_disk(mailbox, |mailbox| {
        let names = mailbox.list()?;
        let more = names.len().saturating_sub(LISTED);
        let mut mails = Vec::new();
        for id in names.into_iter().rev().take(LISTED) {
            // Gone since the names were listed, or half a mail: not worth an error page.
            if let Some(item) = mailbox.read(&id)?.and_then(|raw| item(id, &raw)) {
                mails.push(item);
            }
        }
        Ok(List { mails, more })
    });
    match listed.await {
        Ok(list) => page(StatusCode::OK, "mailbox/list.html", list).into(),
        Err(page) => page.into(),
    }
}

/// `GET /dev/mailbox/{id}`: one mail.
pub(super) async fn mail(mailbox: Data<MailboxDir>, id: Path<String>) -> HttpResponse {
    let id = id.into_inner();
    let raw = match read(mailbox, id.clone()).await {
        Ok(raw) => raw,
        Err(page) => return page.into(),
    };
    let Some(mail) = Mail::parse(&raw) else { return no_such_mail().into() };
    let text = mail.text().unwrap_or_default();
    let header = |(name, value): (String, String)| {
        let top = ["from", "to", "date"].iter().any(|top| name.eq_ignore_ascii_case(top));
        Header { name, value, top }
    };
    let headers = mail.headers().into_iter().map(header).collect();
    let opened = Opened {
        id: &id,
        subject: mail.subject(),
        headers,
        text: pieces(&text),
        html: mail.html().is_some(),
    };
    page(StatusCode::OK, "mailbox/mail.html", opened).into()
}

/// `GET /dev/mailbox/{id}/html`: the HTML part of one mail, for the frame.
pub(super) async fn html(mailbox: Data<MailboxDir>, id: Path<String>) -> HttpResponse {
    let raw = match read(mailbox, id.into_inner()).await {
        Ok(raw) => raw,
        Err(page) => return page.into(),
    };
    let Some(html) = Mail::parse(&raw).and_then(|mail| mail.html()) else { return no_such_mail().into() };
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, html::POLICY))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::X_FRAME_OPTIONS, "SAMEORIGIN"))
        .body(html::framed(&html))
}

/// Everything else below the mailbox.
pub(super) async fn not_found() -> HttpResponse {
    no_such_mail().into()
}

/// For requests that were made to another name than this machine's.
pub(super) fn not_for_strangers() -> Page {
    message(
        StatusCode::FORBIDDEN,
        "The mailbox is for this machine only",
        "It shows links that work. Open it as http://localhost or http://127.0.0.1, with the port of the server.",
    )
}

/// For everything but `GET` and `HEAD`.
pub(super) fn method_not_allowed() -> Page {
    message(StatusCode::METHOD_NOT_ALLOWED, "The mailbox can only be read", "Open it with a browser.")
}

fn no_such_mail() -> Page {
    message(
        StatusCode::NOT_FOUND,
        "There is no such mail",
        "It may have been deleted from the mailbox's folder.",
    )
}

fn item(id: String, raw: &[u8]) -> Option<Item> {
    let mail = Mail::parse(raw)?;
    Some(Item { id, subject: mail.subject(), to: mail.to(), date: mail.date() })
}

async fn read(mailbox: Data<MailboxDir>, id: String) -> Result<Vec<u8>, Page> {
    let raw = on_disk(mailbox, move |mailbox| mailbox.read(&id)).await?;
    raw.ok_or_else(no_such_mail)
}

async fn on_disk<T: Send + 'static>(
    mailbox: Data<MailboxDir>,
    work: impl FnOnce(&MailboxDir) -> Result<T, MailboxDirError> + Send + 'static,
) -> Result<T, Page> {
    let done = tokio::task::spawn_blocking(move || work(&mailbox)).await;
    let trouble = match done {
        Ok(Ok(found)) => return Ok(found),
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    // Development only: whoever reads this runs the server.
    Err(message(StatusCode::INTERNAL_SERVER_ERROR, "The mailbox could not be read", &trouble))
}

fn page(status: StatusCode, template: &'static str, context: impl Serialize) -> Page {
    Page::new(status, template, context).under(POLICY)
}

fn message(status: StatusCode, heading: &str, text: &str) -> Page {
    page(status, "mailbox/message.html", Message { heading, text })
}
