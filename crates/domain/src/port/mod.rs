//! The ports: traits that adapters implement. Their documentation states the obligations of an adapter. The suites in
//! `testkit::contract` verify those of the store.

mod clock;
mod credentials;
mod entropy;
mod keys;
mod mailer;
pub mod store;

pub use clock::Clock;
pub use credentials::{
    AuthenticateFuture, Authenticator, HashingError, PasswordHasher, RequestFingerprints, SignedToken,
    TokenError, TokenRequest, TokenSigner,
};
pub use entropy::Entropy;
pub use keys::LinkKeys;
pub use mailer::{Mailer, SendError, SendFuture};
pub use store::{Store, StoreError, Tx};
