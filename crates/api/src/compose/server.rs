use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::{App as HttpApp, dev::Server as HttpServer, middleware::from_fn, web::Data};
use tokio::{net::TcpSocket, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tracing_actix_web::TracingLogger;
use usher_app::{Health, Worker, WorkerSettings};
use usher_auth::JwtVerifier;
use usher_http_kit::{
    AppState,
    client_address::TrustedProxies,
    connection::{self, ConnectionLimits},
    drain::Drain,
};
use usher_web::mailbox::{self, KeptMails};

use super::{
    Deployment, MailTransport, StartError,
    admin::{Admin, state},
    connections::max_connections,
    mailbox::Mailbox,
    shutdown,
};
use crate::{
    routes::{self, Edge, EdgeSettings},
    settings::Settings,
    telemetry::{Dialects, RequestSpan, log_request},
};

/// The most connections that wait to be accepted.
const BACKLOG: u32 = 1024;

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
    http: HttpServer,
    drain: Arc<Drain>,
    health: Health,
    worker: Option<Worker>,
    admin: Option<Admin>,
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
        let drain = Arc::<Drain>::default();
        let state = state(&settings, app, &drain);
        let admin = Admin::build(&settings, &state, deployment.database())?;
        let http = http_server(&settings, state, mailbox, &drain, listener)?;
        Ok(Self { address, http, drain, health, worker, admin, settings })
    }

    /// The address that the server listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the listener for operators, if there is one.
    #[must_use]
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(Admin::address)
    }

    /// The URL of the service for people and clients, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.settings.server.base_url(self.address)
    }

    /// Serves until `stop` is canceled, then finishes the requests and deliveries in progress: see `shutdown::in_stages`.
    pub async fn run(self, stop: CancellationToken) -> Result<(), StartError> {
        let admin = self.admin.map(Admin::start);
        let grace_period = self.settings.server.shutdown_timeout;
        drop(tokio::spawn(self.health.follow_database_clock(stop.clone())));
        let worker = self.worker.map(|worker| supervised(worker, stop.clone(), grace_period));
        let stages = shutdown::in_stages(stop.clone(), self.drain, self.http.handle(), self.settings.server);
        let stopping = tokio::spawn(stages);
        let served = shutdown::within(grace_period, stop.clone(), self.http).await;
        // Stops the worker even if the server ended without a signal.
        stop.cancel();
        stopping.abort();
        served?;
        let result = match worker {
            Some(worker) => worker.await.unwrap_or(Err(StartError::WorkerDied)),
            None => Ok(()),
        };
        if let Some(admin) = admin {
            admin.stop().await;
        }
        result
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Builds the HTTP server with all routes.
fn http_server(
    settings: &Settings,
    state: Data<AppState>,
    mailbox: Option<Arc<dyn KeptMails>>,
    drain: &Arc<Drain>,
    listener: TcpListener,
) -> Result<HttpServer, StartError> {
    let edges = EdgeSettings::new(settings)?;
    let proxies = TrustedProxies::new(&settings.server.trusted_proxies);
    let dialects = Dialects::new(routes::edges().iter().flat_map(Edge::routes));
    let app = move || {
        HttpApp::new()
            .app_data(state.clone())
            .app_data(proxies.clone())
            .app_data(dialects.clone())
            .wrap(from_fn(log_request))
            .wrap(TracingLogger::<RequestSpan>::new())
            .wrap(from_fn(connection::guard_request))
            .configure(|config| routes::configure(config, &edges))
            .configure(|config| {
                if let Some(mailbox) = mailbox.clone() {
                    mailbox::configure_mailbox(config, mailbox);
                }
            })
    };
    let connections = max_connections(settings)?;
    // The bound of actix-server is for each thread.
    let threads = settings.server.threads.min(connections);
    let server = HttpServer::build()
        .workers(threads)
        .max_concurrent_connections(connections / threads)
        .shutdown_timeout(settings.server.shutdown_timeout.as_secs())
        .disable_signals();
    let (limits, drain) = (connection_limits(settings), Arc::clone(drain));
    let stopping = server.graceful_shutdown_signal();
    let service = move || {
        let stopping = stopping.clone();
        let stopping = move || {
            let stopping = stopping.clone();
            async move { stopping.notified().await }
        };
        connection::service(app(), limits, Arc::clone(&drain), stopping)
    };
    Ok(server.listen("usher", listener, service)?.run())
}

fn connection_limits(settings: &Settings) -> ConnectionLimits {
    ConnectionLimits {
        head_timeout: settings.server.head_timeout,
        write_timeout: settings.server.write_timeout,
        keep_alive: settings.server.keep_alive,
    }
}

/// Binds the configured address. Port 0 binds a free port. Call it in a runtime.
pub fn listen(settings: &Settings) -> Result<TcpListener, StartError> {
    let address = settings.server.bind;
    bind(address).map_err(|source| StartError::Listen { address, source })
}

/// As the standard library binds, with a longer backlog.
fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

/// Returns the settings of the worker.
#[must_use]
pub fn worker_settings(settings: &Settings) -> WorkerSettings {
    let worker = &settings.worker;
    WorkerSettings {
        concurrency: worker.concurrency,
        slow_concurrency: worker.slow_concurrency,
        poll_interval: worker.poll_interval,
    }
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
