//! `GET`, `POST /invitations`; `GET`, `DELETE`, `POST /invitations/{id}`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload, Query},
};
use usher_app::InAccount;
use usher_domain::{
    id::InvitationId,
    idempotency::Answer,
    invitation::{Invitation, InvitationRef},
};
use usher_http_kit::{
    AppState, Parsed, call, context,
    credentials::bearer_credential,
    idempotency_key,
    json::{self, Members},
    problem, query,
};

use crate::{
    PREFIX, Settings,
    error::{ErrorResponse, Problem},
    http::{Content, content, json_answer, no_content, respond},
    list,
    openapi::{Failed, RejectedBody, RejectedWrite, Unidentified},
    page::{PageParameters, PageRequest},
    requests::InvitationRequest,
    responses::{CreatedResponse, InvitationResponse, ListResponse},
};

/// `GET /invitations`: all open invitations, or a part with `limit` and `offset`.
#[utoipa::path(
    get,
    context_path = PREFIX,
    path = "/invitations",
    tag = "invitations",
    operation_id = "listInvitations",
    summary = "List invitations",
    params(PageParameters),
    responses(
        (status = 200, description = "A page of the open invitations, or all of them without `limit`", body = ListResponse),
        (status = 400, description = "`BadRequest`: a parameter is out of its bounds", body = ErrorResponse),
        (status = 403, description = "`Forbidden`: the caller's roles see no invitations", body = ErrorResponse),
        Unidentified,
        Failed,
    )
)]
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
    if page.is_unlimited() && listed.value.more {
        return Ok(list::whole(state, &context, credential, listed));
    }
    Ok(list::page(&page, &state.public_url, &listed))
}

/// `POST /invitations`: invites, by default as `GlobalAdmin`.
#[utoipa::path(
    post,
    context_path = PREFIX,
    path = "/invitations",
    tag = "invitations",
    operation_id = "createInvitation",
    summary = "Create an invitation",
    request_body = InvitationRequest,
    responses(
        (status = 200, description = "The invitation is created, and its mail is queued", body = CreatedResponse),
        (status = 400, description = "`BadRequest`, `MissingParameter`, `InvalidEmailAddress`, `UnknownRole`: `message` names what is wrong. `RepeatedInvitation`: the address is a member's or has a pending invitation", body = ErrorResponse),
        (status = 403, description = "`Forbidden`: the caller may not invite, or not with these roles", body = ErrorResponse),
        (status = 409, description = "`RequestInProgress`: the first request with the `Idempotency-Key` is still running", body = ErrorResponse),
        Unidentified,
        RejectedBody,
        RejectedWrite,
        Failed,
    )
)]
pub(crate) async fn create(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
    settings: Data<Settings>,
) -> Result<HttpResponse, Problem> {
    let credential = bearer_credential(&request, &state).await?;
    let Content { body, key } = content(&request, payload, &state, **settings).await;
    let command = body.and_then(|body| InvitationRequest::read(&body)?.command(settings.validity));
    let Parsed { request, not_understood } = call(context(&request), credential, key, command);
    let outcome = state.app.invitations().create(request, Arc::new(created)).await;
    respond(outcome, not_understood)
}

/// `GET /invitations/{id}`
#[utoipa::path(
    get,
    context_path = PREFIX,
    path = "/invitations/{id}",
    tag = "invitations",
    operation_id = "getInvitation",
    summary = "Get an invitation",
    params(("id" = i64, Path, minimum = 1, description = "The invitation's `id`")),
    responses(
        (status = 200, description = "The invitation", body = InvitationResponse),
        (status = 403, description = "`Forbidden`: the caller's roles see no invitations", body = ErrorResponse),
        (status = 404, description = "`NotFound`: the account has no open invitation with this id", body = ErrorResponse),
        Unidentified,
        Failed,
    )
)]
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
#[utoipa::path(
    delete,
    context_path = PREFIX,
    path = "/invitations/{id}",
    tag = "invitations",
    operation_id = "deleteInvitation",
    summary = "Delete an invitation",
    params(("id" = i64, Path, minimum = 1, description = "The invitation's `id`")),
    responses(
        (status = 204, description = "The invitation is revoked"),
        (status = 400, description = "`BadRequest`: the `Idempotency-Key` cannot be read", body = ErrorResponse),
        (status = 403, description = "`Forbidden`: the caller could not have created this invitation", body = ErrorResponse),
        (status = 404, description = "`NotFound`: the account has no open or expired invitation with this id", body = ErrorResponse),
        (status = 409, description = "`RequestInProgress`: the first request with the `Idempotency-Key` is still running", body = ErrorResponse),
        Unidentified,
        RejectedWrite,
        Failed,
    )
)]
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
#[utoipa::path(
    post,
    context_path = PREFIX,
    path = "/invitations/{id}",
    tag = "invitations",
    operation_id = "resendInvitation",
    summary = "Resend an invitation",
    params(("id" = i64, Path, minimum = 1, description = "The invitation's `id`")),
    request_body(content = Option<Object>, description = "`{}`, or nothing"),
    responses(
        (status = 200, description = "The invitation is renewed, and its next mail is queued", body = CreatedResponse),
        (status = 400, description = "`BadRequest`: the body is not one JSON object, or the `Idempotency-Key` cannot be read. `RepeatedInvitation`: the address has another pending invitation", body = ErrorResponse),
        (status = 403, description = "`Forbidden`: the caller could not have created this invitation", body = ErrorResponse),
        (status = 404, description = "`NotFound`: the account has no open or expired invitation with this id", body = ErrorResponse),
        (status = 409, description = "`RequestInProgress`: the first request with the `Idempotency-Key` is still running", body = ErrorResponse),
        Unidentified,
        RejectedBody,
        RejectedWrite,
        Failed,
    )
)]
pub(crate) async fn resend(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
    settings: Data<Settings>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let credential = bearer_credential(&request, &state).await?;
    let Content { body, key } = content(&request, payload, &state, **settings).await;
    let command = body.and_then(|body| expect_nothing(&body)).and_then(|()| number(&id));
    let Parsed { request, not_understood } = call(context(&request), credential, key, command);
    let outcome = state.app.invitations().resend(request, Arc::new(sent)).await;
    respond(outcome, not_understood)
}

fn created(created: &InAccount<Invitation>) -> Answer {
    sent(&created.value)
}

fn sent(invitation: &Invitation) -> Answer {
    json_answer(&CreatedResponse::of(invitation))
}

/// The body of a resend says nothing: it is one JSON object, or empty.
fn expect_nothing(body: &[u8]) -> Result<(), Problem> {
    if body.is_empty() {
        return Ok(());
    }
    Ok(json::read(body, Members::Any, |_, _| Some(()))?)
}

/// Ids are positive numbers; any other text names no invitation.
fn number(text: &str) -> Result<InvitationId, Problem> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number
        .map(InvitationId::new)
        .ok_or_else(|| Problem::not_found("there is no pending invitation with this id"))
}
