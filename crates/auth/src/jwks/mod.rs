//! Key sets that issuers publish: fetched under strict bounds, kept, and fetched again without anybody being able to
//! make us hammer the issuer.

mod fetch;
mod remote;
mod settings;
mod url;

pub(crate) use remote::RemoteKeys;
pub use settings::{JwksFault, JwksSettings};
