//! `GET /metrics`: all metrics in Prometheus' text format.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::{sync::Mutex, time::timeout};
use usher_app::{
    App, forget_backlog,
    telemetry::catalogue::{BUILD_INFO, CONNECTIONS, HTTP_DURATION, MAX_CONNECTIONS, describe},
};
use usher_persistence::DieselStore;

/// Upper bounds of the times of requests, in seconds.
const BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Longest time that a scrape waits for the database. Prometheus gives up after ten seconds by default.
const BACKLOG_TIMEOUT: Duration = Duration::from_secs(2);

/// Installs the recorder of this process, once. Nothing is counted before that.
pub fn record() -> PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    let handle = RECORDER.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        // The only error is an empty list of buckets.
        let builder = builder.set_buckets_for_metric(Matcher::Full(HTTP_DURATION.to_owned()), &BUCKETS);
        let recorder = builder.unwrap_or_default().build_recorder();
        let handle = recorder.handle();
        // The only error is another recorder, which this process does not have.
        drop(metrics::set_global_recorder(recorder));
        describe();
        gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1);
        handle
    });
    handle.clone()
}

/// Samples gauges and writes all metrics.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
    app: Arc<App>,
    database: Arc<DieselStore>,
    /// Held while the database is read.
    reading: Arc<Mutex<()>>,
}

impl Metrics {
    /// The metrics of this process.
    #[must_use]
    pub fn new(app: Arc<App>, database: Arc<DieselStore>) -> Self {
        Self { handle: record(), app, database, reading: Arc::default() }
    }

    /// Returns all metrics. Gauges are of this moment, except those of the database while another scrape reads them.
    pub async fn render(&self) -> String {
        self.app.record_load();
        self.record_connections();
        self.record_backlog().await;
        self.handle.render()
    }

    /// Frees the memory of histograms. Without it, they grow until the next scrape.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }

    fn record_connections(&self) {
        let connections = self.database.connections();
        gauge!(CONNECTIONS, "state" => "in_use").set(connections.open.saturating_sub(connections.idle));
        gauge!(CONNECTIONS, "state" => "idle").set(connections.idle);
        gauge!(MAX_CONNECTIONS).set(connections.max);
    }

    /// Reads the database, within [`BACKLOG_TIMEOUT`], and never twice at once: a database that does not respond must not
    /// collect one unit of work for every scrape.
    async fn record_backlog(&self) {
        let Ok(turn) = Arc::clone(&self.reading).try_lock_owned() else { return };
        let app = Arc::clone(&self.app);
        // The unit continues after the timeout, and keeps its turn until it ends.
        let reading = tokio::spawn(async move {
            app.record_backlog().await;
            drop(turn);
        });
        if timeout(BACKLOG_TIMEOUT, reading).await.is_err() {
            forget_backlog();
        }
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}
