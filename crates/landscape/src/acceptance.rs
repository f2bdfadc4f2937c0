//! `GET /invitations/{secure_id}/summary`, `POST /accept-invitation`, `POST /reject-invitation`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use serde_json::json;
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
    json::Fields,
};

use super::{
    Settings,
    error::Problem,
    request::{Content, complete, content, fields, json_answer, no_content, respond},
};

/// The body of an acceptance: names an invitation and, if the caller has the mail's key, proves the mailbox.
struct Link {
    secure_id: SecureId,
    key: Option<String>,
}

/// `GET /invitations/{secure_id}/summary`: public. It shows the account's title only.
pub(crate) async fn summary(
    request: HttpRequest,
    state: Data<AppState>,
    secure_id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let secure_id = SecureId::parse(&secure_id).ok_or_else(unknown)?;
    let title = state.app.links().summary(&context(&request), secure_id.clone()).await?;
    let title = title.ok_or_else(unknown)?;
    Ok(HttpResponse::Ok().json(json!({ "account_title": title.as_str(), "secure_id": secure_id.as_str() })))
}

/// `POST /accept-invitation`: the principal becomes a member. `invitation_id` carries the `secure_id`; `key`, which
/// Landscape does not have, the second half of the link.
pub(crate) async fn accept(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
    settings: Data<Settings>,
) -> Result<HttpResponse, Problem> {
    let credential = bearer_credential(&request, &state).await?;
    let by = Acceptor::Principal(credentials::principal(credential.clone())?);
    let Content { body, key } = content(&request, payload, &state, **settings).await;
    let link = body.and_then(|body| link(fields(&body)?));
    let command = link.map(|link| Accept { secure_id: link.secure_id, key: link.key, by });
    let caller = LinkCaller::SignedIn(credential);
    let Parsed { request, not_understood } = call(context(&request), caller, key, command);
    let outcome = state.app.links().accept(request, Arc::new(accepted)).await;
    respond(outcome, not_understood)
}

fn accepted(accepted: &Accepted) -> Answer {
    let account = &accepted.account;
    json_answer(&json!({ "account_id": account.id.get(), "account_title": account.title.as_str() }))
}

/// `POST /reject-invitation`: declines. With the key no login is needed.
pub(crate) async fn reject(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
    settings: Data<Settings>,
) -> Result<HttpResponse, Problem> {
    let credential = credentials::optional(bearer_credential(&request, &state).await)?;
    let by = credential.clone().map(credentials::principal).transpose()?;
    let Content { body, key } = content(&request, payload, &state, **settings).await;
    let link = body.and_then(|body| link(fields(&body)?));
    // Without a token and without a key, the response is the one for a missing token.
    if by.is_none() && !link.as_ref().is_ok_and(|link| link.key.is_some()) {
        return Err(CredentialError::Missing.into());
    }
    let secure_id = link.as_ref().ok().map(|link| link.secure_id.clone());
    let caller = credential.map_or(LinkCaller::Anonymous(secure_id), LinkCaller::SignedIn);
    let command = link.map(|link| Decline { secure_id: link.secure_id, key: link.key, by });
    let Parsed { request, not_understood } = call(context(&request), caller, key, command);
    let outcome = state.app.links().decline(request, Arc::new(no_content)).await;
    respond(outcome, not_understood)
}

fn link(mut fields: Fields) -> Result<Link, Problem> {
    let secure_id = fields.text("invitation_id");
    let key = fields.optional_text("key");
    complete(&fields)?;
    Ok(Link { secure_id: SecureId::parse(&secure_id).ok_or_else(unknown)?, key })
}

fn unknown() -> Problem {
    Problem::from(AcceptError::NotFound)
}
