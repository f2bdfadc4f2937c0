use serde_json::Value;
use usher_domain::{
    account::AccountName, address::EmailAddress, id::PersonId, principal::Principal, text::DisplayText,
};

use super::{Claim, ClaimNames, EmailTrust, InvalidToken, JwtError, claim::Place, object::JsonObject};

/// The principal that the claims of a verified token describe.
pub(super) fn principal(
    claims: &JsonObject,
    names: &ClaimNames,
    trust: EmailTrust,
) -> Result<Principal, JwtError> {
    let (place, email) = names.email.text(claims)?.ok_or_else(|| names.email.missing())?;
    let email_verified = email_verified(claims, names, place, trust)?;
    Ok(Principal {
        email: EmailAddress::parse(email).map_err(|_| place.bad())?,
        email_verified,
        person_id: optional(claims, names.person_id.as_ref(), person_id)?,
        account: optional(claims, names.account.as_ref(), account)?,
        accounts: None,
        issued_at: None,
        name: names
            .name
            .as_ref()
            .and_then(|name| name.find(claims))
            .and_then(|(_, value)| display_name(value)),
    })
}

/// Whether the issuer vouches for the mailbox.
///
/// If the address is not the subject, it is often profile data that users enter themselves. Without the issuer's
/// confirmation, a user could take over another person's memberships, so `email_verified` must be `true`. If the address is
/// the subject, the issuer itself identifies the user by it, so `email_verified` may be absent. Only the JSON value `true`
/// counts: the claim is a boolean (OpenID Connect Core, 5.1), but some issuers send the string `"false"`.
///
/// With [`EmailTrust::Always`] the issuer vouches for every address without saying so, but what it denies is not trusted.
fn email_verified(
    claims: &JsonObject,
    names: &ClaimNames,
    address: &Place,
    trust: EmailTrust,
) -> Result<bool, JwtError> {
    match names.email_verified.find(claims) {
        Some((_, Value::Bool(true))) => Ok(true),
        None | Some((_, Value::Null)) if trust == EmailTrust::Always => Ok(true),
        None if address.is_subject() => Ok(false),
        _ => Err(JwtError::EmailNotVerified),
    }
}

/// Reads a claim that may be absent or null, but not invalid.
fn optional<T>(
    claims: &JsonObject,
    claim: Option<&Claim>,
    read: fn(&Value) -> Option<T>,
) -> Result<Option<T>, InvalidToken> {
    match claim.and_then(|claim| claim.find(claims)) {
        None | Some((_, Value::Null)) => Ok(None),
        Some((place, value)) => read(value).map(Some).ok_or_else(|| place.bad()),
    }
}

/// Ids are positive and below 2^53 (`usher_domain::id`).
fn person_id(value: &Value) -> Option<PersonId> {
    value.as_i64().filter(|id| (1..1 << 53).contains(id)).map(PersonId::new)
}

fn account(value: &Value) -> Option<AccountName> {
    AccountName::parse(value.as_str()?).ok()
}

/// Authorization does not depend on the name, so a name that cannot be displayed is left out and the token stays valid.
fn display_name(value: &Value) -> Option<DisplayText> {
    DisplayText::parse(value.as_str()?).ok()
}
