use chrono::TimeDelta;

use crate::{JwksSettings, SecretRing, keys::PEM_BEGIN};

/// The claim that names whom a token is about (RFC 7519, 4.1.2).
pub(super) const SUBJECT: &str = "sub";

/// Longest leeway that can be set (RFC 7519, 4.1.4: "no more than a few minutes"; we are stricter).
pub(super) const MAX_LEEWAY: TimeDelta = TimeDelta::seconds(60);

/// Most public keys that can be configured for one issuer, and so the most that a token is tried with.
pub const MAX_PUBLIC_KEYS: usize = 16;

/// Whose tokens are accepted, and what they must look like.
#[derive(Debug, Clone)]
pub struct IssuerSettings {
    /// The value that `iss` must have, to the character; with `None`, tokens are judged by these settings whose `iss`
    /// is absent or nobody else's.
    pub issuer: Option<String>,
    /// What `aud` must name. With `None`, tokens that name any audience are refused (RFC 7519, 4.1.3). An issuer that
    /// serves more than Usher needs one: else a token that was given to another service opens this one, too.
    pub audience: Option<String>,
    /// What the signatures are checked with.
    pub keys: KeySource,
    /// How far the clocks of issuer and Usher may be apart: 0 to 60 s.
    pub leeway: TimeDelta,
    /// Accepted values of `typ`; compared as media types, so `JWT` is `application/jwt`.
    pub token_types: Vec<String>,
    /// Whether `typ` has to be there. To keep other kinds of tokens of the same issuer out, set this too.
    pub type_required: bool,
    /// Which claims say who it is.
    pub claims: ClaimNames,
}

impl IssuerSettings {
    /// Landscape's claims, no `iss` or `aud` demanded, 30 s of leeway, `typ` absent, `JWT` or `at+jwt`.
    #[must_use]
    pub fn new(keys: KeySource) -> Self {
        Self {
            issuer: None,
            audience: None,
            keys,
            leeway: TimeDelta::seconds(30),
            token_types: vec!["JWT".to_owned(), "at+jwt".to_owned()],
            type_required: false,
            claims: ClaimNames::default(),
        }
    }
}

/// Where the keys of an issuer come from. Symmetric and public keys are never mixed: a public key that is taken for a
/// shared secret is known to everybody (RFC 8725, 2.1).
#[derive(Debug, Clone)]
pub enum KeySource {
    /// HS256 with secrets that issuer and Usher share: what Usher's own tokens are made with.
    SharedSecrets(SecretRing),
    /// Public keys that the operator wrote into the configuration: 1 to [`MAX_PUBLIC_KEYS`].
    PublicKeys(Vec<PublicKeySettings>),
    /// Public keys that the issuer publishes.
    Jwks(JwksSettings),
}

/// One public key: RSA of at least 2048 bits (RS256), P-256 (ES256) or Ed25519 (`EdDSA`).
#[derive(Debug, Clone)]
pub struct PublicKeySettings {
    /// `-----BEGIN PUBLIC KEY-----` and so on.
    pub pem: String,
    /// The `kid` of tokens that this key signs; with `None`, the key stands for every kid that no other key has. Several
    /// keys without one stand side by side: a token is good if any of them signed it, so that keys can rotate.
    pub kid: Option<String>,
}

impl PublicKeySettings {
    /// The keys of a PEM file, which may hold several, one after another; none has a `kid`. Whether they are sound is
    /// checked with the other settings: a text without any key makes one that will be refused.
    #[must_use]
    pub fn of_file(text: &str) -> Vec<Self> {
        let key = |pem: String| Self { pem, kid: None };
        // Text before the first block is a comment (RFC 7468, 2).
        let blocks = text.split(PEM_BEGIN).skip(1);
        let keys: Vec<_> = blocks.map(|block| key(format!("{PEM_BEGIN}{block}"))).collect();
        if keys.is_empty() { vec![key(text.to_owned())] } else { keys }
    }
}

/// Which claims say who holds the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimNames {
    /// The e-mail address. When it is not `sub`, `email_verified` must be there and true.
    pub email: String,
    /// Whether the issuer vouches for the address.
    pub email_verified: String,
    /// The name of the chosen account.
    pub account: Option<String>,
    /// The person's number in Usher. Only for issuers that know Usher's people.
    pub person_id: Option<String>,
    /// What the person is called.
    pub name: Option<String>,
}

impl ClaimNames {
    /// What OpenID providers send (OpenID Connect Core, 5.1): an e-mail address beside the subject, and nothing that
    /// only Usher knows.
    #[must_use]
    pub fn openid() -> Self {
        Self { email: "email".to_owned(), account: None, person_id: None, ..Self::default() }
    }
}

/// Landscape's: `sub` is the e-mail address, `acc` the account, `id` the person.
impl Default for ClaimNames {
    fn default() -> Self {
        Self {
            email: SUBJECT.to_owned(),
            email_verified: "email_verified".to_owned(),
            account: Some("acc".to_owned()),
            person_id: Some("id".to_owned()),
            name: Some("name".to_owned()),
        }
    }
}
