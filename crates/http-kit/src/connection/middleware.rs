//! Closes the connection of a request whose body was not read to its end.
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

/// Middleware that keeps the body of the request until the response is sent.
pub async fn close_connection(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<ResponseBody>, Error> {
    let request_body = match request.take_payload() {
        Payload::None => None,
        payload => {
            let shared = SharedBody(Rc::new(RefCell::new(payload)));
            request.set_payload(Payload::Stream { payload: Box::pin(shared.clone()) });
            Some(shared)
        }
    };
    let response = next.call(request).await?;
    Ok(response.map_body(|_, body| ResponseBody { body: body.boxed(), _request_body: request_body }))
}

/// The body of a request. The handler and the response share it, and only the handler reads it.
#[derive(Clone)]
struct SharedBody(Rc<RefCell<Payload>>);

impl Stream for SharedBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

/// The body of a response, which also keeps the body of its request.
pub struct ResponseBody {
    body: BoxBody,
    _request_body: Option<SharedBody>,
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

impl std::fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResponseBody").field("size", &self.body.size()).finish_non_exhaustive()
    }
}
