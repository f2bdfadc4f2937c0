//! `GET /invitations/{secure_id}/summary`, `POST /accept-invitation`, `POST /reject-invitation`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use usher_app::LinkCaller;
use usher_domain::{
    idempotency::Answer,
    invitation::SecureId,
    usecase::{
        accept::{Accept, AcceptError, Accepted, Acceptor},
        decline::Decline,
    },
};
use usher_http_kit::{
    AppState, Parsed, call, context,
    credentials::{self, CredentialError, bearer_credential},
    names::check_parameters,
};

use crate::{
    LandscapeSettings, PREFIX,
    error::{ErrorResponse, Problem},
    error_responses::{Failed, RejectedBody, RejectedWrite, Unidentified},
    http::{Content, content, json_answer, no_content, respond},
    requests::LinkRequest,
    responses::{AcceptedResponse, SummaryResponse},
};

/// Names an invitation and, with the key of its mail, proves the mailbox.
struct Link {
    secure_id: SecureId,
    key: Option<String>,
}

/// `GET /invitations/{secure_id}/summary`: public. It shows the account's title only.
#[utoipa::path(
    get,
    context_path = PREFIX,
    path = "/invitations/{secure_id}/summary",
    tag = "acceptance",
    operation_id = "getInvitationSummary",
    summary = "Get what everyone may know of an invitation",
    params(("secure_id" = String, Path, description = "The invitation's `secure_id`")),
    security(()),
    responses(
        (status = 200, description = "The title of the account", body = SummaryResponse),
        (status = 400, description = "`BadRequest`: a parameter is not accepted here", body = ErrorResponse),
        (status = 404, description = "`NotFound`: there is no such open invitation", body = ErrorResponse),
        (status = 429, description = "`TooManyRequests`: too many links that do not exist were opened. Repeat the request after `Retry-After`", body = ErrorResponse),
        Failed,
    )
)]
pub(crate) async fn summary(
    request: HttpRequest,
    state: Data<AppState>,
    secure_id: Path<String>,
) -> Result<HttpResponse, Problem> {
    check_parameters(&request, &[])?;
    let secure_id = SecureId::parse(&secure_id).ok_or_else(unknown)?;
    let title = state.app.links().summary(&context(&request), secure_id.clone()).await?;
    let title = title.ok_or_else(unknown)?;
    Ok(HttpResponse::Ok().json(SummaryResponse::of(&title, &secure_id)))
}

/// `POST /accept-invitation`: the principal becomes a member. `invitation_id` carries the `secure_id`; `key`, which
/// Landscape does not have, the second half of the link.
#[utoipa::path(
    post,
    context_path = PREFIX,
    path = "/accept-invitation",
    tag = "acceptance",
    operation_id = "acceptInvitation",
    summary = "Accept an invitation",
    request_body = LinkRequest,
    responses(
        (status = 200, description = "The caller is a member of the account", body = AcceptedResponse),
        (status = 400, description = "`BadRequest`, `MissingParameter`: `message` names what is wrong", body = ErrorResponse),
        (status = 403, description = "`MailboxNotProven`: neither the key nor a token proves the invited mailbox. `Forbidden`: the inviter lost the right to invite, or the caller shows an access token", body = ErrorResponse),
        (status = 404, description = "`NotFound`: there is no such invitation, as far as this caller may know", body = ErrorResponse),
        (status = 409, description = "`AlreadyMember`: the caller is a member of the account. `RequestInProgress`: the first request with the `Idempotency-Key` is still running", body = ErrorResponse),
        (status = 410, description = "`InvitationAccepted`, `InvitationDeclined`, `InvitationExpired`, `InvitationReplaced`, `InvitationRevoked`: only for callers who proved the mailbox", body = ErrorResponse),
        Unidentified,
        RejectedBody,
        RejectedWrite,
        Failed,
    )
)]
pub(crate) async fn accept(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
    settings: Data<LandscapeSettings>,
) -> Result<HttpResponse, Problem> {
    let credential = bearer_credential(&request, &state).await?;
    let context = context(&request);
    let by = Acceptor::Principal(credentials::principal(credential.clone(), &context, &state).await?);
    let Content { body, key } = content(&request, payload, &state, **settings).await;
    let link = body.and_then(|body| link(&body));
    let command = link.map(|link| Accept { secure_id: link.secure_id, key: link.key, by });
    let caller = LinkCaller::SignedIn(credential);
    let Parsed { input, not_understood } = call(context, caller, key, command);
    let outcome = state.app.links().accept(input, Arc::new(accepted)).await;
    respond(outcome, not_understood)
}

fn accepted(accepted: &Accepted) -> Answer {
    json_answer(&AcceptedResponse::of(accepted))
}

/// `POST /reject-invitation`: declines. With the key no login is needed.
#[utoipa::path(
    post,
    context_path = PREFIX,
    path = "/reject-invitation",
    tag = "acceptance",
    operation_id = "rejectInvitation",
    summary = "Decline an invitation",
    request_body = LinkRequest,
    security((), ("bearer" = [])),
    responses(
        (status = 204, description = "The invitation is declined"),
        (status = 400, description = "`BadRequest`, `MissingParameter`: `message` names what is wrong", body = ErrorResponse),
        (status = 403, description = "`MailboxNotProven`: neither the key nor a token proves the invited mailbox. `Forbidden`: the caller shows an access token", body = ErrorResponse),
        (status = 404, description = "`NotFound`: there is no such invitation, as far as this caller may know", body = ErrorResponse),
        (status = 409, description = "`RequestInProgress`: the first request with the `Idempotency-Key` is still running", body = ErrorResponse),
        (status = 410, description = "`InvitationEnded`, `InvitationReplaced`: only for callers who proved the mailbox", body = ErrorResponse),
        Unidentified,
        RejectedBody,
        RejectedWrite,
        Failed,
    )
)]
pub(crate) async fn reject(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
    settings: Data<LandscapeSettings>,
) -> Result<HttpResponse, Problem> {
    let credential = credentials::optional(bearer_credential(&request, &state).await)?;
    let context = context(&request);
    let by = match credential.clone() {
        Some(credential) => Some(credentials::principal(credential, &context, &state).await?),
        None => None,
    };
    let Content { body, key } = content(&request, payload, &state, **settings).await;
    let link = body.and_then(|body| link(&body));
    // Without a token and without a key, the response is the one for a missing token.
    if by.is_none() && !link.as_ref().is_ok_and(|link| link.key.is_some()) {
        return Err(CredentialError::Missing.into());
    }
    let secure_id = link.as_ref().ok().map(|link| link.secure_id.clone());
    let caller = credential.map_or(LinkCaller::Anonymous(secure_id), LinkCaller::SignedIn);
    let command = link.map(|link| Decline { secure_id: link.secure_id, key: link.key, by });
    let Parsed { input, not_understood } = call(context, caller, key, command);
    let outcome = state.app.links().decline(input, Arc::new(no_content)).await;
    respond(outcome, not_understood)
}

fn link(body: &[u8]) -> Result<Link, Problem> {
    let LinkRequest { invitation_id, key } = LinkRequest::read(body)?;
    Ok(Link { secure_id: SecureId::parse(&invitation_id).ok_or_else(unknown)?, key })
}

fn unknown() -> Problem {
    Problem::from(AcceptError::NotFound)
}
