//! `POST /invitations`; `DELETE`, `POST /invitations/{id}`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use usher_app::InAccount;
use usher_domain::{
    idempotency::Answer,
    invitation::{Invitation, InvitationRef},
};
use usher_http_kit::{
    AppState, Parsed, call, context,
    credentials::bearer_credential,
    idempotency_key,
    json::{self, Members},
    names::check_parameters,
};

use super::number;
use crate::{
    LandscapeSettings, PREFIX,
    error::{ErrorResponse, Problem},
    error_responses::{Failed, RejectedBody, RejectedWrite, Unidentified},
    http::{Content, content, json_answer, no_content, respond},
    requests::InvitationRequest,
    responses::CreatedResponse,
};

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
    settings: Data<LandscapeSettings>,
) -> Result<HttpResponse, Problem> {
    let credential = bearer_credential(&request, &state).await?;
    let Content { body, key } = content(&request, payload, &state, **settings).await;
    let command = body.and_then(|body| InvitationRequest::read(&body)?.command(settings.validity));
    let Parsed { input, not_understood } = call(context(&request), credential, key, command);
    let outcome = state.app.invitations().create(input, Arc::new(created)).await;
    respond(outcome, not_understood)
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
        (status = 400, description = "`BadRequest`: the `Idempotency-Key` cannot be read, or a parameter is not accepted here", body = ErrorResponse),
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
    let named = check_parameters(&request, &[])
        .map(|()| number(&id).map_or(InvitationRef::Nothing, InvitationRef::from))
        .map_err(Problem::from);
    let key = idempotency_key::of_request(&request, &state.app, Some(&[]));
    let Parsed { input, not_understood } = call(context(&request), credential, key, named);
    let outcome = state.app.invitations().revoke(input, Arc::new(no_content)).await;
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
        (status = 400, description = "`BadRequest`: the body is not one JSON object, a member or parameter is not accepted here, or the `Idempotency-Key` cannot be read. `RepeatedInvitation`: the address has another pending invitation", body = ErrorResponse),
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
    settings: Data<LandscapeSettings>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let credential = bearer_credential(&request, &state).await?;
    let Content { body, key } = content(&request, payload, &state, **settings).await;
    let command = body.and_then(|body| expect_nothing(&body)).and_then(|()| number(&id));
    let Parsed { input, not_understood } = call(context(&request), credential, key, command);
    let outcome = state.app.invitations().resend(input, Arc::new(sent)).await;
    respond(outcome, not_understood)
}

fn created(created: &InAccount<Invitation>) -> Answer {
    sent(&created.value)
}

fn sent(invitation: &Invitation) -> Answer {
    json_answer(&CreatedResponse::of(invitation))
}

/// The body of a resend carries no information: it is one JSON object, or empty.
fn expect_nothing(body: &[u8]) -> Result<(), Problem> {
    if body.is_empty() {
        return Ok(());
    }
    Ok(json::read(body, Members::Known(&[]), |_, _| Some(()))?)
}
