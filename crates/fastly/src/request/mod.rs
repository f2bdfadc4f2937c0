//! The body of `POST /invitations`.
//!
//! It is read member by member and not through the types in [`shape`], so that one answer names every wrong member by
//! its path. The types say what is accepted, and a test holds the two together.

mod services;
pub(crate) mod shape;

use usher_domain::{
    address::EmailAddress,
    role::{BUILTIN, Grant, RoleName},
};
use usher_http_kit::json::{self, Members, Object, Problems};

use super::{error::FastlyProblem, role::FastlyRole};

/// Whom somebody wants to invite, as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The address.
    pub(crate) email: EmailAddress,
    /// The effective grant, after the dialect's defaults.
    pub(crate) grant: Grant,
}

/// Reads a body. Unknown members are ignored, as Fastly's own API ignores them.
pub(crate) fn read(body: &[u8]) -> Result<Wanted, FastlyProblem> {
    Ok(json::read(body, Members::Any, wanted)?)
}

/// What the document asks for. `None` only after a problem was noted.
fn wanted(document: &Object<'_>, problems: &mut Problems) -> Option<Wanted> {
    let data = document.required("data", problems)?.object(Members::Any, problems)?;
    check_type(&data, "invitation", problems);
    // The relationship `customer` is not looked at: the credential decides.
    let relationships = data.child("relationships", Members::Any, problems);
    let services = relationships.map(|relationships| services::read(&relationships, problems));
    let services = services.unwrap_or_default();
    let attributes = data.child("attributes", Members::Any, problems)?;
    let email = email(&attributes, problems);
    let limited = attributes.member("limit_services").and_then(|member| member.boolean(problems));
    let roles = roles(&attributes, problems);
    status_code(&attributes, problems);
    let grant = Grant::new(roles, limited.unwrap_or(!services.is_empty()), services);
    let grant = grant.map_err(|error| problems.note(error)).ok()?;
    Some(Wanted { email: email?, grant })
}

fn email(attributes: &Object<'_>, problems: &mut Problems) -> Option<EmailAddress> {
    attributes.required("email", problems)?.parsed(EmailAddress::parse, problems)
}

/// Checks the member `type`, which may be absent.
fn check_type(object: &Object<'_>, expected: &str, problems: &mut Problems) {
    if let Some(member) = object.member("type")
        && *member.value() != *expected
    {
        member.reject(format_args!("must be \"{expected}\" or left out"), problems);
    }
}

/// Those of `role` and of `roles` together; `user`, the least, when neither names one.
fn roles(attributes: &Object<'_>, problems: &mut Problems) -> Vec<RoleName> {
    let one = attributes.member("role").and_then(|member| {
        member.choice(FastlyRole::parse, &FastlyRole::EVERY.map(FastlyRole::as_str), problems)
    });
    let one = one.and_then(|role| RoleName::parse(role.as_str()).ok());
    let known: Vec<&str> = BUILTIN.iter().map(|role| role.name).collect();
    let several = attributes.items("roles", problems);
    let several = several.iter().filter_map(|item| item.choice(existing, &known, problems));
    let mut roles: Vec<RoleName> = one.into_iter().chain(several).collect();
    if roles.is_empty() {
        roles.extend(RoleName::parse(FastlyRole::User.as_str()));
    }
    roles
}

fn existing(text: &str) -> Option<RoleName> {
    RoleName::parse(text).ok().filter(|name| name.role().is_some())
}

/// 1, active, is all that there is. fastly-rust sends a string; compared as a float, because JSON knows one kind of
/// number only and fastly-py makes `1.0` of what it once read.
fn status_code(attributes: &Object<'_>, problems: &mut Problems) {
    let Some(member) = attributes.member("status_code") else { return };
    let value = member.value();
    if *value == 0.0 || *value == "0" {
        let inactive =
            "must be 1 or left out: an invitation is active from its creation; delete it to end it";
        member.reject(inactive, problems);
    } else if *value != 1.0 && *value != "1" {
        member.reject("must be 1 or left out", problems);
    }
}

#[cfg(test)]
mod tests;
