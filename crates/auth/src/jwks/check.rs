use super::{JwksSettings, fetch::Fetcher};

/// Fetches a key set once and returns the number of its usable keys. For checks of the settings; the error is for the
/// operator.
pub async fn check_key_set(settings: &JwksSettings) -> Result<usize, String> {
    let fetcher = Fetcher::new(settings).map_err(|fault| fault.to_string())?;
    fetcher.fetch().await.map(|fetched| fetched.keys.len()).map_err(|error| error.to_string())
}

/// Reads a key set. Returns the numbers of its usable keys and of its dropped keys, or why it is not a key set. For the fuzz
/// targets.
#[cfg(feature = "fuzzing")]
pub fn read_key_set(body: &[u8]) -> Result<(usize, usize), String> {
    let fetched = super::fetch::parse(body).map_err(|error| error.to_string())?;
    Ok((fetched.keys.len(), fetched.dropped.len()))
}
