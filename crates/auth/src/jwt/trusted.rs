use std::sync::Arc;

use chrono::TimeDelta;
use usher_domain::port::Clock;

use super::{
    Claim, ClaimNames, EmailTrust, InvalidToken, IssuerBinding, IssuerFault, IssuerSettings, JwtError,
    KeySource, PublicKeySettings,
    compact::{CompactToken, same_type},
    settings::{MAX_LEEWAY, MAX_PUBLIC_KEYS},
};
use crate::{
    jwks::{KeysUnavailable, RemoteKeys},
    keys::{Algorithm, KeySet, LookupError, VerificationKey},
    secret::SecretRing,
};

/// An issuer with validated settings.
pub(super) struct TrustedIssuer {
    pub(super) issuer: Option<String>,
    pub(super) audiences: Vec<String>,
    pub(super) audience_claim: Claim,
    pub(super) leeway: TimeDelta,
    pub(super) max_lifetime: TimeDelta,
    pub(super) claims: ClaimNames,
    pub(super) email_trust: EmailTrust,
    pub(super) binding: IssuerBinding,
    token_types: Vec<String>,
    type_required: bool,
    keys: IssuerKeys,
}

enum IssuerKeys {
    Shared(Vec<VerificationKey>),
    Public(KeySet),
    Remote(Arc<RemoteKeys>),
}

impl IssuerKeys {
    /// Whether keys from this source can have the algorithm. Shared secrets and public keys have no algorithm in common
    /// (RFC 8725, 3.1).
    fn can_have(&self, algorithm: Algorithm) -> bool {
        match self {
            Self::Shared(_) => !algorithm.is_asymmetric(),
            Self::Public(_) | Self::Remote(_) => algorithm.is_asymmetric(),
        }
    }
}

impl TrustedIssuer {
    pub(super) fn new(settings: IssuerSettings, clock: &Arc<dyn Clock>) -> Result<Self, IssuerFault> {
        if !(TimeDelta::zero()..=MAX_LEEWAY).contains(&settings.leeway) {
            return Err(IssuerFault::Leeway);
        }
        let keys = match settings.keys {
            KeySource::SharedSecrets(secrets) => IssuerKeys::Shared(shared_keys(&secrets)),
            KeySource::PublicKeys(keys) => IssuerKeys::Public(public_keys(keys)?),
            KeySource::Jwks(jwks) => IssuerKeys::Remote(Arc::new(RemoteKeys::new(&jwks, clock)?)),
        };
        Ok(Self {
            issuer: settings.issuer,
            audiences: settings.audiences,
            audience_claim: settings.audience_claim,
            leeway: settings.leeway,
            max_lifetime: settings.max_lifetime,
            claims: settings.claims,
            email_trust: settings.email_trust,
            binding: settings.binding,
            token_types: settings.token_types,
            type_required: settings.type_required,
            keys,
        })
    }

    pub(super) fn check_type(&self, typ: Option<&str>) -> Result<(), InvalidToken> {
        let accepted = match typ {
            None => !self.type_required,
            Some(typ) => self.token_types.iter().any(|accepted| same_type(accepted, typ)),
        };
        if accepted { Ok(()) } else { Err(InvalidToken::Type) }
    }

    pub(super) async fn check_signature(&self, token: &CompactToken<'_>) -> Result<(), JwtError> {
        let (algorithm, kid) = (token.header.algorithm, token.header.kid.as_deref());
        // Checked before the lookup, so that no key of another family is tried and no key set is fetched needlessly.
        if !self.keys.can_have(algorithm) {
            return Err(InvalidToken::Algorithm.into());
        }
        let verified = match &self.keys {
            IssuerKeys::Shared(keys) => keys.iter().any(|key| token.is_signed_by(key)),
            IssuerKeys::Public(keys) => {
                let found = keys.find(kid, algorithm).map_err(InvalidToken::from)?;
                found.iter().any(|key| token.is_signed_by(key))
            }
            IssuerKeys::Remote(keys) => {
                let found = keys.find(kid, algorithm).await?.map_err(InvalidToken::from)?;
                let by_known = found.iter().any(|key| token.is_signed_by(key));
                by_known || {
                    let newer = keys.find_newer(kid, algorithm).await.unwrap_or_default();
                    newer.iter().any(|key| token.is_signed_by(key))
                }
            }
        };
        if verified { Ok(()) } else { Err(InvalidToken::Signature.into()) }
    }
}

impl From<KeysUnavailable> for JwtError {
    fn from(unavailable: KeysUnavailable) -> Self {
        // Rounded up: a caller that comes back too early waits twice.
        let seconds = unavailable.retry_after.num_milliseconds().max(1).unsigned_abs().div_ceil(1000);
        Self::KeysUnavailable { seconds: u32::try_from(seconds).unwrap_or(u32::MAX) }
    }
}

impl From<LookupError> for InvalidToken {
    fn from(miss: LookupError) -> Self {
        match miss {
            LookupError::Unknown => Self::Key,
            LookupError::Algorithm => Self::Algorithm,
        }
    }
}

fn shared_keys(secrets: &SecretRing) -> Vec<VerificationKey> {
    std::iter::once(secrets.current()).chain(secrets.previous()).map(VerificationKey::shared).collect()
}

fn public_keys(settings: Vec<PublicKeySettings>) -> Result<KeySet, IssuerFault> {
    if settings.is_empty() {
        return Err(IssuerFault::NoKeys);
    }
    if settings.len() > MAX_PUBLIC_KEYS {
        return Err(IssuerFault::TooManyKeys);
    }
    let mut keys: Vec<VerificationKey> = Vec::new();
    for (position, PublicKeySettings { pem, kid }) in (1..).zip(settings) {
        let key = VerificationKey::from_pem(&pem, kid)
            .map_err(|fault| IssuerFault::PublicKey { position, fault })?;
        if keys.iter().any(|other| other.has_kid_and_algorithm_of(&key)) {
            return Err(IssuerFault::DuplicateKid { position });
        }
        keys.push(key);
    }
    Ok(KeySet::new(keys))
}
