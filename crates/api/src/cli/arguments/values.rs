//! Parsers for argument values. Each error message completes clap's "invalid value … for …: ".

use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use url::Url;
use usher_domain::{
    access_token::Scope,
    account::{AccountName, AccountNameError, PublicId},
    address::{AddressError, EmailAddress},
    id::InvitationId,
    invitation::{InvitationRef, Status},
    role::{BUILTIN, RoleName, ServiceGrant, ServiceId, ServicePermission},
    text::{DisplayText, TextError},
};

/// Longest lifetime of a JWT, which cannot be revoked: a year.
const MAX_JWT_LIFETIME: Duration = Duration::from_hours(366 * 24);

/// Longest lifetime of an access token, which can be revoked: ten years.
const MAX_ACCESS_TOKEN_LIFETIME: Duration = Duration::from_hours(10 * 366 * 24);

pub(super) fn account_name(text: &str) -> Result<AccountName, AccountNameError> {
    AccountName::parse(text)
}

pub(super) fn email(text: &str) -> Result<EmailAddress, AddressError> {
    EmailAddress::parse(text)
}

pub(super) fn display_text(text: &str) -> Result<DisplayText, TextError> {
    DisplayText::parse(text)
}

/// A built-in role; clap lists them and suggests the nearest one.
pub(super) fn role() -> impl TypedValueParser<Value = RoleName> {
    PossibleValuesParser::new(BUILTIN.iter().map(|role| role.name)).try_map(|name| RoleName::parse(&name))
}

pub(super) fn service(text: &str) -> Result<ServiceGrant, String> {
    let (id, permission) = text.split_once('=').ok_or("must be ID=PERMISSION, such as 3xRlV0Y1=read_only")?;
    let service =
        ServiceId::parse(id).ok_or("the id must be 1 to 64 letters, digits, hyphens and underscores")?;
    let permission = ServicePermission::parse(permission).ok_or_else(|| {
        let known = ServicePermission::EVERY.map(ServicePermission::as_str).join(", ");
        format!("the permission must be one of {known}")
    })?;
    Ok(ServiceGrant { service, permission })
}

/// A supported scope.
pub(super) fn scope() -> impl TypedValueParser<Value = Scope> {
    PossibleValuesParser::new(Scope::EVERY.map(Scope::as_str))
        .try_map(|name| Scope::parse(&name).ok_or("is not a scope"))
}

pub(super) fn public_id(text: &str) -> Result<PublicId, &'static str> {
    PublicId::parse(text).ok_or("must be 22 letters and digits")
}

/// A status of an invitation.
pub(super) fn status() -> impl TypedValueParser<Value = Status> {
    PossibleValuesParser::new(Status::EVERY.map(Status::as_str))
        .try_map(|name| Status::parse(&name).ok_or("is not a status"))
}

/// The public id of an invitation, or its number.
pub(super) fn invitation_ref(text: &str) -> Result<InvitationRef, &'static str> {
    let number = text.parse().ok().filter(|number| *number > 0).map(InvitationId::new);
    let by_id = PublicId::parse(text).map(InvitationRef::from);
    by_id.or(number.map(InvitationRef::from)).ok_or("must be 22 letters and digits, or a number")
}

/// The lifetime of an access token, which can be revoked.
pub(super) fn access_token_lifetime(text: &str) -> Result<Duration, &'static str> {
    let time = humantime::parse_duration(text).map_err(|_| "must be a time such as 24h or 90d")?;
    let is_within = (Duration::from_secs(1)..=MAX_ACCESS_TOKEN_LIFETIME).contains(&time);
    if is_within { Ok(time) } else { Err("must be between a second and ten years; omit it for no expiry") }
}

pub(super) fn jwt_lifetime(text: &str) -> Result<Duration, &'static str> {
    let time = humantime::parse_duration(text).map_err(|_| "must be a time such as 90s, 24h or 30d")?;
    let is_within = (Duration::from_secs(1)..=MAX_JWT_LIFETIME).contains(&time);
    if is_within { Ok(time) } else { Err("must be between a second and 366 days") }
}

/// The URL of a health check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct HealthUrl {
    /// `host:port`; an IPv6 address in brackets.
    pub(in super::super) authority: String,
    /// Beginning with a slash.
    pub(in super::super) path: String,
}

impl HealthUrl {
    /// The path of the readiness check.
    pub(in super::super) const READY: &'static str = "/health/ready";
}

pub(super) fn health_url(text: &str) -> Result<HealthUrl, &'static str> {
    let wanted =
        "must be an http URL such as http://127.0.0.1:8080 (no https: the check is for this machine)";
    let url = Url::parse(text).map_err(|_| wanted)?;
    let port = url.port_or_known_default();
    let (Some(host), Some(port), "http") = (url.host_str(), port, url.scheme()) else { return Err(wanted) };
    let path = if url.path() == "/" { HealthUrl::READY } else { url.path() };
    Ok(HealthUrl { authority: format!("{host}:{port}"), path: path.to_owned() })
}
