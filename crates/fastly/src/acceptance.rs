//! `PUT /invitation/accept/{code}`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use serde::Serialize;
use usher_app::{LinkCaller, PasswordRules, PersonalWords, RequestContext};
use usher_domain::{
    invitation::{SecureId, split_code},
    person::Password,
    principal::Credential,
    text::DisplayText,
    usecase::{
        accept::{Accept, AcceptError, Acceptor},
        login::Login,
        open_link::{InviteeView, LinkView},
    },
};
use usher_http_kit::{
    self as kit, AppState, Parsed, body, context, credentials, idempotency_key,
    json::{self, Members, ReadError},
    names::check_parameters,
};
use utoipa::ToSchema;

use crate::{
    credential::optional_credential,
    error::{ErrorBody, FastlyProblem},
    response::{write_response, written_plain},
};

/// The login of a newcomer. Other members, such as Fastly's `marketing_opt_in`, are ignored.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "the type only describes the body, which is read member by member")]
pub(crate) struct AcceptanceRequest {
    /// The name that others will see.
    #[schema(max_length = 64, example = "Mina Sato")]
    name: String,
    /// The password of the new login: at least 12 characters unless the operator sets another minimum, and hard to guess.
    #[schema(format = "password", example = "correct horse battery staple")]
    password: String,
}

/// `marketing_opt_in`, which Fastly's clients send, is ignored.
const MEMBERS: [&str; 3] = ["name", "password", "marketing_opt_in"];

/// The confirmation of an acceptance.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Done)]
pub(crate) struct AcceptanceResponse {
    #[schema(example = "ok")]
    status: &'static str,
}

/// `PUT /invitation/accept/{code}`: accepts with the code from the mail. Without a token the caller is a newcomer, who chooses
/// name and password. With a token, its holder becomes the member.
#[utoipa::path(
    put,
    path = "/invitation/accept/{code}",
    tag = "acceptance",
    operation_id = "acceptInvitation",
    summary = "Accept an invitation",
    params(("code" = String, Path, description = "The code from the invitation's mail. It is a secret", example = "{secure_id}.{key}")),
    request_body(description = "Ignored when a token is sent.", content = Option<AcceptanceRequest>),
    responses(
        (status = 200, description = "Accepted: the invitee is a member", body = AcceptanceResponse),
        (status = 400, description = "The name, the password, a parameter or the `Idempotency-Key` is invalid", body = ErrorBody),
        (status = 401, description = "The token is invalid", body = ErrorBody),
        (status = 403, description = "The inviter may no longer invite, or the token is an access token or belongs to another address", body = ErrorBody),
        (status = 404, description = "No invitation has this code", body = ErrorBody),
        (status = 408, description = "The body did not arrive in time", body = ErrorBody),
        (status = 409, description = "The address has a login, or the caller is a member already; or the first request with the `Idempotency-Key` is still running", body = ErrorBody),
        (status = 410, description = "The invitation has ended, or a newer mail was sent", body = ErrorBody),
        (status = 413, description = "The body is larger than 64 KiB", body = ErrorBody),
        (status = 422, description = "The `Idempotency-Key` was used for another request", body = ErrorBody),
        (status = 429, description = "The write limit of the hour is reached, with a token; or too many acceptances of this client had a wrong code. Repeat the request after `Retry-After`", body = ErrorBody),
        (status = 503, description = "The service is busy. Repeat the request after `Retry-After`; nothing is done twice", body = ErrorBody),
    ),
    security((), ("fastly_key" = []), ("bearer" = []))
)]
pub(crate) async fn accept(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
    code: Path<String>,
) -> Result<HttpResponse, FastlyProblem> {
    let credential = optional_credential(&request, &state).await?;
    let context = context(&request);
    let body = body::read(payload, state.body_timeout).await;
    let key = idempotency_key::of_request(&request, &state.app, body.as_deref().ok());
    let command =
        match check_parameters(&request, &[]).map_err(FastlyProblem::from).and(body.map_err(Into::into)) {
            Ok(body) => command(&state, &context, &code, credential.clone(), &body).await,
            Err(problem) => Err(problem),
        };
    let secure_id = split_code(&code).map(|(secure_id, _)| secure_id);
    let caller = credential.map_or(LinkCaller::Anonymous(secure_id), LinkCaller::SignedIn);
    let Parsed { input: call, not_understood } = kit::call(context, caller, key, command);
    let render = Arc::new(|_: &_| written_plain(&AcceptanceResponse { status: "ok" }));
    let outcome = state.app.links().accept(call, render).await;
    let result = outcome.result.map_err(|rejection| kit::problem(rejection, not_understood));
    Ok(write_response(result, outcome.quota))
}

async fn command(
    state: &AppState,
    context: &RequestContext,
    code: &str,
    credential: Option<Credential>,
    body: &[u8],
) -> Result<Accept, FastlyProblem> {
    let (secure_id, key) = split_code(code).ok_or(AcceptError::NotFound)?;
    let key = key.map(str::to_owned);
    let by = match credential {
        Some(credential) => Acceptor::Principal(credentials::principal(credential, context, state).await?),
        None => newcomer(state, context, (secure_id.clone(), key.clone()), body).await?,
    };
    Ok(Accept { secure_id, key, by })
}

/// Checks the code before the body: a caller without a code learns nothing about bodies, and costs no hashing.
async fn newcomer(
    state: &AppState,
    context: &RequestContext,
    (secure_id, key): (SecureId, Option<String>),
    body: &[u8],
) -> Result<Acceptor, FastlyProblem> {
    let invited = find_open(state, context, secure_id, key).await?;
    let body = body.to_vec();
    let choice = state.app.passwords().choose(move |rules| name_and_password(&body, &invited, rules)).await?;
    let (name, password) = choice?;
    let password = state.app.passwords().hash(password).await?;
    Ok(Acceptor::Newcomer { name, password })
}

fn name_and_password(
    body: &[u8],
    invited: &InviteeView,
    rules: PasswordRules,
) -> Result<(DisplayText, Password), ReadError> {
    let (email, title) = (invited.invitation.email.as_str(), invited.account_title.as_str());
    json::read(body, Members::Known(&MEMBERS), |object, problems| {
        let name = object.required("name", problems);
        let name = name.and_then(|name| name.parsed(DisplayText::parse, problems));
        let password = object.required("password", problems);
        let personal = PersonalWords::of([email, title, name.as_ref().map_or("", DisplayText::as_str)]);
        let check = |password: &str| rules.check(password, &personal);
        let password = password.and_then(|password| password.parsed(check, problems));
        Some((name?, password?))
    })
}

/// The open invitation of the code, which must be to an address without a login. The use case checks again, in its own unit.
async fn find_open(
    state: &AppState,
    context: &RequestContext,
    secure_id: SecureId,
    key: Option<String>,
) -> Result<Box<InviteeView>, FastlyProblem> {
    let rejection = match state.app.links().open(context, secure_id, key).await? {
        LinkView::Open(open) => match open.login {
            Login::None => return Ok(open),
            Login::Password => AcceptError::PasswordExists,
            Login::Elsewhere => AcceptError::SignsInElsewhere,
        },
        LinkView::Replaced => AcceptError::Replaced,
        LinkView::Expired(_) => AcceptError::Expired,
        LinkView::Accepted(_) => AcceptError::AlreadyAccepted,
        LinkView::Declined(_) | LinkView::Reopenable(..) => AcceptError::Declined,
        LinkView::Revoked(_) => AcceptError::Revoked,
        LinkView::Unknown => AcceptError::NotFound,
    };
    Err(rejection.into())
}
