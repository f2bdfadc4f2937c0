//! Bodies nobody reads to their end: the connection closes after the answer.
//!
//! The server drains a chunked body that was dropped before its end, to keep the connection for the next request, and
//! sets no time for that: a client that opens a chunked body and never ends it would hold its socket for ever. While
//! the body is held, the server instead announces `Connection: close`, discards what still arrives for a moment, so
//! that the client gets to read the answer, and closes. A body that was there to its end closes nothing.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpMessage as _,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    middleware::Next,
    web::Bytes,
};
use futures_util::Stream;

/// Holds the body of the request until its answer is sent, whatever the handler does with it.
pub async fn hold(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<Answer>, Error> {
    let held = match request.take_payload() {
        Payload::None => None,
        payload => {
            let held = Held(Rc::new(RefCell::new(payload)));
            request.set_payload(Payload::Stream { payload: Box::pin(held.clone()) });
            Some(held)
        }
    };
    let response = next.call(request).await?;
    Ok(response.map_body(|_, body| Answer { body: body.boxed(), _held: held }))
}

/// The body of a request, in two hands: the handler reads it, the answer only holds it.
#[derive(Clone)]
struct Held(Rc<RefCell<Payload>>);

impl Stream for Held {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

/// The body of an answer, and with it the body of its request.
pub struct Answer {
    body: BoxBody,
    _held: Option<Held>,
}

impl MessageBody for Answer {
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

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("size", &self.body.size()).finish_non_exhaustive()
    }
}
