use actix_web::{
    Error, HttpResponse,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::StatusCode,
    middleware::Next,
    web::Data,
};

use crate::{AppState, client_address::client_address, link_lookups::TooManyLookups};

/// Middleware of the routes that look up links. `rejection` makes the response in the form of the edge.
pub(crate) async fn limit(
    request: ServiceRequest,
    next: Next<BoxBody>,
    rejection: fn(TooManyLookups) -> HttpResponse,
) -> Result<ServiceResponse, Error> {
    let Some(state) = request.app_data::<Data<AppState>>().cloned() else { return next.call(request).await };
    let client = client_address(request.request());
    if let Err(error) = state.link_lookups.check(client, state.app.now()) {
        return Ok(request.into_response(rejection(error)));
    }
    let response = next.call(request).await?;
    if matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::FORBIDDEN) {
        state.link_lookups.count(client, state.app.now());
    }
    Ok(response)
}
