//! `GET`, `POST /invitations`; `DELETE /invitations/{invitation_id}`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Payload, Query},
};
use chrono::TimeDelta;
use usher_app::InAccount;
use usher_domain::{
    account::PublicId,
    idempotency::Answer,
    invitation::{Invitation, InvitationRef},
    usecase::invite::Invite,
};
use usher_http_kit::{self as kit, AppState, Parsed, body, context, idempotency_key};

use crate::{
    Settings,
    answer::{document, no_content, write_response, written_document},
    credential::credential,
    error::{ErrorBody, FastlyProblem},
    invitation::{InvitationCollection, InvitationDocument, InvitationResource},
    openapi::{Refused, RefusedWrite},
    page::{PageParameters, PageRequest, Paging},
    request::{self, shape::InvitationRequest},
};

/// `GET /invitations`: the open invitations of the token's customer, the newest first.
#[utoipa::path(
    get,
    path = "/invitations",
    tag = "invitations",
    operation_id = "listInvitations",
    summary = "List invitations",
    params(PageParameters),
    responses(
        (status = 200, description = "A page of the open invitations, the newest first", body = InvitationCollection, content_type = "application/vnd.api+json"),
        (status = 400, description = "A parameter is out of its bounds", body = ErrorBody),
        (status = 403, description = "The caller's role sees no invitations", body = ErrorBody),
        Refused,
    )
)]
pub(crate) async fn list(
    request: HttpRequest,
    state: Data<AppState>,
    query: Query<Vec<(String, String)>>,
) -> Result<HttpResponse, FastlyProblem> {
    let credential = credential(&request, &state).await?;
    let page = PageRequest::of_query(&query);
    let part = page.clone().map(|page| page.part());
    let Parsed { request: query, not_understood } = kit::query(context(&request), credential, part);
    let listed = state.app.invitations().list(query).await;
    let InAccount { actor, value: listing } =
        listed.map_err(|rejection| kit::problem(rejection, not_understood))?;
    let paging = Paging::of_listing(&format!("{}/invitations", state.public_url), &page?, &listing);
    let listed = listing.items.iter().map(|open| InvitationResource::listed(open, &actor.account));
    document(&InvitationCollection::of(listed, paging))
}

/// `POST /invitations`: invites.
#[utoipa::path(
    post,
    path = "/invitations",
    tag = "invitations",
    operation_id = "createInvitation",
    summary = "Create an invitation",
    request_body(
        content((InvitationRequest = "application/vnd.api+json"), (InvitationRequest = "application/json"))
    ),
    responses(
        (status = 200, description = "The invitation; its mail is queued", body = InvitationDocument, content_type = "application/vnd.api+json"),
        (status = 400, description = "The body says something that cannot be, and `detail` names the member; or the `Idempotency-Key` cannot be read", body = ErrorBody),
        (status = 403, description = "The caller may not invite, or not as this", body = ErrorBody),
        (status = 408, description = "The body did not arrive in time", body = ErrorBody),
        (status = 409, description = "The address is invited already, or a member's; or the first request with the `Idempotency-Key` is being worked on", body = ErrorBody),
        (status = 413, description = "The body is larger than 64 KiB", body = ErrorBody),
        Refused,
        RefusedWrite,
    )
)]
pub(crate) async fn create(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
    settings: Data<Settings>,
) -> Result<HttpResponse, FastlyProblem> {
    let credential = credential(&request, &state).await?;
    let body = body::read(payload, state.body_timeout).await;
    let key = idempotency_key::of_request(&request, &state.app, body.as_deref().ok());
    let command = body.map_err(Into::into).and_then(|body| command(&body, settings.validity));
    let Parsed { request: call, not_understood } = kit::call(context(&request), credential, key, command);
    let outcome = state.app.invitations().create(call, Arc::new(created)).await;
    let result = outcome.result.map_err(|rejection| kit::problem(rejection, not_understood));
    Ok(write_response(result, outcome.quota))
}

/// `DELETE /invitations/{invitation_id}`: revokes.
#[utoipa::path(
    delete,
    path = "/invitations/{invitation_id}",
    tag = "invitations",
    operation_id = "deleteInvitation",
    summary = "Delete an invitation",
    params(("invitation_id" = String, Path, description = "Alphanumeric string identifying an invitation")),
    responses(
        (status = 204, description = "Deleted: its link works no more"),
        (status = 400, description = "The `Idempotency-Key` cannot be read", body = ErrorBody),
        (status = 403, description = "The caller could not have made this invitation", body = ErrorBody),
        (status = 404, description = "The customer has no such invitation that is open or expired", body = ErrorBody),
        (status = 409, description = "The first request with the `Idempotency-Key` is being worked on", body = ErrorBody),
        Refused,
        RefusedWrite,
    )
)]
pub(crate) async fn delete(
    request: HttpRequest,
    state: Data<AppState>,
    id: Path<String>,
) -> Result<HttpResponse, FastlyProblem> {
    let credential = credential(&request, &state).await?;
    let key = idempotency_key::of_request(&request, &state.app, Some(&[]));
    let named = PublicId::parse(&id).map_or(InvitationRef::Nothing, InvitationRef::from);
    let Parsed { request: call, not_understood } = kit::call(context(&request), credential, key, Ok(named));
    let outcome = state.app.invitations().revoke(call, Arc::new(|()| no_content())).await;
    let result = outcome.result.map_err(|rejection| with_id(kit::problem(rejection, not_understood), &id));
    Ok(write_response(result, outcome.quota))
}

fn created(invited: &InAccount<Invitation>) -> Answer {
    let open = invited.value.clone().into();
    written_document(&InvitationDocument::of(InvitationResource::created(&open, &invited.actor.account)))
}

fn command(body: &[u8], validity: TimeDelta) -> Result<Invite, FastlyProblem> {
    let wanted = request::read(body)?;
    Ok(Invite { email: wanted.email, name: None, grant: wanted.grant, validity })
}

/// Names the invitation that was not found. The use case does not know how the caller spelled its id.
fn with_id(problem: FastlyProblem, id: &str) -> FastlyProblem {
    if problem.status() == StatusCode::NOT_FOUND { FastlyProblem::no_invitation(id) } else { problem }
}
