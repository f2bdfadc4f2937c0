//! `GET /invitations`, `GET /invitations/{id}`.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use usher_http_kit::{
    AppState, Parsed, context, credentials::bearer_credential, names::check_parameters, problem, query,
};

use super::number;
use crate::{
    PREFIX,
    error::{ErrorResponse, Problem},
    error_responses::{Failed, Unidentified},
    list,
    page::{PageParameters, PageRequest},
    responses::{InvitationResponse, ListResponse},
};

/// `GET /invitations`: all open invitations, or a part with `limit` and `offset`.
#[utoipa::path(
    get,
    context_path = PREFIX,
    path = "/invitations",
    tag = "invitations",
    operation_id = "listInvitations",
    summary = "List invitations",
    params(PageParameters),
    responses(
        (status = 200, description = "A page of the open invitations, or all of them without `limit`", body = ListResponse),
        (status = 400, description = "`BadRequest`: a parameter is out of its bounds, or is not accepted here", body = ErrorResponse),
        (status = 403, description = "`Forbidden`: the caller's roles see no invitations", body = ErrorResponse),
        Unidentified,
        Failed,
    )
)]
pub(crate) async fn list(
    request: HttpRequest,
    state: Data<AppState>,
    parameters: Query<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let credential = bearer_credential(&request, &state).await?;
    let context = context(&request);
    let named = check_parameters(&request, &PageRequest::PARAMETERS).map_err(Problem::from);
    let page = named.and_then(|()| PageRequest::of_query(&parameters));
    let wanted = page.clone().map(|page| page.part());
    let Parsed { input, not_understood } = query(context.clone(), credential.clone(), wanted);
    let listed = state.app.invitations().list(input).await;
    let listed = listed.map_err(|rejection| problem(rejection, not_understood))?;
    let page = page?;
    if page.is_unlimited() && listed.value.more {
        return Ok(list::whole(state, &context, credential, listed));
    }
    Ok(list::page(&page, &state.public_url, &listed))
}

/// `GET /invitations/{id}`
#[utoipa::path(
    get,
    context_path = PREFIX,
    path = "/invitations/{id}",
    tag = "invitations",
    operation_id = "getInvitation",
    summary = "Get an invitation",
    params(("id" = i64, Path, minimum = 1, description = "The invitation's `id`")),
    responses(
        (status = 200, description = "The invitation", body = InvitationResponse),
        (status = 400, description = "`BadRequest`: a parameter is not accepted here", body = ErrorResponse),
        (status = 403, description = "`Forbidden`: the caller's roles see no invitations", body = ErrorResponse),
        (status = 404, description = "`NotFound`: the account has no open invitation with this id", body = ErrorResponse),
        Unidentified,
        Failed,
    )
)]
pub(crate) async fn get(
    request: HttpRequest,
    state: Data<AppState>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let credential = bearer_credential(&request, &state).await?;
    let wanted = check_parameters(&request, &[]).map_err(Problem::from).and_then(|()| number(&id));
    let Parsed { input, not_understood } = query(context(&request), credential, wanted);
    let got = state.app.invitations().get(input).await;
    let got = got.map_err(|rejection| problem(rejection, not_understood))?;
    Ok(HttpResponse::Ok().json(InvitationResponse::of(&got.value, &got.actor.account)))
}
