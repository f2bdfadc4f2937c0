//! Responses that list invitations: one page, or the whole list as a stream of parts.

use actix_web::{
    HttpResponse,
    web::{Bytes, Data},
};
use futures_util::stream::try_unfold;
use serde_json::to_writer;
use usher_app::{InAccount, Query, RequestContext};
use usher_domain::{
    account::PublicId,
    port::store::Order,
    principal::Credential,
    usecase::view::{Listing, Part, Start},
};
use usher_http_kit::{AppState, problem};

use crate::{
    error::Problem,
    http::defect,
    page::{MAX_ROWS_PER_READ, PageRequest},
    responses::{InvitationResponse, ListResponse},
};

/// The name of the operation in logs.
const NAME: &str = "invitation.list";

/// Typical size of an invitation in JSON, in bytes.
const TYPICAL_SIZE: usize = 256;

/// Returns a page with links to the next and the previous page.
pub(crate) fn page(page: &PageRequest, public_url: &str, listed: &InAccount<Listing>) -> HttpResponse {
    HttpResponse::Ok().json(ListResponse {
        count: listed.value.count,
        results: results(listed).collect(),
        next: page.next(public_url, &listed.value),
        previous: page.previous(public_url),
    })
}

fn results(listed: &InAccount<Listing>) -> impl Iterator<Item = InvitationResponse<'_>> {
    listed.value.items.iter().map(|invitation| InvitationResponse::of(invitation, &listed.actor.account))
}

/// Streams a whole list. The caller has read the first part.
///
/// Only one part is in memory at a time. Each part is read after the client received the previous part. It is read with
/// the same credential, so a caller who loses the permission gets no further part. An invitation that ends during the
/// transfer can be missing; no invitation is sent twice. An error aborts the transfer, so that the client does not
/// mistake the part for the whole list.
pub(crate) fn whole(
    state: Data<AppState>,
    context: &RequestContext,
    credential: Credential,
    first: InAccount<Listing>,
) -> HttpResponse {
    let reader = Reader { state, context: context.clone(), credential };
    let parts = try_unfold((reader, Next::First(Box::new(first))), |(reader, next)| async move {
        let sent = reader.render(next).await?;
        Ok::<_, actix_web::Error>(sent.map(|(text, next)| (text, (reader, next))))
    });
    HttpResponse::Ok().content_type("application/json").streaming(parts)
}

/// The next part of a whole list.
enum Next {
    /// The first part.
    First(Box<InAccount<Listing>>),
    /// The part after this invitation.
    After(PublicId),
    /// No part: the list is complete.
    End,
}

/// Reads the parts of a whole list.
struct Reader {
    state: Data<AppState>,
    context: RequestContext,
    credential: Credential,
}

impl Reader {
    /// Returns the text of a part and the part after it, or `None` at the end of the list.
    async fn render(&self, next: Next) -> Result<Option<(Bytes, Next)>, Problem> {
        let (listed, mut text) = match next {
            Next::End => return Ok(None),
            Next::First(listed) => {
                let begin = format!("{{\"count\":{},\"results\":[", listed.value.count);
                (*listed, begin.into_bytes())
            }
            Next::After(cursor) => {
                let listed = self.read(cursor).await?;
                let separator = if listed.value.items.is_empty() { Vec::new() } else { b",".to_vec() };
                (listed, separator)
            }
        };
        write(&mut text, &listed)?;
        let next = match listed.value.next() {
            Some(cursor) => Next::After(cursor.clone()),
            None if listed.value.more => return Err(defect(NAME, "no row of a part can be read")),
            None => {
                text.extend_from_slice(b"],\"next\":null,\"previous\":null}");
                Next::End
            }
        };
        Ok(Some((text.into(), next)))
    }

    /// Reads a part, with its own time budget: the client decides when the part is read.
    async fn read(&self, cursor: PublicId) -> Result<InAccount<Listing>, Problem> {
        let context = self.context.id().map_or_else(RequestContext::internal, RequestContext::new);
        let part = Part { limit: MAX_ROWS_PER_READ, start: Start::Behind(cursor), order: Order::OldestFirst };
        let query = Query { context, credential: self.credential.clone(), query: Some(part) };
        let listed = self.state.app.invitations().list(query).await;
        listed.map_err(|rejection| problem(rejection, None))
    }
}

/// Appends the invitations of a part, separated by commas.
fn write(text: &mut Vec<u8>, listed: &InAccount<Listing>) -> Result<(), Problem> {
    text.reserve(listed.value.items.len() * TYPICAL_SIZE);
    for (index, invitation) in results(listed).enumerate() {
        if index > 0 {
            text.push(b',');
        }
        to_writer(&mut *text, &invitation).map_err(|error| defect(NAME, error))?;
    }
    Ok(())
}
