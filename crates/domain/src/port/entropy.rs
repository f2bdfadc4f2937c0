/// A cryptographically secure source of randomness.
pub trait Entropy: Send + Sync {
    /// Fills the bytes with random ones. It cannot fail: an operating system without randomness must not run this service.
    fn fill(&self, bytes: &mut [u8]);
}
