//! What the rules need from the world, as traits. Their documentation states what an adapter owes; the suites in
//! `testkit::contract` show it for each one.

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
