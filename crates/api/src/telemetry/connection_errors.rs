//! Connections that end with something other than a valid request.

use metrics::counter;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::{Layer, layer::Context};
use usher_app::telemetry::catalogue::CONNECTION_ERRORS;

/// The target of the library that reads requests from connections.
pub(super) const LIBRARY: &str = "actix_http";

/// Whether a line says that a connection ended with something other than a valid request. The library logs such lines as
/// errors, but the fault is the client's, and any stranger can cause as many as they like.
pub(super) fn is_connection_error(metadata: &Metadata<'_>) -> bool {
    let is_of_library = metadata.target().strip_prefix(LIBRARY).is_some_and(|rest| rest.starts_with("::"));
    is_of_library && *metadata.level() == Level::ERROR
}

/// Counts these lines.
pub(super) struct ConnectionErrors;

impl<S: Subscriber> Layer<S> for ConnectionErrors {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if is_connection_error(event.metadata()) {
            counter!(CONNECTION_ERRORS).increment(1);
        }
    }
}
