//! `GET`, `POST /invitations`; `DELETE /invitations/{invitation_id}`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Payload, Query},
};
use chrono::TimeDelta;
use usher_domain::{
    account::PublicId,
    env::Env,
    idempotency::Answer,
    invitation::{Invitation as Invited, InvitationRef},
    port::Tx,
    principal::Actor,
    usecase::{invite::Invite, revoke::revoke},
};

use super::{
    answer::{counted, document, nothing, written},
    credential::credential,
    error::{ErrorBody, Problem},
    invitation::{Invitation, InvitationCollection, InvitationDocument},
    openapi::{Refused, RefusedWrite},
    page::{PageParameters, PageRequest, Paging},
    request::{self, shape::InvitationRequest},
};
use crate::http::{
    body,
    call::Call,
    gathered::{self, Done},
    state::AppState,
    unit::{self, Counted},
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
pub(super) async fn list(
    request: HttpRequest,
    state: Data<AppState>,
    query: Query<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let credential = credential(&request, &state).await?;
    let page = PageRequest::of_query(&query);
    let listed =
        gathered::ask(&state, &state.gathered.lists, credential, page.clone().map(|page| page.part()))
            .await?;
    let paging = Paging::of_listing(&format!("{}/invitations", state.public_url), &page?, &listed.value);
    let Done { actor, value: listing } = &listed;
    let listed = listing.items.iter().map(|invitation| Invitation::listed(invitation, &actor.account));
    Ok(document(&InvitationCollection::of(listed, paging)))
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
pub(super) async fn create(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let credential = credential(&request, &state).await?;
    let body = body::read(payload, state.body_timeout).await;
    let key = state.repeats.key(&request, body.as_deref().ok());
    let validity = state.fastly.validity;
    let command = body.map_err(Problem::from).and_then(|body| command(&body, validity));
    let call = Call { name: "fastly.invite", key, command };
    let done = gathered::invite(&state, credential, call, created).await;
    if done.as_ref().is_ok_and(|done| !done.value.replayed) {
        state.wake.notify_one();
    }
    Ok(counted(done))
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
pub(super) async fn delete(
    request: HttpRequest,
    state: Data<AppState>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let credential = credential(&request, &state).await?;
    let named = PublicId::parse(&id).map_or(InvitationRef::Nothing, InvitationRef::from);
    let call =
        Call { name: "fastly.revoke", key: state.repeats.key(&request, Some(&[])), command: Ok(named) };
    let work = |tx: &mut dyn Tx, env: &Env, actor: &Actor, named: &InvitationRef| {
        revoke(tx, env, actor, named).map(|()| nothing())
    };
    let done = unit::write(&state, credential, call, work).await;
    Ok(counted(done.map_err(|refused| Counted { value: named_by(refused.value, &id), ..refused })))
}

fn created(done: &Done<Invited>) -> Answer {
    let invited = done.value.clone().into();
    written(&InvitationDocument::of(Invitation::created(&invited, &done.actor.account)))
}

fn command(body: &[u8], validity: TimeDelta) -> Result<Invite, Problem> {
    let wanted = request::read(body)?;
    Ok(Invite { email: wanted.email, name: None, grant: wanted.grant, validity })
}

/// The use case does not know how the caller spelled the id that it did not find.
fn named_by(problem: Problem, id: &str) -> Problem {
    if problem.status() == StatusCode::NOT_FOUND { Problem::no_invitation(id) } else { problem }
}
