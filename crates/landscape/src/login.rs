//! `POST /login`: e-mail address and password for a token.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use chrono::TimeDelta;
use usher_domain::{account::AccountName, address::EmailAddress};
use usher_http_kit::{AppState, client_address::client_address, context};

use crate::{
    LandscapeSettings, PREFIX,
    error::{ErrorResponse, Problem},
    error_responses::{Failed, RejectedBody},
    http::body,
    requests::LoginRequest,
    responses::LoginResponse,
};

/// `POST /login`
#[utoipa::path(
    post,
    context_path = PREFIX,
    path = "/login",
    tag = "login",
    operation_id = "login",
    summary = "Log in with a password",
    request_body = LoginRequest,
    security(()),
    responses(
        (status = 200, description = "A token", body = LoginResponse),
        (status = 400, description = "`BadRequest`, `MissingParameter`: `message` names what is wrong", body = ErrorResponse),
        (status = 401, description = "`Unauthorized`: the e-mail address or the password is wrong", body = ErrorResponse),
        (status = 403, description = "`Forbidden`: the person is not a member of the chosen account", body = ErrorResponse),
        (status = 429, description = "`TooManyRequests`: too many logins to this address, from this network or in total have failed. Repeat the request after `Retry-After`", body = ErrorResponse),
        RejectedBody,
        Failed,
    )
)]
pub(crate) async fn login(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
    settings: Data<LandscapeSettings>,
) -> Result<HttpResponse, Problem> {
    let login = LoginRequest::read(&body(&request, payload, &state, **settings).await?)?;
    let (context, sessions) = (context(&request), state.app.sessions());
    let (client, email) = (client_address(&request), EmailAddress::parse(&login.email).ok());
    let proven = state.app.passwords().sign_in(&context, client, email, login.password).await?;
    let proven =
        proven.ok_or_else(|| Problem::unauthorized("the e-mail address or the password is wrong"))?;
    let account = login.account.as_deref().map(AccountName::parse).transpose();
    let account = account.map_err(|error| Problem::bad_request(format_args!("account {error}")))?;
    let signed_in = sessions.sign_in(&context, proven.person.id, account).await?;
    let current = signed_in.current.as_ref().map(|account| &account.name);
    let token = sessions.token(&proven, current, login.expiry_minutes.map(TimeDelta::minutes));
    let invitation_id = login.invitation_id.as_deref();
    Ok(HttpResponse::Ok().json(LoginResponse::of(&proven.person, &signed_in, token.reveal(), invitation_id)))
}
