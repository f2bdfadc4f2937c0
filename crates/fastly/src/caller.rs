//! `GET /current_user`, `GET /service-authorizations`: the caller, and the caller's permissions on services.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use usher_domain::principal::Actor;
use usher_http_kit::{self as kit, AppState, Parsed, context, names::check_parameters};

use crate::{
    authorization::{ServiceAuthorization, ServiceAuthorizationCollection},
    credential::credential,
    error::{CommonErrors, ErrorBody, FastlyProblem},
    examples,
    page::{PageParameters, PageRequest, Paging},
    response::{document, plain},
    user::CurrentUser,
};

/// `GET /current_user`: the caller. Clients read their customer's id here before they create an invitation.
#[utoipa::path(
    get,
    path = "/current_user",
    tag = "caller",
    operation_id = "getCurrentUser",
    summary = "Get the caller",
    responses(
        (status = 200, description = "The caller", body = CurrentUser, example = json!(examples::current_user())),
        (status = 400, description = "A parameter is not accepted here", body = ErrorBody),
        (status = 403, description = "The caller is not a member of the account", body = ErrorBody),
        CommonErrors,
    )
)]
pub(crate) async fn current_user(
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, FastlyProblem> {
    let parameters = check_parameters(&request, &[]).map_err(FastlyProblem::from);
    plain(&CurrentUser::new(&caller(&request, &state, parameters).await?))
}

/// `GET /service-authorizations`: the services of the caller's membership, with the permission on each. A caller who is limited
/// to services may use no other.
#[utoipa::path(
    get,
    path = "/service-authorizations",
    tag = "caller",
    operation_id = "listServiceAuthorization",
    summary = "List the caller's permissions on services",
    params(PageParameters),
    responses(
        (status = 200, description = "A page of the caller's own authorizations, ordered by service", body = ServiceAuthorizationCollection, content_type = "application/vnd.api+json", example = json!(examples::service_authorizations())),
        (status = 400, description = "A parameter is invalid", body = ErrorBody),
        (status = 403, description = "The caller is not a member of the account", body = ErrorBody),
        CommonErrors,
    )
)]
pub(crate) async fn service_authorizations(
    request: HttpRequest,
    state: Data<AppState>,
    query: Query<Vec<(String, String)>>,
) -> Result<HttpResponse, FastlyProblem> {
    let page = PageRequest::of_request(&request, &query);
    let caller = caller(&request, &state, page.clone().map(drop)).await?;
    let page = page?;
    let all = ServiceAuthorization::all(&caller);
    let count = u64::try_from(all.len()).unwrap_or(u64::MAX);
    let paging = Paging::by_number(&format!("{}/service-authorizations", state.public_url), &page, count);
    let (offset, limit) = (to_usize(page.offset()), to_usize(page.limit().into()));
    document(&ServiceAuthorizationCollection::new(all.into_iter().skip(offset).take(limit), paging))
}

/// The member who makes a request. Invalid parameters are reported only to a member.
async fn caller(
    request: &HttpRequest,
    state: &AppState,
    parameters: Result<(), FastlyProblem>,
) -> Result<Actor, FastlyProblem> {
    let credential = credential(request, state).await?;
    let Parsed { input: query, not_understood } = kit::query(context(request), credential, parameters);
    let caller = state.app.sessions().caller(query).await;
    caller.map_err(|rejection| kit::problem(rejection, not_understood))
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
