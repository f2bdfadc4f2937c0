//! The log. Each request has one line with method, route, status and time, in a span with request id, address of the client and
//! trace id.
//!
//! The route is the pattern, such as `/invitations/{id}`. The path and the query are not logged, because they hold `secure_id`s and
//! keys.

mod connection_errors;
mod metrics;
mod requests;

use std::io::{self, IsTerminal as _};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::HeaderValue,
    middleware::Next,
};
use tracing::Span;
use tracing_actix_web::RootSpanBuilder;
use tracing_subscriber::{EnvFilter, filter::filter_fn, fmt, prelude::*};
use usher_http_kit::{
    client_address, request_id,
    request_id::{X_REQUEST_ID, trace_id},
};

use self::connection_errors::{ConnectionErrors, LIBRARY, is_connection_error};
use self::requests::dialect;
pub use self::{
    metrics::{Metrics, record},
    requests::Dialects,
};
use crate::settings::{LogFormat, LogSection};

/// Starts the log on standard error. It does nothing if a log is running, as in tests.
pub fn start(log: &LogSection) {
    let registry = tracing_subscriber::registry().with(filter(log)).with(ConnectionErrors);
    // Shown only if `log.filter` names the library.
    let shows_connections = log.filter.contains(LIBRARY);
    let shown = filter_fn(move |metadata| shows_connections || !is_connection_error(metadata));
    let started = match log.format {
        LogFormat::Text => {
            let is_terminal = io::stderr().is_terminal();
            let layer = fmt::layer().with_target(false).with_ansi(is_terminal).with_writer(io::stderr);
            registry.with(layer.with_filter(shown)).try_init()
        }
        LogFormat::Json => {
            let layer = fmt::layer().json().with_writer(io::stderr);
            registry.with(layer.with_filter(shown)).try_init()
        }
    };
    // The only error is that a log is running.
    drop(started);
}

/// The configured filter. The span of a request is always on, because any line that passes may belong to a request.
fn filter(log: &LogSection) -> EnvFilter {
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    match format!("{REQUEST}=error").parse() {
        Ok(span) => filter.add_directive(span),
        Err(_) => filter,
    }
}

/// The target of the span of a request.
const REQUEST: &str = "usher::request";

/// The span of a request, with its id, the address of its client and its trace only: other fields can hold secrets.
#[derive(Debug)]
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let request = request.request();
        let (id, client) = (request_id(request).unwrap_or_default(), client_address(request));
        let trace_id = trace_id(request).map(tracing::field::display);
        tracing::error_span!(target: REQUEST, "request", %id, %client, trace_id)
    }

    fn on_request_end<B: MessageBody>(_: Span, _: &Result<ServiceResponse<B>, Error>) {}
}

/// Logs the line of the request, counts it, and adds the request id to the response in `X-Request-Id`.
pub async fn log_request(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let start = tokio::time::Instant::now();
    let id = request_id(request.request()).unwrap_or_default();
    let method = request.method().clone();
    let mut response = next.call(request).await?;
    let route = response.request().match_pattern().unwrap_or_else(|| "(none)".to_owned());
    let status = response.status().as_u16();
    let time = start.elapsed();
    let dialect = dialect(response.request().app_data::<Dialects>(), &route);
    requests::record(dialect, &method, &route, status, time);
    let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    if route.starts_with("/health/") && status < 500 {
        // Monitoring sends these requests every few seconds.
        tracing::debug!(%method, route, status, milliseconds, "responded");
    } else {
        tracing::info!(%method, route, status, milliseconds, "responded");
    }
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    Ok(response)
}
