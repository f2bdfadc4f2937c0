//! For tests of this crate and of its adapters: in-memory fakes of every port, and the contract suites.

mod clock;
pub mod contract;
mod entropy;
mod env;
mod keys;
mod mailer;
pub mod memory;
mod new_invitation;

pub use clock::FixedClock;
pub use entropy::SeededEntropy;
pub use env::{env, policy};
pub use keys::PlainKeys;
pub use mailer::CapturingMailer;
pub use new_invitation::new_invitation;
