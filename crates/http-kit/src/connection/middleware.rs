//! Tells the connection when a request begins and ends, and closes a connection that cannot or must not have another request.
//!
//! When a handler drops an unfinished chunked body, the server reads the rest without a time limit, to keep the
//! connection for the next request. A client that never ends its body would then occupy a connection forever. If the
//! body still exists when the response is sent, the server sends `Connection: close` instead, discards data for a short
//! time so that the client can read the response, and closes the connection. A body that arrived completely does not
//! close the connection.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use actix_web::{
    Error, HttpMessage as _,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    http::ConnectionType,
    middleware::Next,
    web::{Bytes, Data},
};
use futures_util::Stream;

use super::exchange::{Exchange, InProgress};
use crate::AppState;

/// Middleware that keeps the body of the request until the response is sent. It must be the outermost one.
pub async fn guard_request(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<ResponseBody>, Error> {
    let drain = request.app_data::<Data<AppState>>().map(|state| state.drain.clone());
    let exchange = request.conn_data::<Rc<Exchange>>().cloned();
    let body = match request.take_payload() {
        Payload::None => None,
        payload => Some(payload),
    };
    let in_progress = exchange.map(|exchange| Rc::new(InProgress::begin(&exchange, body.is_some())));
    let body = body.map(|payload| SharedBody {
        payload: Rc::new(RefCell::new(payload)),
        in_progress: in_progress.clone(),
    });
    if let Some(body) = &body {
        request.set_payload(Payload::Stream { payload: Box::pin(body.clone()) });
    }
    let mut response = next.call(request).await?;
    if drain.is_some_and(|drain| drain.closes_connections()) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response.map_body(|_, inner| ResponseBody {
        body: inner.boxed(),
        request_body: body,
        _in_progress: in_progress,
    }))
}

/// The body of a request. The handler and the response share it, and only the handler reads it.
#[derive(Clone)]
struct SharedBody {
    payload: Rc<RefCell<Payload>>,
    in_progress: Option<Rc<InProgress>>,
}

impl SharedBody {
    /// Discards what has arrived of the body. Returns whether that was all of it.
    fn has_arrived(&self) -> bool {
        let mut payload = self.payload.borrow_mut();
        let mut context = Context::from_waker(Waker::noop());
        loop {
            match Pin::new(&mut *payload).poll_next(&mut context) {
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(None) => return true,
                Poll::Ready(Some(Err(_))) | Poll::Pending => return false,
            }
        }
    }
}

impl Stream for SharedBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut *self.payload.borrow_mut()).poll_next(context);
        if let (Poll::Ready(None), Some(in_progress)) = (&next, &self.in_progress) {
            in_progress.body_arrived();
        }
        next
    }
}

/// The body of a response, which also keeps the body of its request.
pub struct ResponseBody {
    body: BoxBody,
    request_body: Option<SharedBody>,
    _in_progress: Option<Rc<InProgress>>,
}

impl MessageBody for ResponseBody {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}

impl Drop for ResponseBody {
    /// The server has sent the response, and has decided by now whether it closes the connection.
    fn drop(&mut self) {
        let Some(body) = &self.request_body else { return };
        if let Some(in_progress) = body.in_progress.as_ref().filter(|_| !body.has_arrived()) {
            in_progress.body_remains();
        }
    }
}

impl std::fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResponseBody").field("size", &self.body.size()).finish_non_exhaustive()
    }
}
