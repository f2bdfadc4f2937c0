use usher_app::LinkPage;
use usher_domain::usecase::open_link::{InviteeView, LinkView};

use super::{
    ended::{Ended, EndedLink},
    failure,
    link::Link,
    mails_form::MailsForm,
    page_request::PageRequest,
    reopen::ReopenableLink,
};
use crate::page::Page;

/// A link with the right key. Not `Debug`: it holds the key.
pub(super) enum ProvenLink {
    /// Its invitation is open.
    Open(OpenLink),
    /// Its invitation was declined, and can be reopened.
    Reopenable(ReopenableLink),
    /// Its invitation has ended, or a newer mail replaced it.
    Ended(EndedLink),
}

/// The link of an open invitation. Not `Debug`: it holds the key.
pub(super) struct OpenLink {
    pub(super) link: Link,
    pub(super) opened: Box<InviteeView>,
    pub(super) mails: Option<MailsForm>,
}

impl ProvenLink {
    /// The link, and what it can choose about its mailbox.
    pub(super) fn mails(&self) -> Option<(&Link, &MailsForm)> {
        let (link, mails) = match self {
            Self::Open(open) => (&open.link, &open.mails),
            Self::Reopenable(declined) => (&declined.link, &declined.mails),
            Self::Ended(ended) => (&ended.link, &ended.mails),
        };
        Some((link, mails.as_ref()?))
    }
}

/// Opens a link, and changes nothing. Fails with the page that every link without the right key gets, or with the page
/// of a failure.
pub(super) async fn open(request: &PageRequest<'_>, link: Option<Link>) -> Result<ProvenLink, Page> {
    let link = link.ok_or_else(failure::unknown_link)?;
    let opened =
        request.app.links().open_page(&request.context, link.secure_id.clone(), link.key.clone()).await;
    let LinkPage { view, mails_blocked } = opened.map_err(|error| failure::store(&error))?;
    let mails = mails_blocked.map(|blocked| MailsForm::new(&link, blocked));
    let ended = match view {
        LinkView::Open(opened) => return Ok(ProvenLink::Open(OpenLink { link, opened, mails })),
        LinkView::Unknown => return Err(failure::unknown_link()),
        LinkView::Reopenable(account_title, expires_at) => {
            return Ok(ProvenLink::Reopenable(ReopenableLink { link, account_title, expires_at, mails }));
        }
        LinkView::Replaced => Ended::Replaced,
        LinkView::Expired(title) => Ended::Expired(title),
        LinkView::Accepted(title) => Ended::Accepted(title),
        LinkView::Declined(title) => Ended::Declined(title),
        LinkView::Revoked(title) => Ended::Revoked(title),
    };
    Ok(ProvenLink::Ended(EndedLink { link, ended, mails }))
}
