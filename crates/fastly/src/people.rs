//! `GET /current_user`, `GET /service-authorizations`: who the caller is, and what the caller may do with which service.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use usher_domain::principal::Actor;
use usher_http_kit::{self as kit, AppState, Parsed, context};

use crate::{
    answer::{document, plain},
    authorization::{ServiceAuthorization, ServiceAuthorizationCollection},
    credential::credential,
    error::{ErrorBody, FastlyProblem},
    openapi::Refused,
    page::{PageParameters, PageRequest, Paging},
    user::CurrentUser,
};

/// `GET /current_user`: clients ask before each create, to learn their customer's id.
#[utoipa::path(
    get,
    path = "/current_user",
    tag = "caller",
    operation_id = "getCurrentUser",
    summary = "Get the caller",
    responses(
        (status = 200, description = "The caller", body = CurrentUser),
        (status = 403, description = "The caller is no member of the account", body = ErrorBody),
        Refused,
    )
)]
pub(crate) async fn current_user(
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, FastlyProblem> {
    plain(&CurrentUser::of(&caller(&request, &state, Ok(())).await?))
}

/// `GET /service-authorizations`: the services that the caller is limited to, with the permission on each. For a caller
/// without a limit the list says only what was granted besides.
#[utoipa::path(
    get,
    path = "/service-authorizations",
    tag = "caller",
    operation_id = "listServiceAuthorization",
    summary = "List the caller's rights on services",
    params(PageParameters),
    responses(
        (status = 200, description = "A page of the caller's own authorizations, by service", body = ServiceAuthorizationCollection, content_type = "application/vnd.api+json"),
        (status = 400, description = "A parameter is out of its bounds", body = ErrorBody),
        (status = 403, description = "The caller is no member of the account", body = ErrorBody),
        Refused,
    )
)]
pub(crate) async fn service_authorizations(
    request: HttpRequest,
    state: Data<AppState>,
    query: Query<Vec<(String, String)>>,
) -> Result<HttpResponse, FastlyProblem> {
    let page = PageRequest::of_query(&query);
    let caller = caller(&request, &state, page.clone().map(drop)).await?;
    let page = page?;
    let every = ServiceAuthorization::every(&caller);
    let count = u64::try_from(every.len()).unwrap_or(u64::MAX);
    let paging = Paging::new(&format!("{}/service-authorizations", state.public_url), &page, count);
    let (offset, limit) = (size(page.offset()), size(page.limit().into()));
    document(&ServiceAuthorizationCollection::of(every.into_iter().skip(offset).take(limit), paging))
}

/// The caller of a request, whose parameters are read or wrong.
async fn caller(
    request: &HttpRequest,
    state: &AppState,
    parameters: Result<(), FastlyProblem>,
) -> Result<Actor, FastlyProblem> {
    let credential = credential(request, state).await?;
    let Parsed { request: query, not_understood } = kit::query(context(request), credential, parameters);
    let caller = state.app.sessions().caller(query).await;
    caller.map_err(|rejection| kit::problem(rejection, not_understood))
}

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
