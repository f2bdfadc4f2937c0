use std::{
    future::{Future, ready},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use actix_http::{HttpService, Request, error::DispatchError};
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::{
    Error,
    body::MessageBody,
    dev::{AppConfig, ServiceResponse},
};
use tokio::net::TcpStream;

use super::{ConnectionLimits, stream::Stream};
use crate::drain::Drain;

/// The service of one listener: HTTP/1.1 with the limits of connections. The future of `stopping` completes when the server
/// stops: connections without a request in progress are closed, and others after their response.
pub fn service<S, B, F>(
    app: impl IntoServiceFactory<S, Request>,
    limits: ConnectionLimits,
    drain: Arc<Drain>,
    stopping: impl Fn() -> F + 'static,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = DispatchError, InitError = ()>
where
    S: ServiceFactory<Request, Config = AppConfig, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::InitError: std::fmt::Debug,
    S::Service: 'static,
    B: MessageBody + 'static,
    F: Future<Output = ()> + 'static,
{
    let app = app.into_factory().map_err(|error: Error| error.error_response());
    let http = HttpService::build()
        .graceful_shutdown_signal(stopping)
        .keep_alive(limits.keep_alive)
        // The stream limits the time of each head.
        .client_request_timeout(Duration::ZERO)
        .client_disconnect_timeout(Duration::from_secs(1))
        .on_connect_ext(|stream: &Stream, extensions| {
            extensions.insert(Rc::clone(stream.exchange()));
        })
        .h1(map_config(app, |()| AppConfig::default()));
    fn_service(move |socket: TcpStream| {
        let peer = socket.peer_addr().ok();
        ready(Ok::<_, DispatchError>((Stream::new(socket, limits, &drain), peer)))
    })
    .and_then(http)
}
