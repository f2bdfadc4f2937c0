//! `GET /current_user`, `GET /service-authorizations`: who the caller is, and what the caller may do with which service.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use usher_domain::{env::Env, port::Tx, principal::Actor, usecase::resolve::ResolveError};

use super::{
    answer::{document, plain},
    authorization::{ServiceAuthorization, ServiceAuthorizationCollection},
    credential::credential,
    error::{ErrorBody, Problem},
    openapi::Refused,
    page::{PageParameters, PageRequest, Paging},
    user::CurrentUser,
};
use crate::http::{state::AppState, unit};

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
pub(super) async fn current_user(
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, Problem> {
    Ok(plain(&CurrentUser::of(&caller(&request, &state, "fastly.current_user", Ok(())).await?.0)))
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
pub(super) async fn service_authorizations(
    request: HttpRequest,
    state: Data<AppState>,
    query: Query<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let page = PageRequest::of_query(&query);
    let (caller, page) = caller(&request, &state, "fastly.service_authorizations", page).await?;
    let every = ServiceAuthorization::every(&caller);
    let count = u64::try_from(every.len()).unwrap_or(u64::MAX);
    let paging = Paging::new(&format!("{}/service-authorizations", state.public_url), &page, count);
    let (offset, limit) = (size(page.offset()), size(page.limit().into()));
    Ok(document(&ServiceAuthorizationCollection::of(every.into_iter().skip(offset).take(limit), paging)))
}

/// Who asks, and for what.
async fn caller<Q: Clone + Send + 'static>(
    request: &HttpRequest,
    state: &AppState,
    name: &'static str,
    query: Result<Q, Problem>,
) -> Result<(Actor, Q), Problem> {
    let credential = credential(request, state).await?;
    let both = |_: &mut dyn Tx, _: &Env, actor: &Actor, query: &Q| {
        Ok::<_, ResolveError>((actor.clone(), query.clone()))
    };
    unit::read(state, credential, name, query, both).await
}

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
