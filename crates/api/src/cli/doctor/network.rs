use tokio::net::lookup_host;
use url::{Host, Url};
use usher_auth::{check_key_set, is_loopback};
use usher_mailer::LettreMailer;

use super::{super::mail_test::advice, check::Check};
use crate::{
    compose::{key_set, verifier},
    settings::{Issuer, Settings},
    system::SystemClock,
};

/// Checks that the relay can be reached and accepts the login. Sends no mail.
pub(super) async fn check_relay(settings: &Settings, checks: &mut Vec<Check>) {
    let result = match &settings.mail {
        None => Err("there is no relay: set mail.url and mail.from".to_owned()),
        Some(relay) => match LettreMailer::new(relay.clone()) {
            Err(error) => Err(format!("mail.{error}")),
            Ok(mailer) => {
                let trial = mailer.try_relay().await;
                let steps: Vec<&str> = trial.passed.iter().map(|step| step.name).collect();
                match trial.result {
                    Ok(()) => Ok(format!("{relay} is ready ({})", steps.join(", "))),
                    Err(error) => Err(format!("{relay}: {error}. {}", advice(&error))),
                }
            }
        },
    };
    checks.push(Check::new("relay", result));
}

/// Checks that the keys of each issuer can be used.
pub(super) async fn check_issuers(settings: &Settings, checks: &mut Vec<Check>) {
    if settings.auth.issuers.is_empty() {
        return;
    }
    if let Err(error) = verifier(settings, &(std::sync::Arc::new(SystemClock) as _)) {
        checks.push(Check::new("issuers", Err(error.to_string())));
        return;
    }
    for issuer in &settings.auth.issuers {
        checks.push(Check::new(format!("keys of {}", issuer.issuer), keys(issuer).await));
    }
}

async fn keys(issuer: &Issuer) -> Result<String, String> {
    let Some(key_set) = key_set(issuer) else { return Ok("can be read from files".to_owned()) };
    match check_key_set(&key_set).await {
        Ok(0) => Err("the key set has no key that Usher can use: check that jwks_url is its URL".to_owned()),
        Ok(1) => Ok("one key can be used".to_owned()),
        Ok(several) => Ok(format!("{several} keys can be used")),
        Err(error) => Err(format!(
            "{error}: check jwks_url, or without it `issuer`, and from this machine the name, the certificate and the proxy"
        )),
    }
}

/// Checks that people can follow the links in mails, as far as this machine can tell.
pub(super) async fn check_public_url(settings: &Settings, checks: &mut Vec<Check>) {
    let result = match &settings.server.public_url {
        None => Err("set server.public_url to the URL at which people reach this service".to_owned()),
        Some(url) => public_url(url).await,
    };
    checks.push(Check::new("public URL", result));
}

async fn public_url(url: &Url) -> Result<String, String> {
    if is_loopback(url) {
        return Ok(format!("{url} works on this machine only"));
    }
    let port = url.port_or_known_default().unwrap_or(443);
    match url.host() {
        Some(Host::Domain(name)) => match lookup_host((name, port)).await {
            Ok(_) => Ok(format!("{url} has an address")),
            Err(_) => {
                Err(format!("{name} has no address: correct server.public_url, or add the name to the DNS"))
            }
        },
        _ => Ok(url.to_string()),
    }
}
