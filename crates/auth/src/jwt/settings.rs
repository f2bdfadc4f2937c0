use chrono::TimeDelta;

use super::{Claim, IssuerBinding, claim::SUBJECT};
use crate::{JwksSettings, SecretRing, keys::PEM_BEGIN};

/// The maximum leeway. RFC 7519, 4.1.4, allows "no more than a few minutes"; Usher is stricter.
pub(super) const MAX_LEEWAY: TimeDelta = TimeDelta::seconds(60);

/// The maximum number of configured public keys of one issuer, and so the maximum number of keys to try per token.
pub const MAX_PUBLIC_KEYS: usize = 16;

/// An accepted issuer, and the requirements on its tokens.
#[derive(Debug, Clone)]
pub struct IssuerSettings {
    /// The exact value of `iss`. With `None`, these settings apply to tokens without `iss`, and to tokens whose `iss` matches
    /// no other settings.
    pub issuer: Option<String>,
    /// The values of which `aud` must include one. If it is empty, tokens with an audience are rejected (RFC 7519, 4.1.3). Set it
    /// if the issuer serves other services too: otherwise Usher accepts tokens that were issued for them. Usher's own tokens
    /// have the first one.
    pub audiences: Vec<String>,
    /// The claim with the audience. Some issuers name the client in another claim than `aud`.
    pub audience_claim: Claim,
    /// The keys that verify signatures.
    pub keys: KeySource,
    /// How much the clocks of the issuer and Usher may differ: 0 to 60 s.
    pub leeway: TimeDelta,
    /// The longest time until a token expires. It limits how long a stolen token is of use.
    pub max_lifetime: TimeDelta,
    /// Accepted values of `typ`, compared as media types: `JWT` equals `application/jwt`.
    pub token_types: Vec<String>,
    /// Whether `typ` is required. Set this too if the issuer signs other types of tokens, which Usher must reject.
    pub type_required: bool,
    /// The claims that describe the principal.
    pub claims: ClaimNames,
    /// When the issuer vouches for addresses.
    pub email_trust: EmailTrust,
    /// What its tokens count for.
    pub binding: IssuerBinding,
}

/// When an issuer vouches for the address in a token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EmailTrust {
    /// If the token says that the address is verified.
    #[default]
    Verified,
    /// Unless the token says that it is not. Only for issuers whose users cannot choose their addresses.
    Always,
}

impl IssuerSettings {
    /// Landscape's claims, no `iss` or `aud`, a leeway of 30 s, a lifetime of 31 days, and `typ` absent, `JWT` or `at+jwt`. The
    /// issuer is not bound.
    #[must_use]
    pub fn new(keys: KeySource) -> Self {
        Self {
            issuer: None,
            audiences: Vec::new(),
            audience_claim: "aud".into(),
            keys,
            leeway: TimeDelta::seconds(30),
            max_lifetime: TimeDelta::days(31),
            token_types: vec!["JWT".to_owned(), "at+jwt".to_owned()],
            type_required: false,
            claims: ClaimNames::default(),
            email_trust: EmailTrust::default(),
            binding: IssuerBinding::default(),
        }
    }
}

/// The source of an issuer's keys. Symmetric and public keys are never mixed: a public key used as a shared secret is known to
/// attackers (RFC 8725, 2.1).
#[derive(Debug, Clone)]
pub enum KeySource {
    /// HS256 with secrets that the issuer and Usher share. Usher's own tokens use it.
    SharedSecrets(SecretRing),
    /// Public keys from the configuration: 1 to [`MAX_PUBLIC_KEYS`].
    PublicKeys(Vec<PublicKeySettings>),
    /// Public keys that the issuer publishes.
    Jwks(JwksSettings),
}

/// One public key: RSA of at least 2048 bits (RS256 to RS512, PS256 to PS512), P-256 (ES256), P-384 (ES384), P-521 (ES512) or
/// Ed25519 (`EdDSA`).
#[derive(Debug, Clone)]
pub struct PublicKeySettings {
    /// A PEM block with the label `PUBLIC KEY` or `RSA PUBLIC KEY`.
    pub pem: String,
    /// The `kid` of tokens that this key signs. With `None`, the key matches every `kid` that no other key has. Several keys
    /// may have no `kid`: a token is valid if any of them signed it, so that keys can rotate.
    pub kid: Option<String>,
}

impl PublicKeySettings {
    /// Splits the text of a PEM file into its keys, without a `kid`. [`JwtVerifier::new`](crate::JwtVerifier::new)
    /// validates them. A file without a key becomes one invalid key, which the verifier rejects.
    #[must_use]
    pub fn parse_pem(text: &str) -> Vec<Self> {
        let key = |pem: String| Self { pem, kid: None };
        // Text before the first block is a comment (RFC 7468, 2).
        let blocks = text.split(PEM_BEGIN).skip(1);
        let keys: Vec<_> = blocks.map(|block| key(format!("{PEM_BEGIN}{block}"))).collect();
        if keys.is_empty() { vec![key(text.to_owned())] } else { keys }
    }
}

/// The claims that describe the principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimNames {
    /// The e-mail address. If it is not `sub`, `email_verified` must be `true`, unless every address is trusted.
    pub email: Claim,
    /// Whether the issuer vouches for the address.
    pub email_verified: Claim,
    /// The name of the chosen account.
    pub account: Option<Claim>,
    /// The person's number in Usher. Only for issuers that know Usher's numbers.
    pub person_id: Option<Claim>,
    /// The person's display name.
    pub name: Option<Claim>,
}

impl ClaimNames {
    /// The claims of OpenID providers (OpenID Connect Core, 5.1): the e-mail address in `email`, and neither an account
    /// nor a person's number in Usher.
    #[must_use]
    pub fn openid() -> Self {
        Self { email: "email".into(), account: None, person_id: None, ..Self::default() }
    }
}

/// Landscape's claims: `sub` is the e-mail address, `acc` the account and `id` the person's number.
impl Default for ClaimNames {
    fn default() -> Self {
        Self {
            email: SUBJECT.into(),
            email_verified: "email_verified".into(),
            account: Some("acc".into()),
            person_id: Some("id".into()),
            name: Some("name".into()),
        }
    }
}
