use super::{JwksSettings, fetch::Fetcher, url::JwksUrl};

/// Fetches a key set once and returns the number of its usable keys. For checks of the settings; the error is for the
/// operator.
pub async fn check_key_set(settings: &JwksSettings) -> Result<usize, String> {
    let url = JwksUrl::parse(&settings.url).map_err(|fault| fault.to_string())?;
    let fetcher = Fetcher::new(url).map_err(|error| error.to_string())?;
    fetcher.fetch().await.map(|keys| keys.len()).map_err(|error| error.to_string())
}
