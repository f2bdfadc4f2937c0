use usher_domain::{
    port::StoreError,
    usecase::open_link::{LinkView, OpenInvitation, open_link},
};

use super::{ended, link::Link, message};
use crate::http::{page::Page, state::AppState};

/// Somebody who holds the key of an open invitation. Not `Debug`: it holds the key.
pub(super) struct Visit {
    /// The link that brought them here.
    pub(super) link: Link,
    /// What it opened.
    pub(super) open: Box<OpenInvitation>,
}

impl Visit {
    /// Opens a link, or answers with the page that says why it does not open. Changes nothing.
    pub(super) async fn open(state: &AppState, link: Option<Link>) -> Result<Self, Page> {
        let link = link.ok_or_else(message::unknown)?;
        let wanted = link.clone();
        let view = state.gate.run(move |store, env| {
            store.read::<_, StoreError>("page.open", |tx| {
                open_link(tx, env, &wanted.secure_id, Some(&wanted.key))
            })
        });
        match view.await.map_err(|error| message::store(&error))? {
            LinkView::Open(open) => Ok(Self { link, open }),
            LinkView::Unknown => Err(message::unknown()),
            LinkView::Replaced => Err(ended::replaced()),
            LinkView::Expired(title) => Err(ended::expired(&title)),
            LinkView::Accepted(title) => Err(ended::used(&title, state.continue_url.as_ref())),
            LinkView::Declined(title) => Err(ended::declined_before(&title)),
            LinkView::Revoked(title) => Err(ended::revoked(&title)),
        }
    }
}
