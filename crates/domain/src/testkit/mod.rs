//! For tests of this crate and of its adapters: in-memory fakes of every port, the set-up of a [`scene`], and the contract
//! suites.

mod clock;
pub mod contract;
mod credentials;
mod entropy;
mod env;
mod failing;
mod keys;
mod mailer;
pub mod memory;
mod new_invitation;
pub mod scene;
mod values;

pub use clock::FixedClock;
pub use credentials::{PlainAuthenticator, PlainFingerprints, PlainHasher, PlainSigner};
pub use entropy::SeededEntropy;
pub use env::{env, policy};
pub use failing::FailingStore;
pub use keys::PlainKeys;
pub use mailer::CapturingMailer;
pub use new_invitation::new_invitation;
pub use scene::Scene;
pub use values::{account_name, credential, email, grant, principal, text, verified};
