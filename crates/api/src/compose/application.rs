use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::{App, HttpServer, dev::Server, middleware::from_fn, web::Data};
use tokio::{
    sync::{Notify, Semaphore},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use tracing_actix_web::TracingLogger;
use usher_auth::JwtVerifier;

use super::{Core, Outlet, StartError, core::delta, shutdown};
use crate::{
    gate::Gate,
    http::{
        self, dev,
        gathered::Gathered,
        idempotency::Repeats,
        passwords::PasswordDesk,
        state::{AppState, Fastly, Landscape},
        unread,
    },
    settings::Settings,
    telemetry::{RequestSpan, log_request},
    worker::Worker,
};

/// Where mails go from here.
#[derive(Debug)]
pub enum Delivery {
    /// A worker in this process sends them.
    Here(Outlet),
    /// Another process does: `usher worker`.
    Elsewhere,
}

/// The server, bound to its address and ready to run.
pub struct Application {
    address: SocketAddr,
    server: Server,
    worker: Option<Worker>,
    settings: Settings,
}

impl Application {
    /// Puts everything together over a database that is up to date already, and an address that is bound already.
    pub fn build(
        settings: Settings,
        mut core: Core,
        verifier: JwtVerifier,
        delivery: Delivery,
        listener: TcpListener,
    ) -> Result<Self, StartError> {
        let address = listener.local_addr()?;
        core.reached_at(settings.server.base_url(address));
        let gate = gate(&settings, &core);
        let wake = Arc::new(Notify::new());
        let (worker, mailbox) = match delivery {
            Delivery::Here(outlet) => {
                let mailbox = outlet.mailbox.clone();
                (Some(mail_worker(&settings, gate.clone(), &outlet, Arc::clone(&wake))), mailbox)
            }
            Delivery::Elsewhere => (None, None),
        };
        let state = Data::new(state(&settings, core, verifier, gate, wake)?);
        let server = HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .wrap(from_fn(log_request))
                .wrap(TracingLogger::<RequestSpan>::new())
                .wrap(from_fn(unread::hold))
                .configure(http::configure)
                .configure(|config| {
                    if let Some(mailbox) = mailbox.clone() {
                        dev::configure_mailbox(config, mailbox);
                    }
                })
        })
        .workers(settings.server.threads)
        .shutdown_timeout(settings.server.shutdown_timeout.as_secs())
        .disable_signals()
        .listen(listener)?
        .run();
        Ok(Self { address, server, worker, settings })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What people and clients reach it by, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.settings.server.base_url(self.address)
    }

    /// Serves until `stop`, then finishes the requests and deliveries that are running.
    pub async fn run(self, stop: CancellationToken) -> Result<(), StartError> {
        let handle = self.server.handle();
        let patience = self.settings.server.shutdown_timeout;
        let worker = self.worker.map(|worker| supervised(worker, stop.clone(), patience));
        let stopping = tokio::spawn({
            let stop = stop.clone();
            async move {
                stop.cancelled().await;
                handle.stop(true).await;
            }
        });
        let served = self.server.await;
        // Also when the server ended by itself: the worker ends with it.
        stop.cancel();
        stopping.abort();
        served?;
        match worker {
            Some(worker) => worker.await.unwrap_or(Err(StartError::WorkerDied)),
            None => Ok(()),
        }
    }
}

impl std::fmt::Debug for Application {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Application").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Binds the configured address; port 0 becomes a real one.
pub fn listen(settings: &Settings) -> Result<TcpListener, StartError> {
    let address = settings.server.bind;
    TcpListener::bind(address).map_err(|source| StartError::Listen { address, source })
}

/// Runs a worker until `stop`, and then for at most `patience`. One that ends by itself has died: the whole process
/// stops with an error, for a server that answers 200 and sends nothing would look healthy.
pub(super) fn supervised(
    worker: Worker,
    stop: CancellationToken,
    patience: Duration,
) -> JoinHandle<Result<(), StartError>> {
    let mut running = tokio::spawn(worker.run(stop.clone()));
    tokio::spawn(async move {
        tokio::select! {
            _ = &mut running => {}
            () = stop.cancelled() => {
                shutdown::bounded(running, patience).await;
                return Ok(());
            }
        }
        if stop.is_cancelled() {
            return Ok(());
        }
        tracing::error!("the worker died");
        stop.cancel();
        Err(StartError::WorkerDied)
    })
}

/// The way to the store, as wide as the pool.
pub(super) fn gate(settings: &Settings, core: &Core) -> Gate {
    let places = settings.database.pool_size as usize;
    Gate::new(Arc::clone(&core.store), core.env.clone(), places, settings.database.acquire_timeout)
}

/// The worker that the settings describe.
#[must_use]
pub fn mail_worker(settings: &Settings, gate: Gate, outlet: &Outlet, wake: Arc<Notify>) -> Worker {
    let worker = &settings.worker;
    Worker::new(gate, Arc::clone(&outlet.mailer), worker.concurrency, worker.poll_interval, wake)
}

fn state(
    settings: &Settings,
    core: Core,
    verifier: JwtVerifier,
    gate: Gate,
    wake: Arc<Notify>,
) -> Result<AppState, StartError> {
    let hashing = Arc::new(Semaphore::new(settings.server.threads));
    Ok(AppState {
        public_url: gate.env().policy.public_url.clone(),
        gathered: Gathered::new(&gate),
        gate,
        verifier,
        issuer: core.issuer,
        passwords: Arc::new(PasswordDesk::new(core.passwords, hashing)),
        repeats: Repeats::new(core.requests),
        wake,
        continue_url: settings.server.continue_url.clone(),
        body_timeout: settings.server.body_timeout,
        token_lifetime: delta(settings.auth.token_lifetime, "auth.token_lifetime")?,
        landscape: Landscape {
            strict_content_type: settings.landscape.strict_content_type,
            validity: delta(settings.invitations.validity, "invitations.validity")?,
        },
        fastly: Fastly { validity: delta(settings.fastly.validity, "fastly.validity")? },
    })
}
