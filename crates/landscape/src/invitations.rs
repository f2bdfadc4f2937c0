//! `GET`, `POST /invitations`; `GET`, `DELETE`, `POST /invitations/{id}`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload, Query},
};
use chrono::TimeDelta;
use serde_json::json;
use usher_app::InAccount;
use usher_domain::{
    address::EmailAddress,
    id::InvitationId,
    idempotency::Answer,
    invitation::{Invitation, InvitationRef},
    role::{GLOBAL_ADMIN, Grant},
    text::DisplayText,
    usecase::invite::Invite,
};
use usher_http_kit::{
    AppState, Parsed, call, context, credentials::bearer_credential, idempotency_key, json::Fields, problem,
    query,
};

use super::{
    Settings,
    error::Problem,
    list::{InvitationResponse, PageRequest, part, whole},
    request::{Content, complete, content, fields, json_answer, no_content, optional_fields, respond},
};

/// `GET /invitations`: all open invitations, or a part with `limit` and `offset`.
pub(crate) async fn list(
    request: HttpRequest,
    state: Data<AppState>,
    parameters: Query<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let credential = bearer_credential(&request, &state).await?;
    let context = context(&request);
    let page = PageRequest::of_query(&parameters);
    let wanted = page.clone().map(|page| page.part());
    let Parsed { request, not_understood } = query(context.clone(), credential.clone(), wanted);
    let listed = state.app.invitations().list(request).await;
    let listed = listed.map_err(|rejection| problem(rejection, not_understood))?;
    let page = page?;
    if page.limit.is_none() && listed.value.more {
        return Ok(whole(state, &context, credential, listed));
    }
    part(&page, &state.public_url, &listed)
}

/// `POST /invitations`: invites, by default as `GlobalAdmin`.
pub(crate) async fn create(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
    settings: Data<Settings>,
) -> Result<HttpResponse, Problem> {
    let credential = bearer_credential(&request, &state).await?;
    let Content { body, key } = content(&request, payload, &state, **settings).await;
    let command = body.and_then(|body| invitation_request(fields(&body)?, settings.validity));
    let Parsed { request, not_understood } = call(context(&request), credential, key, command);
    let outcome = state.app.invitations().create(request, Arc::new(created)).await;
    respond(outcome, not_understood)
}

/// `GET /invitations/{id}`
pub(crate) async fn get(
    request: HttpRequest,
    state: Data<AppState>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let credential = bearer_credential(&request, &state).await?;
    let Parsed { request, not_understood } = query(context(&request), credential, number(&id));
    let got = state.app.invitations().get(request).await;
    let got = got.map_err(|rejection| problem(rejection, not_understood))?;
    Ok(HttpResponse::Ok().json(InvitationResponse::of(&got.value, &got.actor.account)))
}

/// `DELETE /invitations/{id}`: revokes.
pub(crate) async fn delete(
    request: HttpRequest,
    state: Data<AppState>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let credential = bearer_credential(&request, &state).await?;
    let named = number(&id).map_or(InvitationRef::Nothing, InvitationRef::from);
    let key = idempotency_key::of_request(&request, &state.app, Some(&[]));
    let Parsed { request, not_understood } = call(context(&request), credential, key, Ok(named));
    let outcome = state.app.invitations().revoke(request, Arc::new(no_content)).await;
    respond(outcome, not_understood)
}

/// `POST /invitations/{id}`: resends. The body is `{}` or empty.
pub(crate) async fn resend(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
    settings: Data<Settings>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let credential = bearer_credential(&request, &state).await?;
    let Content { body, key } = content(&request, payload, &state, **settings).await;
    let command = body.and_then(|body| optional_fields(&body)).and_then(|_| number(&id));
    let Parsed { request, not_understood } = call(context(&request), credential, key, command);
    let outcome = state.app.invitations().resend(request, Arc::new(sent)).await;
    respond(outcome, not_understood)
}

fn created(created: &InAccount<Invitation>) -> Answer {
    sent(&created.value)
}

fn sent(invitation: &Invitation) -> Answer {
    json_answer(&json!({ "id": invitation.id.get(), "secure_id": invitation.secure_id.as_str() }))
}

fn invitation_request(mut fields: Fields, validity: TimeDelta) -> Result<Invite, Problem> {
    let name = fields.text("name");
    let email = fields.text("email");
    let roles = fields.optional_texts("roles");
    complete(&fields)?;
    // An empty list means the default too: a member has at least one role.
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

/// Ids are positive numbers; any other text names no invitation.
fn number(text: &str) -> Result<InvitationId, Problem> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number
        .map(InvitationId::new)
        .ok_or_else(|| Problem::not_found("there is no pending invitation with this id"))
}
