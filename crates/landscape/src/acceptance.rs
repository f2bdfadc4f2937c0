//! `GET /invitations/{secure_id}/summary`, `POST /accept-invitation`, `POST /reject-invitation`.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use serde_json::json;
use usher_domain::{
    env::Env,
    idempotency::Answer,
    invitation::SecureId,
    port::{StoreError, Tx},
    usecase::{
        accept::{Accept, AcceptError, Accepted, Acceptor},
        decline::{Decline, decline},
        summary::summary as summarize,
    },
};

use super::{
    error::Problem,
    request::{body, complete, credential, fields, json_answer, no_content, write_as_anybody},
};
use crate::http::{
    call::{Call, Caller},
    credentials, gathered,
    json::Fields,
    state::AppState,
};

/// Names an invitation and, where the caller has it, proves the mailbox.
struct Link {
    secure_id: SecureId,
    key: Option<String>,
}

/// `GET /invitations/{secure_id}/summary`: public, and no more than the title of the account.
pub(super) async fn summary(state: Data<AppState>, secure_id: Path<String>) -> Result<HttpResponse, Problem> {
    let secure_id = SecureId::parse(&secure_id).ok_or_else(unknown)?;
    let wanted = secure_id.clone();
    let title = state.gate.run(move |store, env| {
        store.read::<_, StoreError>("landscape.summary", |tx| summarize(tx, env, &wanted))
    });
    let title = title.await?.ok_or_else(unknown)?;
    Ok(HttpResponse::Ok().json(json!({ "account_title": title.as_str(), "secure_id": secure_id.as_str() })))
}

/// `POST /accept-invitation`: the principal becomes a member. `invitation_id` carries the `secure_id`; `key`, which
/// Landscape does not have, the second half of the link.
pub(super) async fn accept(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let credential = credential(&request, &state).await?;
    let by = Acceptor::Principal(credentials::principal(credential.clone())?);
    let body = body(&request, payload, &state).await;
    let key = state.repeats.key(&request, body.as_deref().ok());
    let link = body.and_then(|body| link(fields(&body)?));
    let command = link.map(|link| Accept { secure_id: link.secure_id, key: link.key, by });
    let call = Call { name: "landscape.accept", key, command };
    let done = gathered::accept(&state, Caller::SignedIn(credential), call, member_of).await;
    Ok(done.map_err(|refused| refused.value)?.value.into_response())
}

fn member_of(accepted: &Accepted) -> Answer {
    let account = &accepted.account;
    json_answer(&json!({ "account_id": account.id.get(), "account_title": account.title.as_str() }))
}

/// `POST /reject-invitation`: declines. With the key no login is needed.
pub(super) async fn reject(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let writer = credentials::optional(credentials::bearer_credential(&request, &state).await)?;
    let by = writer.clone().map(credentials::principal).transpose()?;
    let body = body(&request, payload, &state).await;
    let key = state.repeats.key(&request, body.as_deref().ok());
    let link = body.and_then(|body| link(fields(&body)?));
    // Without credentials of either kind there is nothing to judge: the answer is the one for a missing token.
    if by.is_none() && !link.as_ref().is_ok_and(|link| link.key.is_some()) {
        return Err(credentials::CredentialError::Missing.into());
    }
    let secure_id = link.as_ref().ok().map(|link| link.secure_id.clone());
    let caller = writer.map_or(Caller::Link(secure_id), Caller::SignedIn);
    let command = link.map(|link| Decline { secure_id: link.secure_id, key: link.key, by });
    let call = Call { name: "landscape.reject", key, command };
    let work =
        |tx: &mut dyn Tx, env: &Env, command: &Decline| decline(tx, env, command).map(|()| no_content());
    write_as_anybody(&state, caller, call, work).await
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
