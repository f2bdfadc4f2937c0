use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::{
    App as HttpApp, HttpServer, dev::Server as HttpServerHandle, middleware::from_fn, web::Data,
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing_actix_web::TracingLogger;
use usher_app::{App, Health, Worker, WorkerSettings};
use usher_auth::JwtVerifier;
use usher_http_kit::{AppState, unread_body};
use usher_web::mailbox::{self, KeptMails};

use super::{Deployment, MailTransport, StartError, mailbox::Mailbox, shutdown};
use crate::{
    routes::{self, EdgeSettings},
    settings::Settings,
    telemetry::{RequestSpan, log_request},
};

/// The process that delivers mails.
#[derive(Debug)]
pub enum WorkerPlacement {
    /// The server's process.
    InProcess(MailTransport),
    /// Another process: `usher worker`.
    Separate,
}

/// The server, bound to its address.
pub struct Server {
    address: SocketAddr,
    http: HttpServerHandle,
    health: Health,
    worker: Option<Worker>,
    settings: Settings,
}

impl Server {
    /// Builds the server. The database must be up to date.
    pub fn build(
        settings: Settings,
        mut deployment: Deployment,
        verifier: JwtVerifier,
        placement: WorkerPlacement,
        listener: TcpListener,
    ) -> Result<Self, StartError> {
        let address = listener.local_addr()?;
        deployment.set_public_url(settings.server.base_url(address));
        let app = Arc::new(deployment.app(&settings, verifier)?);
        let (worker, mailbox) = match placement {
            WorkerPlacement::InProcess(transport) => {
                let worker = app.worker(Arc::clone(&transport.mailer), worker_settings(&settings));
                (Some(worker), transport.mailbox)
            }
            WorkerPlacement::Separate => (None, None),
        };
        let health = app.health().clone();
        let mailbox = mailbox.map(|mailbox| Arc::new(Mailbox(mailbox)) as Arc<dyn KeptMails>);
        let http = http_server(&settings, app, mailbox, listener)?;
        Ok(Self { address, http, health, worker, settings })
    }

    /// The address that the server listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of the service for people and clients, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.settings.server.base_url(self.address)
    }

    /// Serves until `stop` is canceled, then finishes the requests and deliveries in progress.
    pub async fn run(self, stop: CancellationToken) -> Result<(), StartError> {
        let handle = self.http.handle();
        let grace_period = self.settings.server.shutdown_timeout;
        drop(tokio::spawn(self.health.follow_database_clock(stop.clone())));
        let worker = self.worker.map(|worker| supervised(worker, stop.clone(), grace_period));
        let stopping = tokio::spawn({
            let stop = stop.clone();
            async move {
                stop.cancelled().await;
                handle.stop(true).await;
            }
        });
        let served = self.http.await;
        // Stops the worker even if the server ended without a signal.
        stop.cancel();
        stopping.abort();
        served?;
        match worker {
            Some(worker) => worker.await.unwrap_or(Err(StartError::WorkerDied)),
            None => Ok(()),
        }
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Builds the HTTP server with all routes. No other code builds [`AppState`].
fn http_server(
    settings: &Settings,
    app: Arc<App>,
    mailbox: Option<Arc<dyn KeptMails>>,
    listener: TcpListener,
) -> Result<HttpServerHandle, StartError> {
    let state = Data::new(AppState {
        public_url: app.env().policy.public_url.clone(),
        app,
        body_timeout: settings.server.body_timeout,
    });
    let edges = EdgeSettings::new(settings)?;
    let server = HttpServer::new(move || {
        HttpApp::new()
            .app_data(state.clone())
            .wrap(from_fn(log_request))
            .wrap(TracingLogger::<RequestSpan>::new())
            .wrap(from_fn(unread_body::close_connection))
            .configure(|config| routes::configure(config, &edges))
            .configure(|config| {
                if let Some(mailbox) = mailbox.clone() {
                    mailbox::configure_mailbox(config, mailbox);
                }
            })
    });
    Ok(server
        .workers(settings.server.threads)
        .shutdown_timeout(settings.server.shutdown_timeout.as_secs())
        .disable_signals()
        .listen(listener)?
        .run())
}

/// Binds the configured address. Port 0 binds a free port.
pub fn listen(settings: &Settings) -> Result<TcpListener, StartError> {
    let address = settings.server.bind;
    TcpListener::bind(address).map_err(|source| StartError::Listen { address, source })
}

/// Returns the settings of the worker.
#[must_use]
pub fn worker_settings(settings: &Settings) -> WorkerSettings {
    WorkerSettings { concurrency: settings.worker.concurrency, poll_interval: settings.worker.poll_interval }
}

/// Runs a worker until `stop` is canceled, and then for at most `grace_period`. If the worker ends earlier, the whole process
/// stops with an error: a server that accepts requests but sends no mail would look healthy.
pub(super) fn supervised(
    worker: Worker,
    stop: CancellationToken,
    grace_period: Duration,
) -> JoinHandle<Result<(), StartError>> {
    let mut running = tokio::spawn(worker.run(stop.clone()));
    tokio::spawn(async move {
        tokio::select! {
            _ = &mut running => {}
            () = stop.cancelled() => {
                shutdown::wait_for_worker(running, grace_period).await;
                return Ok(());
            }
        }
        if stop.is_cancelled() {
            return Ok(());
        }
        tracing::error!("the worker ended unexpectedly");
        stop.cancel();
        Err(StartError::WorkerDied)
    })
}
