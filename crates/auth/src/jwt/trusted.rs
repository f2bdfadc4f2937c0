use std::sync::Arc;

use chrono::TimeDelta;
use jsonwebtoken::Algorithm;
use usher_domain::port::Clock;

use super::{
    ClaimNames, InvalidToken, IssuerFault, IssuerSettings, JwtError, KeySource, PublicKeySettings,
    compact::{CompactToken, same_type},
    settings::{MAX_LEEWAY, MAX_PUBLIC_KEYS},
};
use crate::{
    jwks::RemoteKeys,
    keys::{KeySet, LookupError, VerificationKey},
    secret::SecretRing,
};

/// An issuer with validated settings.
pub(super) struct TrustedIssuer {
    pub(super) issuer: Option<String>,
    pub(super) audience: Option<String>,
    pub(super) leeway: TimeDelta,
    pub(super) claims: ClaimNames,
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
    /// The algorithms of keys from this source. Each key has one of them (RFC 8725, 3.1).
    fn algorithms(&self) -> &'static [Algorithm] {
        match self {
            Self::Shared(_) => &[Algorithm::HS256],
            Self::Public(_) | Self::Remote(_) => &[Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA],
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
            audience: settings.audience,
            leeway: settings.leeway,
            claims: settings.claims,
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
        let signed_by = |key: &VerificationKey| key.verifies(token.signing_input, token.signature);
        let (algorithm, kid) = (token.header.algorithm, token.header.kid.as_deref());
        // Checked before the lookup, so that no key of another family is tried and no key set is fetched needlessly.
        if !self.keys.algorithms().contains(&algorithm) {
            return Err(InvalidToken::Algorithm.into());
        }
        let verified = match &self.keys {
            IssuerKeys::Shared(keys) => keys.iter().any(signed_by),
            IssuerKeys::Public(keys) => {
                let found = keys.find_all(kid, algorithm).map_err(InvalidToken::from)?;
                found.into_iter().any(|key| signed_by(key))
            }
            IssuerKeys::Remote(keys) => {
                let found = keys.find(kid, algorithm).await.ok_or(JwtError::KeysUnavailable)?;
                signed_by(&*found.map_err(InvalidToken::from)?)
            }
        };
        if verified { Ok(()) } else { Err(InvalidToken::Signature.into()) }
    }
}

impl From<LookupError> for InvalidToken {
    fn from(miss: LookupError) -> Self {
        match miss {
            LookupError::Unknown | LookupError::Ambiguous => Self::Key,
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
