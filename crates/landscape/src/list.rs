//! What a list looks like, in parts and whole.

use actix_web::{
    HttpResponse,
    web::{Bytes, Data},
};
use futures_util::stream::try_unfold;
use serde::Serialize;
use serde_json::{to_string, to_writer};
use usher_app::{InAccount, Query, RequestContext, telemetry};
use usher_domain::{
    account::{Account, PublicId},
    invitation::OpenInvitation,
    port::{StoreError, store::Order},
    principal::Credential,
    usecase::view::{Listing, Part, Start},
};
use usher_http_kit::{AppState, moment::iso, problem};

use super::{PREFIX, error::Problem};

/// Rows of a whole list that are read, and held in memory, at once.
const CHUNK: u32 = 500;

/// Octets that an invitation mostly takes.
const USUAL: usize = 256;

/// One invitation on the wire; the fields and their order are those of Landscape's reference.
#[derive(Serialize)]
pub(crate) struct InvitationResponse<'a> {
    id: i64,
    /// Empty for those who may see the invitation but could not have made it.
    secure_id: &'a str,
    account: &'a str,
    name: &'a str,
    email: &'a str,
    /// When the newest mail was asked for: clients show this plus 14 days as the end.
    creation_time: String,
}

impl<'a> InvitationResponse<'a> {
    /// As its account shows it.
    pub(crate) fn of(invitation: &'a OpenInvitation, account: &'a Account) -> Self {
        Self {
            id: invitation.id.get(),
            secure_id: invitation.secure_id.as_ref().map_or("", |id| id.as_str()),
            account: account.title.as_str(),
            name: invitation.name.as_ref().map_or("", |name| name.as_str()),
            email: invitation.email.as_str(),
            creation_time: iso(invitation.sent_at),
        }
    }
}

/// Which part of the list is wanted: `limit` and `offset`, and in links of ours `cursor`, the place where the part begins, which
/// costs the same wherever it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageRequest {
    pub(crate) limit: Option<u32>,
    offset: u32,
    cursor: Option<PublicId>,
}

impl PageRequest {
    /// Of a name that is there twice the first counts; other names mean nothing.
    pub(crate) fn of_query(query: &[(String, String)]) -> Result<Self, Problem> {
        let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let limit = value("limit").map(|text| whole_number(text, "limit", 1..=1000)).transpose()?;
        let offset = value("offset").map(|text| whole_number(text, "offset", 0..=u32::MAX)).transpose()?;
        let cursor = value("cursor").map(|text| {
            PublicId::parse(text).ok_or_else(|| {
                Problem::bad_request(
                    "cursor must be one of a `next` link; leave it out to begin with the first page",
                )
            })
        });
        Ok(Self { limit, offset: offset.unwrap_or(0), cursor: cursor.transpose()? })
    }

    /// What is asked for first.
    pub(crate) fn part(&self) -> Part {
        let start = self.cursor.clone().map_or(Start::Offset(self.offset.into()), Start::Behind);
        Part { limit: self.limit.unwrap_or(CHUNK), start, order: Order::OldestFirst }
    }

    /// Absolute links to the neighbouring parts; none without a `limit`, as everything is there then.
    fn links(&self, public_url: &str, listing: &Listing) -> Links {
        let Some(limit) = self.limit else { return Links::default() };
        let link = |offset: u32| format!("{public_url}{PREFIX}/invitations?limit={limit}&offset={offset}");
        let next = listing.more.then(|| {
            let link = link(self.offset.saturating_add(limit));
            listing.next().map_or_else(|| link.clone(), |cursor| format!("{link}&cursor={cursor}"))
        });
        let previous = (self.offset > 0).then(|| link(self.offset.saturating_sub(limit)));
        Links { next, previous }
    }
}

/// Where the neighbouring parts are.
#[derive(Default, Serialize)]
struct Links {
    next: Option<String>,
    previous: Option<String>,
}

fn whole_number(text: &str, name: &str, bounds: std::ops::RangeInclusive<u32>) -> Result<u32, Problem> {
    text.parse().ok().filter(|number| bounds.contains(number)).ok_or_else(|| {
        Problem::bad_request(format_args!(
            "{name} must be a whole number from {} to {}",
            bounds.start(),
            bounds.end()
        ))
    })
}

/// A whole list whose first part has been read.
///
/// It takes as much memory as one part. Each part is read when the client has taken the one before it, with the same credential,
/// so a caller who loses the right to see the list gets no further part. An invitation that ends meanwhile is left out, and none is
/// sent twice. An error breaks the transfer off, so that no client takes half a list for a whole one.
pub(crate) fn whole(
    state: Data<AppState>,
    context: &RequestContext,
    credential: Credential,
    first: InAccount<Listing>,
) -> HttpResponse {
    let reader = Reader { state, context: context.clone(), credential };
    let parts = try_unfold((reader, Next::First(Box::new(first))), |(reader, next)| async move {
        let sent = reader.proceed(next).await?;
        Ok::<_, actix_web::Error>(sent.map(|(text, next)| (text, (reader, next))))
    });
    HttpResponse::Ok().content_type("application/json").streaming(parts)
}

/// What of a whole list is sent next.
enum Next {
    /// The first part.
    First(Box<InAccount<Listing>>),
    /// The part behind that invitation.
    Behind(PublicId),
    /// Nothing: the list is complete.
    End,
}

/// Reads the parts of a whole list.
struct Reader {
    state: Data<AppState>,
    context: RequestContext,
    credential: Credential,
}

impl Reader {
    /// The text to send now, and what to send next.
    async fn proceed(&self, next: Next) -> Result<Option<(Bytes, Next)>, Problem> {
        let (listed, mut text) = match next {
            Next::End => return Ok(None),
            Next::First(listed) => {
                let begin = format!("{{\"count\":{},\"results\":[", listed.value.count);
                (*listed, begin.into_bytes())
            }
            Next::Behind(cursor) => {
                let listed = self.read(cursor).await?;
                let separator = if listed.value.items.is_empty() { Vec::new() } else { b",".to_vec() };
                (listed, separator)
            }
        };
        write(&mut text, &listed)?;
        let next = match listed.value.next() {
            Some(cursor) => Next::Behind(cursor.clone()),
            None if listed.value.more => return Err(defect("no row of a part can be read")),
            None => {
                text.extend_from_slice(b"],\"next\":null,\"previous\":null}");
                Next::End
            }
        };
        Ok(Some((text.into(), next)))
    }

    /// Each part has a time budget of its own: the client decides when it is read.
    async fn read(&self, cursor: PublicId) -> Result<InAccount<Listing>, Problem> {
        let context = self.context.id().map_or_else(RequestContext::internal, RequestContext::new);
        let part = Part { limit: CHUNK, start: Start::Behind(cursor), order: Order::OldestFirst };
        let query = Query { context, credential: self.credential.clone(), query: Some(part) };
        let listed = self.state.app.invitations().list(query).await;
        listed.map_err(|rejection| problem(rejection, None))
    }
}

/// The invitations of a part, separated by commas.
fn write(text: &mut Vec<u8>, listed: &InAccount<Listing>) -> Result<(), Problem> {
    let items = &listed.value.items;
    text.reserve(items.len() * USUAL);
    for (index, invitation) in items.iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        to_writer(&mut *text, &InvitationResponse::of(invitation, &listed.actor.account)).map_err(defect)?;
    }
    Ok(())
}

/// A part with the links to the parts around it.
pub(crate) fn part(
    page: &PageRequest,
    public_url: &str,
    listed: &InAccount<Listing>,
) -> Result<HttpResponse, Problem> {
    let mut text = format!("{{\"count\":{},\"results\":[", listed.value.count).into_bytes();
    write(&mut text, listed)?;
    let links = to_string(&page.links(public_url, &listed.value)).map_err(defect)?;
    // The members of the links continue the object.
    text.extend_from_slice(b"],");
    text.extend_from_slice(links.trim_start_matches('{').as_bytes());
    Ok(HttpResponse::Ok().content_type("application/json").body(text))
}

/// The problem of a defect in this edge, which is logged here: the application does not see it.
fn defect(cause: impl std::fmt::Display) -> Problem {
    let error = StoreError::defect(cause.to_string());
    telemetry::defect("invitation.list", &error);
    error.into()
}
