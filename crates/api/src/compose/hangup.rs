/// Keeps SIGHUP from ending the process. Nothing is reloaded: one log line for each signal says so. Many programs reload their
/// configuration on SIGHUP, so operators send it. Development mode does not call this: it ends with its terminal.
#[cfg(unix)]
pub(super) fn ignore() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangups = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            tracing::info!("SIGHUP reloads nothing: restart the process to apply changed settings");
        }
    });
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
pub(super) fn ignore() -> std::io::Result<()> {
    Ok(())
}
