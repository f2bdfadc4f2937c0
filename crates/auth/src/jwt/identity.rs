use serde_json::Value;
use usher_domain::{
    account::AccountName, address::EmailAddress, id::PersonId, principal::Principal, text::DisplayText,
};

use super::{ClaimNames, InvalidToken, JwtError, object::JsonObject, settings::SUBJECT};

/// The principal that the claims of a verified token describe.
pub(super) fn principal(claims: &JsonObject, names: &ClaimNames) -> Result<Principal, JwtError> {
    let email = claims.text(&names.email)?.ok_or_else(|| InvalidToken::missing(&names.email))?;
    let email_verified = email_verified(claims, names)?;
    Ok(Principal {
        email: EmailAddress::parse(email).map_err(|_| InvalidToken::bad(&names.email))?,
        email_verified,
        person_id: optional(claims, names.person_id.as_deref(), person_id)?,
        account: optional(claims, names.account.as_deref(), account)?,
        issued_at: None,
        name: names.name.as_deref().and_then(|name| claims.get(name)).and_then(display_name),
    })
}

/// Whether the issuer vouches for the mailbox.
///
/// If the address is not the subject, it is often profile data that users enter themselves. Without the issuer's
/// confirmation, a user could take over another person's memberships, so `email_verified` must be `true`. If the address is
/// the subject, the issuer itself identifies the user by it, so `email_verified` may be absent. Only the JSON value `true`
/// counts: the claim is a boolean (OpenID Connect Core, 5.1), but some issuers send the string `"false"`.
fn email_verified(claims: &JsonObject, names: &ClaimNames) -> Result<bool, JwtError> {
    match claims.get(&names.email_verified) {
        Some(Value::Bool(true)) => Ok(true),
        None if names.email == SUBJECT => Ok(false),
        _ => Err(JwtError::EmailNotVerified),
    }
}

/// Reads a claim that may be absent or null, but not invalid.
fn optional<T>(
    claims: &JsonObject,
    name: Option<&str>,
    read: fn(&Value) -> Option<T>,
) -> Result<Option<T>, InvalidToken> {
    match name.and_then(|name| Some((name, claims.get(name)?))) {
        None | Some((_, Value::Null)) => Ok(None),
        Some((name, value)) => read(value).map(Some).ok_or_else(|| InvalidToken::bad(name)),
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
