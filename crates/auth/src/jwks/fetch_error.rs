use std::time::Duration;

use reqwest::StatusCode;

use super::JwksFault;

/// Why a key set could not be fetched. The messages are logged.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("{0}")]
    Http(String),
    #[error("there is no complete response after {} s", .0.as_secs())]
    TimedOut(Duration),
    #[error("the response has status {0}")]
    Status(StatusCode),
    #[error("the response is larger than {maximum} bytes")]
    TooLarge { maximum: usize },
    #[error("the response is not a JSON Web Key Set")]
    NotKeySet,
    #[error("the set has more than {maximum} keys")]
    TooManyKeys { maximum: usize },
    #[error("the response is not an OpenID configuration with issuer and jwks_uri")]
    NotConfiguration,
    #[error("the configuration is that of the issuer {0:?}: the setting must have exactly this issuer")]
    OtherIssuer(String),
    #[error("jwks_uri of the configuration {0}")]
    JwksUri(JwksFault),
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        // The causes name the reason, such as an unknown certificate.
        let error = error.without_url();
        let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
        Self::Http(causes.map(ToString::to_string).collect::<Vec<_>>().join(": "))
    }
}
