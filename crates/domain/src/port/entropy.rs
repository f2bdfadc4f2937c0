/// Gives randomness that nobody can guess.
pub trait Entropy: Send + Sync {
    /// Fills the bytes from a cryptographically secure generator. It cannot fail: an operating system without
    /// randomness must not run this service.
    fn fill(&self, bytes: &mut [u8]);
}
