use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::{
    App as HttpApp, HttpResponse, HttpServer,
    dev::Server as HttpServerHandle,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    web::{self, Data},
};
use tokio::{task::JoinHandle, time::interval};
use usher_app::App;
use usher_http_kit::{AppState, drain::Drain, link_lookups::LinkLookups};
use usher_persistence::DieselStore;

use super::StartError;
use crate::{health, settings::Settings, telemetry::Metrics};

/// Prometheus' text format.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Most connections. Few clients scrape metrics.
pub(super) const MAX_CONNECTIONS: usize = 64;

/// Time between two upkeeps of the metrics.
const UPKEEP: Duration = Duration::from_secs(5);

/// The listener for operators, `server.admin_bind`: metrics and health checks, without authentication.
pub(super) struct Admin {
    address: SocketAddr,
    http: HttpServerHandle,
    metrics: Metrics,
}

impl Admin {
    /// Binds the listener, if one is configured.
    pub(super) fn build(
        settings: &Settings,
        state: &Data<AppState>,
        database: Arc<DieselStore>,
    ) -> Result<Option<Self>, StartError> {
        let Some(address) = settings.server.admin_bind else { return Ok(None) };
        let listener =
            TcpListener::bind(address).map_err(|source| StartError::ListenForAdmin { address, source })?;
        let address = listener.local_addr()?;
        let metrics = Metrics::new(Arc::clone(&state.app), database);
        let (state, shown) = (state.clone(), Data::new(metrics.clone()));
        let server = HttpServer::new(move || {
            HttpApp::new()
                .app_data(state.clone())
                .app_data(shown.clone())
                .configure(health::configure)
                .route("/metrics", web::get().to(show))
        });
        let http = server
            .workers(1)
            .max_connections(MAX_CONNECTIONS)
            .shutdown_timeout(1)
            .disable_signals()
            .listen(listener)?
            .run();
        Ok(Some(Self { address, http, metrics }))
    }

    /// The address of the listener.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until [`RunningAdmin::stop`].
    pub(super) fn start(self) -> RunningAdmin {
        let handle = self.http.handle();
        // Not awaited: it ends with `stop`, and its failure must not end the service.
        drop(actix_web::rt::spawn(self.http));
        let metrics = self.metrics;
        let upkeep = tokio::spawn(async move {
            let mut times = interval(UPKEEP);
            loop {
                times.tick().await;
                metrics.upkeep();
            }
        });
        RunningAdmin { handle, upkeep }
    }
}

/// The running listener for operators. It outlives the listener for clients, so that operators can watch the end.
pub(super) struct RunningAdmin {
    handle: actix_web::dev::ServerHandle,
    upkeep: JoinHandle<()>,
}

impl RunningAdmin {
    /// Stops the listener.
    pub(super) async fn stop(self) {
        self.upkeep.abort();
        self.handle.stop(true).await;
    }
}

/// Returns the state of the handlers. No other code builds [`AppState`].
pub(super) fn state(settings: &Settings, app: Arc<App>, drain: &Arc<Drain>) -> Data<AppState> {
    Data::new(AppState {
        public_url: app.env().policy.public_url.clone(),
        app,
        body_timeout: settings.server.body_timeout,
        drain: Arc::clone(drain),
        link_lookups: Arc::new(LinkLookups::new(
            settings.limits.failed_links_per_minute,
            settings.limits.failed_links_per_client_and_minute,
        )),
    })
}

/// `GET /metrics`
async fn show(metrics: Data<Metrics>) -> HttpResponse {
    let text = metrics.render().await;
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, TEXT_FORMAT))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(text)
}
