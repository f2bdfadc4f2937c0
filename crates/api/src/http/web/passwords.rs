use std::{sync::Arc, time::Duration};

use usher_auth::Passwords;

use super::{message, render::Page};
use crate::http::state::AppState;

/// How long a visitor waits for a place before being asked to come back.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs `work` on a blocking thread, no more at once than the state allows; outside of any transaction, because it
/// takes longer than one may.
pub(super) async fn with_passwords<T>(
    state: &AppState,
    work: impl FnOnce(&Passwords) -> T + Send + 'static,
) -> Result<T, Page>
where
    T: Send + 'static,
{
    let waiting = Arc::clone(&state.hashing).acquire_owned();
    let Ok(Ok(place)) = tokio::time::timeout(PATIENCE, waiting).await else {
        tracing::warn!("too many passwords to hash at once");
        return Err(message::busy());
    };
    let passwords = Arc::clone(&state.passwords);
    let done = tokio::task::spawn_blocking(move || {
        // Held to the end of the work, even when the visitor hangs up before.
        let _place = place;
        work(&passwords)
    });
    done.await.map_err(|error| {
        tracing::error!(%error, "hashing a password panicked");
        message::busy()
    })
}
