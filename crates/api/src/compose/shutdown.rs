use std::{io, sync::Arc, time::Duration};

use actix_web::dev::{Server as HttpServer, ServerHandle};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use usher_http_kit::drain::Drain;

use crate::settings::ServerSection;

/// Returns a token that the first SIGINT or SIGTERM cancels. The second signal ends the process immediately.
pub(super) fn on_signals() -> io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut signals = Signals::new()?;
    let first = stop.clone();
    tokio::spawn(async move {
        signals.next().await;
        tracing::info!("stopping; a second signal ends the process immediately");
        first.cancel();
        signals.next().await;
        tracing::warn!("ended by a second signal");
        std::process::exit(1);
    });
    Ok(stop)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        drop(tokio::signal::ctrl_c().await);
    }
}

/// Stops the server when `stop` is canceled, so that a proxy need not send a request twice:
///
/// 1. The server is not ready. It continues to serve, because proxies need a moment to notice.
/// 2. Each response closes its connection, until no connection is left.
/// 3. The server does not listen, and closes unused connections. Requests in progress continue.
pub(super) async fn in_stages(
    stop: CancellationToken,
    drain: Arc<Drain>,
    http: ServerHandle,
    settings: ServerSection,
) {
    stop.cancelled().await;
    let delay = settings.drain_delay();
    drain.begin();
    sleep(delay).await;
    drain.close_connections();
    // An unused connection is closed after `keep_alive` at the latest.
    let all_closed = timeout(delay.min(settings.keep_alive), drain.all_closed()).await.is_ok();
    tracing::info!(all_closed, "closing the listener");
    http.stop(true).await;
}

/// Runs the server until it has stopped, or until `grace_period` has passed since `stop` was canceled.
pub(super) async fn within(
    grace_period: Duration,
    stop: CancellationToken,
    http: HttpServer,
) -> io::Result<()> {
    let overdue = async {
        stop.cancelled().await;
        sleep(grace_period).await;
    };
    tokio::select! {
        served = http => served,
        () = overdue => {
            tracing::warn!("requests did not end in time; their connections are closed");
            Ok(())
        }
    }
}

/// Waits for a worker to end, at most for `grace_period`. A mail that is being sent at that time is sent again after its lease.
pub(super) async fn wait_for_worker(worker: JoinHandle<()>, grace_period: Duration) {
    if timeout(grace_period, worker).await.is_err() {
        tracing::warn!("deliveries did not end in time; their mails will be sent again");
    }
}
