use usher_domain::usecase::open_link::{InviteeView, LinkView};

use super::{ended::Ended, failure, link::Link, page_request::PageRequest, reopen::ReopenableLink};
use crate::page::Page;

/// A link with the right key. Not `Debug`: it holds the key.
pub(super) enum ProvenLink {
    /// Its invitation is open.
    Open(OpenLink),
    /// Its invitation was declined, and can be reopened.
    Reopenable(ReopenableLink),
    /// Its invitation has ended, or a newer mail replaced it.
    Ended(Link, Ended),
}

/// The link of an open invitation. Not `Debug`: it holds the key.
pub(super) struct OpenLink {
    pub(super) link: Link,
    pub(super) opened: Box<InviteeView>,
}

/// Opens a link, and changes nothing. Fails with the page that every link without the right key gets, or with the page
/// of a failure.
pub(super) async fn open(request: &PageRequest<'_>, link: Option<Link>) -> Result<ProvenLink, Page> {
    let link = link.ok_or_else(failure::unknown_link)?;
    let key = Some(link.key.clone());
    let view = request.app.links().open(&request.context, link.secure_id.clone(), key).await;
    let ended = match view.map_err(|error| failure::store(&error))? {
        LinkView::Open(opened) => return Ok(ProvenLink::Open(OpenLink { link, opened })),
        LinkView::Unknown => return Err(failure::unknown_link()),
        LinkView::Reopenable(account_title, expires_at) => {
            return Ok(ProvenLink::Reopenable(ReopenableLink { link, account_title, expires_at }));
        }
        LinkView::Replaced => Ended::Replaced,
        LinkView::Expired(title) => Ended::Expired(title),
        LinkView::Accepted(title) => Ended::Accepted(title),
        LinkView::Declined(title) => Ended::Declined(title),
        LinkView::Revoked(title) => Ended::Revoked(title),
    };
    Ok(ProvenLink::Ended(link, ended))
}
