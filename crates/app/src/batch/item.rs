use tokio::time::Instant;

use crate::context::RequestContext;

/// A request in a batch.
#[derive(Debug)]
pub(crate) struct Item<Q> {
    /// The context of the request.
    pub(crate) context: RequestContext,
    /// The span for everything that is logged about the request.
    pub(crate) span: tracing::Span,
    /// When it was submitted.
    pub(crate) submitted_at: Instant,
    /// The typed request.
    pub(crate) request: Q,
}

impl<Q> Item<Q> {
    /// A request that is submitted now, in the current span.
    pub(crate) fn new(context: &RequestContext, request: Q) -> Self {
        Self {
            context: context.clone(),
            span: tracing::Span::current(),
            submitted_at: Instant::now(),
            request,
        }
    }
}

/// The span of a batch names its requests, so that everything logged inside can be found by request id. A batch of one is in the
/// span of its request.
pub(crate) fn span<Q>(operation: &'static str, batch: &[Item<Q>]) -> tracing::Span {
    match batch {
        [only] => only.span.clone(),
        several => {
            let ids: Vec<&str> = several.iter().filter_map(|item| item.context.id()).collect();
            tracing::info_span!("batch", operation, requests = ids.join(","))
        }
    }
}
