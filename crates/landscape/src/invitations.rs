//! `GET`, `POST /invitations`; `GET`, `DELETE`, `POST /invitations/{id}`.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload, Query},
};
use chrono::TimeDelta;
use serde_json::json;
use usher_domain::{
    address::EmailAddress,
    env::Env,
    id::InvitationId,
    idempotency::Answer,
    invitation::{Invitation, InvitationRef},
    port::Tx,
    principal::Actor,
    role::{GLOBAL_ADMIN, Grant},
    text::DisplayText,
    usecase::{invite::Invite, resend, revoke::revoke},
};

use super::{
    error::Problem,
    list::{InvitationResponse, PageRequest, part, whole},
    request::{
        body, complete, credential, fields, json_answer, no_content, optional_fields, write_in_account,
    },
};
use crate::http::{call::Call, gathered, idempotency::Answered, json::Fields, state::AppState};

/// `GET /invitations`: all that are open, or a part with `limit` and `offset`.
pub(super) async fn list(
    request: HttpRequest,
    state: Data<AppState>,
    query: Query<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let credential = credential(&request, &state).await?;
    let page = PageRequest::of_query(&query);
    let listed = gathered::ask(
        &state,
        &state.gathered.lists,
        credential.clone(),
        page.clone().map(|page| page.part()),
    )
    .await?;
    let page = page?;
    if page.limit.is_none() && listed.value.more {
        return Ok(whole(state, credential, listed));
    }
    part(&page, &state.public_url, &listed)
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
    let done = gathered::invite(&state, credential, call, |done| created(&done.value)).await;
    Ok(mailed(&state, done.map_err(|refused| refused.value)?.value))
}

/// `GET /invitations/{id}`
pub(super) async fn get(
    request: HttpRequest,
    state: Data<AppState>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let credential = credential(&request, &state).await?;
    let got = gathered::ask(&state, &state.gathered.gets, credential, number(&id)).await?;
    Ok(HttpResponse::Ok().json(InvitationResponse::of(&got.value, &got.actor.account)))
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
