/// Why a string is not accepted as an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// No `@`, several, or an empty part before or after it.
    #[error("must be one e-mail address such as name@example.com")]
    Shape,
    /// Longer than RFC 5321 allows.
    #[error("is too long for an e-mail address")]
    TooLong,
    /// White space, control or invisible characters, quotes, brackets or routing characters before the `@`, or dots out of place.
    #[error("has a character before the @ that is not accepted in an e-mail address")]
    Local,
    /// Not a domain that receives mail: a single label, an address literal, or invalid under IDNA.
    #[error("needs a full domain such as example.com after the @")]
    Domain,
}
