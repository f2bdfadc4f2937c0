use actix_web::{
    HttpResponse,
    web::{Data, Path, block},
};

use usher_app::telemetry;

use super::{
    html_part,
    kept_mails::{KeptMails, KeptMailsError},
    mail::Mail,
    pages::{self, List, ListedMail},
};
use crate::page::Page;

/// Most mails in the list. The browser loads the list again every few seconds.
const MAX_LISTED: usize = 100;

/// `GET /dev/mailbox`: the mails, the newest first.
pub(super) async fn list(mails: Data<dyn KeptMails>) -> HttpResponse {
    read(mails, newest).await.map_or_else(HttpResponse::from, |list| pages::list(list).into())
}

/// `GET /dev/mailbox/{name}`: one mail.
pub(super) async fn mail(mails: Data<dyn KeptMails>, name: Path<String>) -> HttpResponse {
    let raw = match read_mail(mails, name.clone()).await {
        Ok(raw) => raw,
        Err(page) => return page.into(),
    };
    Mail::parse(&raw).map_or_else(pages::no_such_mail, |mail| pages::mail(&name, &mail)).into()
}

/// `GET /dev/mailbox/{name}/html`: the HTML part of one mail, for the frame.
pub(super) async fn html_part(mails: Data<dyn KeptMails>, name: Path<String>) -> HttpResponse {
    let raw = match read_mail(mails, name.into_inner()).await {
        Ok(raw) => raw,
        Err(page) => return page.into(),
    };
    match Mail::parse(&raw).and_then(|mail| mail.html()) {
        Some(html) => html_part::response(&html),
        None => pages::no_such_mail().into(),
    }
}

fn newest(mails: &dyn KeptMails) -> Result<List, KeptMailsError> {
    let names = mails.list()?;
    let more = names.len().saturating_sub(MAX_LISTED);
    let mut listed = Vec::new();
    for name in names.into_iter().rev().take(MAX_LISTED) {
        // A file that has since been deleted, or that is not a mail, is left out.
        let Some(raw) = mails.read(&name)? else { continue };
        listed.extend(Mail::parse(&raw).map(|mail| ListedMail::new(name, &mail)));
    }
    Ok(List { mails: listed, more })
}

async fn read_mail(mails: Data<dyn KeptMails>, name: String) -> Result<Vec<u8>, Page> {
    let raw = read(mails, move |mails| mails.read(&name)).await?;
    raw.ok_or_else(pages::no_such_mail)
}

/// Runs `work` on a blocking thread.
async fn read<T: Send + 'static>(
    mails: Data<dyn KeptMails>,
    work: impl FnOnce(&dyn KeptMails) -> Result<T, KeptMailsError> + Send + 'static,
) -> Result<T, Page> {
    let done = block(move || work(mails.as_ref())).await;
    match done {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(pages::unreadable(&error.to_string())),
        Err(panicked) => {
            telemetry::defect("mailbox.read", &panicked);
            Err(pages::unreadable(&panicked.to_string()))
        }
    }
}
