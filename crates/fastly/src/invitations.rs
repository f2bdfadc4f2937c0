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
use usher_http_kit::{
    self as kit, AppState, Parsed, body, context, idempotency_key, names::check_parameters,
};

use crate::{
    credential::credential,
    error::{CommonErrors, CommonWriteErrors, ErrorBody, FastlyProblem},
    examples,
    invitation::{InvitationCollection, InvitationDocument, InvitationResource},
    page::{PageParameters, PageRequest, Paging},
    request::{self as invite_request, RequestedInvite, shape::InvitationRequest},
    response::{document, no_content, write_response, written_document},
    settings::FastlySettings,
};

/// `GET /invitations`: lists the open invitations of the account, newest first.
#[utoipa::path(
    get,
    path = "/invitations",
    tag = "invitations",
    operation_id = "listInvitations",
    summary = "List invitations",
    params(PageParameters),
    responses(
        (status = 200, description = "A page of the open invitations, newest first", body = InvitationCollection, content_type = "application/vnd.api+json", example = json!(examples::invitations())),
        (status = 400, description = "A parameter is invalid", body = ErrorBody),
        (status = 403, description = "The caller may not see invitations", body = ErrorBody),
        CommonErrors,
    )
)]
pub(crate) async fn list(
    request: HttpRequest,
    state: Data<AppState>,
    query: Query<Vec<(String, String)>>,
) -> Result<HttpResponse, FastlyProblem> {
    let credential = credential(&request, &state).await?;
    let page = PageRequest::of_request(&request, &query);
    let part = page.clone().map(|page| page.part());
    let Parsed { input: query, not_understood } = kit::query(context(&request), credential, part);
    let listed = state.app.invitations().list(query).await;
    let InAccount { actor, value: listing } =
        listed.map_err(|rejection| kit::problem(rejection, not_understood))?;
    let paging = Paging::by_cursor(&format!("{}/invitations", state.public_url), &page?, &listing);
    let listed = listing.items.iter().map(|open| InvitationResource::listed(open, &actor.account));
    document(&InvitationCollection::new(listed, paging))
}

/// `POST /invitations`: invites an address to the account.
#[utoipa::path(
    post,
    path = "/invitations",
    tag = "invitations",
    operation_id = "createInvitation",
    summary = "Create an invitation",
    request_body(
        content(
            (InvitationRequest = "application/vnd.api+json", example = json!(examples::request())),
            (InvitationRequest = "application/json", example = json!(examples::request()))
        )
    ),
    responses(
        (status = 200, description = "The invitation; its mail is queued", body = InvitationDocument, content_type = "application/vnd.api+json", example = json!(examples::invitation())),
        (status = 400, description = "A member of the body or a parameter is invalid, and `detail` names it; or the `Idempotency-Key` is invalid", body = ErrorBody),
        (status = 403, description = "The caller may not create this invitation", body = ErrorBody),
        (status = 408, description = "The body did not arrive in time", body = ErrorBody),
        (status = 409, description = "The address has an open invitation or is a member's; or the first request with the `Idempotency-Key` is still running", body = ErrorBody),
        (status = 413, description = "The body is larger than 64 KiB", body = ErrorBody),
        CommonErrors,
        CommonWriteErrors,
    )
)]
pub(crate) async fn create(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
    settings: Data<FastlySettings>,
) -> Result<HttpResponse, FastlyProblem> {
    let credential = credential(&request, &state).await?;
    let body = body::read(payload, state.body_timeout).await;
    let key = idempotency_key::of_request(&request, &state.app, body.as_deref().ok());
    let command = body.map_err(Into::into).and_then(|body| command(&request, &body, settings.validity));
    let Parsed { input: call, not_understood } = kit::call(context(&request), credential, key, command);
    let outcome = state.app.invitations().create(call, Arc::new(render_created)).await;
    let result = outcome.result.map_err(|rejection| kit::problem(rejection, not_understood));
    Ok(write_response(result, outcome.quota))
}

/// `DELETE /invitations/{invitation_id}`: revokes an invitation.
#[utoipa::path(
    delete,
    path = "/invitations/{invitation_id}",
    tag = "invitations",
    operation_id = "deleteInvitation",
    summary = "Delete an invitation",
    params(("invitation_id" = String, Path, description = "The id of the invitation", example = "2bXr7KqVn0mTz5LcWd8Yp4")),
    responses(
        (status = 204, description = "Deleted; its link no longer works"),
        (status = 400, description = "The `Idempotency-Key` is invalid, or a parameter is not accepted here", body = ErrorBody),
        (status = 403, description = "The caller could not have created this invitation", body = ErrorBody),
        (status = 404, description = "The account has no open or expired invitation with this id", body = ErrorBody),
        (status = 409, description = "The first request with the `Idempotency-Key` is still running", body = ErrorBody),
        CommonErrors,
        CommonWriteErrors,
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
    let named = check_parameters(&request, &[]).map(|()| named).map_err(FastlyProblem::from);
    let Parsed { input: call, not_understood } = kit::call(context(&request), credential, key, named);
    let outcome = state.app.invitations().revoke(call, Arc::new(|()| no_content())).await;
    let result = outcome.result.map_err(|rejection| with_id(kit::problem(rejection, not_understood), &id));
    Ok(write_response(result, outcome.quota))
}

fn render_created(invited: &InAccount<Invitation>) -> Answer {
    let open = invited.value.clone().into();
    written_document(&InvitationDocument::new(InvitationResource::created(&open, &invited.actor.account)))
}

fn command(request: &HttpRequest, body: &[u8], validity: TimeDelta) -> Result<Invite, FastlyProblem> {
    check_parameters(request, &[])?;
    let RequestedInvite { email, grant } = invite_request::read(body)?;
    Ok(Invite::new(email, grant, validity))
}

/// Puts the id into a 404. The use case does not know how the caller spelled it.
fn with_id(problem: FastlyProblem, id: &str) -> FastlyProblem {
    if problem.status() == StatusCode::NOT_FOUND { FastlyProblem::no_invitation(id) } else { problem }
}
