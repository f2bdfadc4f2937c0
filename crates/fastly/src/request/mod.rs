//! The body of `POST /invitations`.
//!
//! It is read member by member and not through the types in [`shape`], so that one answer names every wrong member by
//! its path. The types say what is accepted, and a test holds the two together.

mod node;
mod services;
pub(crate) mod shape;

use serde_json::Value;
use usher_domain::{
    address::EmailAddress,
    role::{BUILTIN, Grant, RoleName},
};

use super::{error::FastlyProblem, role::FastlyRole};
use node::{Node, Object, Problems};
use usher_http_kit::json;

/// Whom somebody wants to invite, as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The address.
    pub(crate) email: EmailAddress,
    /// The effective grant, after the dialect's defaults.
    pub(crate) grant: Grant,
}

/// Reads a body. Unknown members are ignored, and `null` counts as absent.
pub(crate) fn read(body: &[u8]) -> Result<Wanted, FastlyProblem> {
    let document = Value::Object(json::object(body)?);
    let mut problems = Problems::default();
    let wanted = wanted(&Node::root(&document), &mut problems);
    wanted.filter(|_| problems.is_empty()).ok_or_else(|| FastlyProblem::bad_request(problems))
}

/// What the document asks for. `None` only after a problem was noted.
fn wanted(document: &Node<'_>, problems: &mut Problems) -> Option<Wanted> {
    let data = document.object(problems)?.required("data", problems)?.object(problems)?;
    data.expect_type("invitation", problems);
    // The relationship `customer` is not looked at: the credential decides.
    let relationships = data.child("relationships", problems);
    let services = relationships.map(|relationships| services::read(&relationships, problems));
    let services = services.unwrap_or_default();
    let attributes = data.child("attributes", problems)?;
    let email = email(&attributes, problems);
    let limited = attributes.member("limit_services").and_then(|member| member.boolean(problems));
    let roles = roles(&attributes, problems);
    status_code(&attributes, problems);
    let grant = Grant::new(roles, limited.unwrap_or(!services.is_empty()), services);
    let grant = grant.map_err(|error| problems.note(error)).ok()?;
    Some(Wanted { email: email?, grant })
}

fn email(attributes: &Object<'_>, problems: &mut Problems) -> Option<EmailAddress> {
    let member = attributes.required("email", problems)?;
    let text = member.text(problems)?;
    EmailAddress::parse(text).map_err(|error| member.refuse(error, problems)).ok()
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
        member.refuse(inactive, problems);
    } else if *value != 1.0 && *value != "1" {
        member.refuse("must be 1 or left out", problems);
    }
}

#[cfg(test)]
mod tests;
