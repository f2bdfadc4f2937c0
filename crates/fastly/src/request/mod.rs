//! The body of `POST /invitations`.
//!
//! The reader reads one member at a time instead of deserializing the types in [`shape`], so that one response names
//! every invalid member by its path. The types describe the accepted bodies; tests compare them with the reader.

mod members;
mod services;
pub(crate) mod shape;
mod type_member;

use usher_domain::{
    address::EmailAddress,
    role::{BUILTIN, Grant, RoleName},
};
use usher_http_kit::json::{self, Members, Object, Problems};

use self::{
    members::{ATTRIBUTES, RESOURCE},
    type_member::check_type,
};
use crate::{error::FastlyProblem, role::FastlyRole};

/// The address to invite, and the grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestedInvite {
    /// The address to invite.
    pub(crate) email: EmailAddress,
    /// The grant, with the defaults of the dialect.
    pub(crate) grant: Grant,
}

/// Reads a body. Unknown members are ignored, as Fastly's own API ignores them, unless they mean something else.
/// `null` counts as absent.
pub(crate) fn read(body: &[u8]) -> Result<RequestedInvite, FastlyProblem> {
    Ok(json::read(body, Members::Known(&["data"]), invite)?)
}

/// Reads the document. Returns `None` only after it has recorded a problem.
fn invite(document: &Object<'_>, problems: &mut Problems) -> Option<RequestedInvite> {
    let data = document.required("data", problems)?.object(RESOURCE, problems)?;
    check_type(&data, "invitation", problems);
    // The relationship `customer` is ignored: the token decides the account.
    let relationships =
        data.child("relationships", Members::Known(&["customer", "service_invitations"]), problems);
    let services = relationships.map(|relationships| services::read(&relationships, problems));
    let services = services.unwrap_or_default();
    let attributes = data.child("attributes", ATTRIBUTES, problems)?;
    let email = email(&attributes, problems);
    let limited = attributes.member("limit_services").and_then(|member| member.boolean(problems));
    let roles = roles(&attributes, problems);
    status_code(&attributes, problems);
    let grant = Grant::new(roles, limited.unwrap_or(!services.is_empty()), services);
    let grant = grant.map_err(|error| problems.note(error)).ok()?;
    Some(RequestedInvite { email: email?, grant })
}

fn email(attributes: &Object<'_>, problems: &mut Problems) -> Option<EmailAddress> {
    attributes.required("email", problems)?.parsed(EmailAddress::parse, problems)
}

/// The roles in `role` and `roles` together. Without any, the role is `user`, the lowest.
fn roles(attributes: &Object<'_>, problems: &mut Problems) -> Vec<RoleName> {
    let role = attributes.member("role").and_then(|member| {
        member.choice(FastlyRole::parse, &FastlyRole::ALL.map(FastlyRole::as_str), problems)
    });
    let role = role.and_then(|role| RoleName::parse(role.as_str()).ok());
    let known: Vec<&str> = BUILTIN.iter().map(|role| role.name).collect();
    let items = attributes.items("roles", problems);
    let others = items.iter().filter_map(|item| item.choice(builtin, &known, problems));
    let mut roles: Vec<RoleName> = role.into_iter().chain(others).collect();
    if roles.is_empty() {
        roles.extend(RoleName::parse(FastlyRole::User.as_str()));
    }
    roles
}

fn builtin(text: &str) -> Option<RoleName> {
    RoleName::parse(text).ok().filter(|name| name.role().is_some())
}

/// Accepts only 1, which means active. fastly-rust sends a string. The number is compared as a float, because fastly-py can
/// send `1.0`.
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
