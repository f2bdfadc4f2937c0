//! Request bodies: read whole, with limits of size and time.

use std::time::Duration;

use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt as _;

/// Largest body of a request, in bytes.
pub const LIMIT: usize = 64 * 1024;

/// The reason why a body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The body is larger than [`LIMIT`].
    #[error("the request body is larger than {LIMIT} bytes")]
    TooLarge,
    /// The body did not arrive in time.
    #[error("the request body did not arrive in time")]
    TimedOut,
    /// The connection broke, or the transfer coding is wrong.
    #[error("the request body could not be read")]
    Broken,
}

/// Reads a whole body of at most [`LIMIT`] bytes within `timeout`. The server itself only limits the time for the head of a
/// request.
pub async fn read(payload: Payload, timeout: Duration) -> Result<Bytes, BodyError> {
    tokio::time::timeout(timeout, collect(payload)).await.unwrap_or(Err(BodyError::TimedOut))
}

async fn collect(mut payload: Payload) -> Result<Bytes, BodyError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| BodyError::Broken)?;
        if body.len() + chunk.len() > LIMIT {
            return Err(BodyError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
