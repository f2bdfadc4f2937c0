use std::{fs, sync::Arc};

use usher_auth::{
    ClaimNames, IssuerBinding, IssuerSettings, JwksSettings, JwtVerifier, KeySource, PublicKeySettings,
    SecretRing, ServerSecret,
};
use usher_domain::port::Clock;

use super::{StartError, duration::time_delta};
use crate::settings::{AuthSection, Issuer, Settings};

/// Returns the secrets that sign tokens and derive link keys.
pub(super) fn secrets(auth: &AuthSection) -> Result<SecretRing, StartError> {
    let secret = |text: &secrecy::SecretString| {
        ServerSecret::new(text.clone()).map_err(|error| StartError::Auth(format!("auth.secret {error}")))
    };
    let previous = auth.previous_secrets.iter().map(secret).collect::<Result<_, _>>()?;
    Ok(SecretRing::new(secret(&auth.secret)?, previous))
}

/// Returns the issuer of the tokens that are signed with the server's secret: Usher, and all backends that share the
/// secret.
pub(super) fn own_issuer(auth: &AuthSection, secrets: &SecretRing) -> Result<IssuerSettings, StartError> {
    Ok(IssuerSettings {
        issuer: auth.issuer.clone(),
        audiences: auth.audience.iter().cloned().collect(),
        leeway: time_delta(auth.leeway, "auth.leeway")?,
        max_lifetime: time_delta(auth.max_lifetime, "auth.max_lifetime")?,
        ..IssuerSettings::new(KeySource::SharedSecrets(secrets.clone()))
    })
}

/// Builds the verifier for the tokens of Usher and of all other issuers. It reads the key files.
pub fn verifier(settings: &Settings, clock: &Arc<dyn Clock>) -> Result<JwtVerifier, StartError> {
    let auth = &settings.auth;
    let own = own_issuer(auth, &secrets(auth)?)?;
    let issuers = [vec![own], other_issuers(auth)?].concat();
    JwtVerifier::new(issuers, clock).map_err(|error| StartError::Auth(error.to_string()))
}

/// Builds the verifier for the tokens of Usher only, for commands. It reads no file and fetches no keys.
pub fn own_verifier(settings: &Settings, clock: &Arc<dyn Clock>) -> Result<JwtVerifier, StartError> {
    let own = own_issuer(&settings.auth, &secrets(&settings.auth)?)?;
    JwtVerifier::new(vec![own], clock).map_err(|error| StartError::Auth(error.to_string()))
}

/// Returns the issuers of `[[auth.issuers]]`.
fn other_issuers(auth: &AuthSection) -> Result<Vec<IssuerSettings>, StartError> {
    auth.issuers.iter().map(|issuer| other_issuer(auth, issuer)).collect()
}

fn other_issuer(auth: &AuthSection, issuer: &Issuer) -> Result<IssuerSettings, StartError> {
    Ok(IssuerSettings {
        issuer: Some(issuer.issuer.clone()),
        audiences: issuer.audience.clone(),
        audience_claim: issuer.audience_claim.clone(),
        leeway: time_delta(auth.leeway, "auth.leeway")?,
        max_lifetime: time_delta(issuer.max_lifetime, "auth.issuers.max_lifetime")?,
        claims: ClaimNames {
            email: issuer.email_claim.clone(),
            email_verified: issuer.email_verified_claim.clone(),
            account: Some(issuer.account_claim.clone()),
            // Person ids are Usher's own: another issuer's ids name other people.
            person_id: None,
            name: Some(issuer.name_claim.clone()),
        },
        email_trust: issuer.email_trust,
        binding: IssuerBinding {
            accounts: issuer.accounts.iter().cloned().collect(),
            email_domains: issuer.email_domains.iter().cloned().collect(),
        },
        ..IssuerSettings::new(keys(issuer)?)
    })
}

fn keys(issuer: &Issuer) -> Result<KeySource, StartError> {
    match key_set(issuer) {
        Some(jwks) => Ok(KeySource::Jwks(jwks)),
        None => Ok(KeySource::PublicKeys(public_keys(issuer)?)),
    }
}

/// Returns the key set that an issuer publishes, or `None` for an issuer with key files. Without a URL and without files,
/// the issuer's configuration names the URL.
pub(crate) fn key_set(issuer: &Issuer) -> Option<JwksSettings> {
    if !issuer.key_files.is_empty() {
        return None;
    }
    let jwks = match &issuer.jwks_url {
        Some(url) => JwksSettings::new(url.as_str()),
        None => JwksSettings::discovered(issuer.issuer.as_str()),
    };
    Some(JwksSettings { insecure: issuer.insecure_jwks_url, ..jwks })
}

fn public_keys(issuer: &Issuer) -> Result<Vec<PublicKeySettings>, StartError> {
    let mut keys = Vec::new();
    for path in &issuer.key_files {
        let text = fs::read_to_string(path)
            .map_err(|error| StartError::Auth(format!("key file {}: {error}", path.display())))?;
        keys.extend(PublicKeySettings::parse_pem(&text));
    }
    Ok(keys)
}
