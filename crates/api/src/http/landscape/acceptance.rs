//! `GET /invitations/{secure_id}/summary`, `POST /accept-invitation`, `POST /reject-invitation`.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use serde_json::json;
use usher_domain::{
    invitation::SecureId,
    port::StoreError,
    usecase::{
        accept::{Accept, AcceptError, Acceptor, accept as accept_invitation},
        decline::{Decline, DeclineError, decline},
        summary::summary as summarize,
    },
};

use super::{
    error::Problem,
    request::{complete, fields, principal},
};
use crate::http::{credentials, json::Fields, state::AppState};

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
    let principal = principal(&request, &state).await?;
    let link = link(fields(&request, payload, &state).await?)?;
    let command = Accept { secure_id: link.secure_id, key: link.key, by: Acceptor::Principal(principal) };
    let accepted = state.gate.run(move |store, env| {
        store.write::<_, AcceptError>("landscape.accept", |tx| accept_invitation(tx, env, &command))
    });
    let account = accepted.await?.account;
    Ok(HttpResponse::Ok().json(json!({
        "account_id": account.id.get(),
        "account_title": account.title.as_str(),
    })))
}

/// `POST /reject-invitation`: declines. With the key no login is needed.
pub(super) async fn reject(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let by = credentials::optional_principal(&request, &state).await?;
    let link = link(fields(&request, payload, &state).await?);
    // Without credentials of either kind there is nothing to judge: the answer is the one for a missing token.
    if by.is_none() && !link.as_ref().is_ok_and(|link| link.key.is_some()) {
        return Err(credentials::CredentialError::Missing.into());
    }
    let link = link?;
    let command = Decline { secure_id: link.secure_id, key: link.key, by };
    let declined = state.gate.run(move |store, env| {
        store.write::<_, DeclineError>("landscape.reject", |tx| decline(tx, env, &command))
    });
    declined.await?;
    Ok(HttpResponse::NoContent().finish())
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
