//! The log. Each request has one line with method, route, status, time, request id and address of the client.
//!
//! The route is the pattern, such as `/invitations/{id}`. The path and the query are not logged, because they hold `secure_id`s and
//! keys.

use std::io::{self, IsTerminal as _};

use actix_web::{
    Error, HttpMessage as _,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};
use tracing::Span;
use tracing_actix_web::{RequestId, RootSpanBuilder};
use tracing_subscriber::{EnvFilter, fmt, prelude::*};
use usher_http_kit::client_address;

use crate::settings::{LogFormat, LogSection};

/// Starts the log on standard error. It does nothing if a log is running, as in tests.
pub fn start(log: &LogSection) {
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let started = match log.format {
        LogFormat::Text => {
            let is_terminal = io::stderr().is_terminal();
            let layer = fmt::layer().with_target(false).with_ansi(is_terminal).with_writer(io::stderr);
            registry.with(layer).try_init()
        }
        LogFormat::Json => registry.with(fmt::layer().json().with_writer(io::stderr)).try_init(),
    };
    // The only error is that a log is running.
    drop(started);
}

/// The span of a request, with its id and the address of its client only: other fields can hold secrets.
#[derive(Debug)]
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
        let client = client_address(request.request());
        tracing::info_span!("request", %id, %client)
    }

    fn on_request_end<B: MessageBody>(_: Span, _: &Result<ServiceResponse<B>, Error>) {}
}

/// Logs the line of the request, and adds the request id to the response in `X-Request-Id`.
pub async fn log_request(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let start = tokio::time::Instant::now();
    let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let method = request.method().clone();
    let mut response = next.call(request).await?;
    let route = response.request().match_pattern().unwrap_or_else(|| "(none)".to_owned());
    let status = response.status().as_u16();
    let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    if route.starts_with("/health/") && status < 500 {
        // Monitoring sends these requests every few seconds.
        tracing::debug!(%method, route, status, milliseconds, "responded");
    } else {
        tracing::info!(%method, route, status, milliseconds, "responded");
    }
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}
