//! Key sets that issuers publish. They are fetched under strict bounds, cached and refreshed. Callers cannot make Usher fetch
//! more often than the cooldown allows.

mod check;
mod dropped;
mod fetch;
mod fetch_error;
mod http;
mod remote;
mod settings;
mod url;

pub use check::check_key_set;
#[cfg(feature = "fuzzing")]
pub use check::read_key_set;
pub(crate) use remote::{KeysUnavailable, RemoteKeys};
pub use settings::{JwksFault, JwksSettings, KeyLocation};
