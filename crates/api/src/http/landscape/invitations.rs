//! `GET`, `POST /invitations`; `GET`, `DELETE`, `POST /invitations/{id}`.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload, Query},
};
use chrono::TimeDelta;
use serde::Serialize;
use serde_json::json;
use usher_domain::{
    address::EmailAddress,
    env::Env,
    id::InvitationId,
    idempotency::Answer,
    invitation::{Invitation, InvitationRef},
    port::{
        Tx,
        store::{Order, Page},
    },
    principal::Actor,
    role::{GLOBAL_ADMIN, Grant},
    text::DisplayText,
    usecase::{
        invite::{Invite, invite},
        resend,
        revoke::revoke,
        view::{self, InvitationView, ViewError},
    },
};

use super::{
    PREFIX,
    error::Problem,
    request::{
        body, complete, credential, fields, json_answer, no_content, optional_fields, read_in_account,
        write_in_account,
    },
};
use crate::{
    http::{call::Call, idempotency::Answered, json::Fields, state::AppState},
    moment::iso,
};

/// One invitation on the wire; the fields and their order are those of Landscape's reference.
#[derive(Serialize)]
struct InvitationResponse {
    id: i64,
    /// Empty for those who may see the invitation but could not have made it.
    secure_id: String,
    account: String,
    name: String,
    email: String,
    /// When the newest mail was asked for: clients show this plus 14 days as the end.
    creation_time: String,
}

impl From<InvitationView> for InvitationResponse {
    fn from(view: InvitationView) -> Self {
        let invitation = view.invitation;
        Self {
            id: invitation.id.get(),
            secure_id: view.secure_id.map(|id| id.to_string()).unwrap_or_default(),
            account: view.account_title.to_string(),
            name: invitation.name.map(|name| name.to_string()).unwrap_or_default(),
            email: invitation.email.to_string(),
            creation_time: iso(invitation.sent_at),
        }
    }
}

#[derive(Serialize)]
struct ListResponse {
    count: u64,
    results: Vec<InvitationResponse>,
    next: Option<String>,
    previous: Option<String>,
}

/// `GET /invitations`: all that are open, or a part with `limit` and `offset`.
pub(super) async fn list(
    request: HttpRequest,
    state: Data<AppState>,
    query: Query<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let credential = credential(&request, &state).await?;
    let page = page(&query);
    let work = |tx: &mut dyn Tx, env: &Env, actor: &Actor, page: &Page| {
        Ok::<_, ViewError>((view::list(tx, env, actor, *page)?, *page))
    };
    let (listing, page) = read_in_account(&state, credential, "landscape.list", page, work).await?;
    let (next, previous) = links(&state.public_url, page, listing.count);
    let results = listing.items.into_iter().map(Into::into).collect();
    Ok(HttpResponse::Ok().json(ListResponse { count: listing.count, results, next, previous }))
}

/// `POST /invitations`: invites, by default as `GlobalAdmin`.
pub(super) async fn create(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let credential = credential(&request, &state).await?;
    let body = body(&request, payload, &state).await;
    let key = state.repeats.key(&request, body.as_deref().ok());
    let validity = state.landscape.validity;
    let command = body.and_then(|body| invitation_request(fields(&body)?, validity));
    let call = Call { name: "landscape.invite", key, command };
    let work = |tx: &mut dyn Tx, env: &Env, actor: &Actor, command: &Invite| {
        invite(tx, env, actor, command).map(|invitation| created(&invitation))
    };
    Ok(mailed(&state, write_in_account(&state, credential, call, work).await?))
}

/// `GET /invitations/{id}`
pub(super) async fn get(
    request: HttpRequest,
    state: Data<AppState>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let credential = credential(&request, &state).await?;
    let work = |tx: &mut dyn Tx, env: &Env, actor: &Actor, id: &InvitationId| view::get(tx, env, actor, *id);
    let view = read_in_account(&state, credential, "landscape.get", number(&id), work).await?;
    Ok(HttpResponse::Ok().json(InvitationResponse::from(view)))
}

/// `DELETE /invitations/{id}`: revokes.
pub(super) async fn delete(
    request: HttpRequest,
    state: Data<AppState>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let credential = credential(&request, &state).await?;
    let named = number(&id).map_or(InvitationRef::Nothing, InvitationRef::from);
    let call =
        Call { name: "landscape.revoke", key: state.repeats.key(&request, Some(&[])), command: Ok(named) };
    let work = |tx: &mut dyn Tx, env: &Env, actor: &Actor, named: &InvitationRef| {
        revoke(tx, env, actor, named).map(|()| no_content())
    };
    Ok(write_in_account(&state, credential, call, work).await?.into_response())
}

/// `POST /invitations/{id}`: resends. The body, `{}` or nothing, says nothing.
pub(super) async fn resend(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let credential = credential(&request, &state).await?;
    let body = body(&request, payload, &state).await;
    let key = state.repeats.key(&request, body.as_deref().ok());
    let command = body.and_then(|body| optional_fields(&body)).and_then(|_| number(&id));
    let call = Call { name: "landscape.resend", key, command };
    let work = |tx: &mut dyn Tx, env: &Env, actor: &Actor, id: &InvitationId| {
        resend::resend(tx, env, actor, *id).map(|sent| created(&sent))
    };
    Ok(mailed(&state, write_in_account(&state, credential, call, work).await?))
}

fn created(invitation: &Invitation) -> Answer {
    json_answer(&json!({ "id": invitation.id.get(), "secure_id": invitation.secure_id.as_str() }))
}

/// The answer to what queued a mail.
fn mailed(state: &AppState, answered: Answered) -> HttpResponse {
    if !answered.replayed {
        state.wake.notify_one();
    }
    answered.into_response()
}

fn invitation_request(mut fields: Fields, validity: TimeDelta) -> Result<Invite, Problem> {
    let name = fields.text("name");
    let email = fields.text("email");
    let roles = fields.optional_texts("roles");
    complete(&fields)?;
    // An empty list means "no role specified" too: nobody can be a member without a role.
    let roles = roles.filter(|roles| !roles.is_empty()).unwrap_or_else(|| vec![GLOBAL_ADMIN.to_owned()]);
    let email =
        EmailAddress::parse(&email).map_err(|error| Problem::invalid_email(format_args!("email {error}")));
    let name = DisplayText::parse(&name).map_err(|error| Problem::bad_request(format_args!("name {error}")));
    let grant = Grant::of_roles(roles.iter().map(String::as_str)).map_err(Problem::from);
    match (email, name, grant) {
        (Ok(email), Ok(name), Ok(grant)) => Ok(Invite { email, name: Some(name), grant, validity }),
        (email, name, grant) => {
            let problems = [email.err(), name.err(), grant.err()];
            Err(Problem::joined(problems.into_iter().flatten()))
        }
    }
}

/// Only positive numbers name invitations; anything else names none.
fn number(text: &str) -> Result<InvitationId, Problem> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number
        .map(InvitationId::new)
        .ok_or_else(|| Problem::not_found("there is no pending invitation with this id"))
}

fn page(query: &[(String, String)]) -> Result<Page, Problem> {
    let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let limit = value("limit").map(|text| whole(text, "limit", 1..=1000)).transpose()?;
    let offset = value("offset").map(|text| whole(text, "offset", 0..=u32::MAX)).transpose()?;
    Ok(Page { limit, offset: u64::from(offset.unwrap_or(0)), order: Order::OldestFirst })
}

fn whole(text: &str, name: &str, bounds: std::ops::RangeInclusive<u32>) -> Result<u32, Problem> {
    text.parse().ok().filter(|number| bounds.contains(number)).ok_or_else(|| {
        Problem::bad_request(format_args!(
            "{name} must be a whole number from {} to {}",
            bounds.start(),
            bounds.end()
        ))
    })
}

/// Absolute links to the neighbouring parts; none without a `limit`, as everything is there then.
fn links(public_url: &str, page: Page, count: u64) -> (Option<String>, Option<String>) {
    let Some(limit) = page.limit else { return (None, None) };
    let link = |offset: u64| format!("{public_url}{PREFIX}/invitations?limit={limit}&offset={offset}");
    let after = page.offset + u64::from(limit);
    let next = (after < count).then(|| link(after));
    let previous = (page.offset > 0).then(|| link(page.offset.saturating_sub(u64::from(limit))));
    (next, previous)
}
