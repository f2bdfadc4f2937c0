use serde_json::Value;
use usher_domain::{
    account::AccountName, address::EmailAddress, id::PersonId, principal::Principal, text::DisplayText,
};

use super::{ClaimNames, InvalidToken, JwtError, object::Object, settings::SUBJECT};

/// Whom the claims of a verified token speak for.
pub(super) fn principal(claims: &Object, names: &ClaimNames) -> Result<Principal, JwtError> {
    let email = claims.text(&names.email)?.ok_or_else(|| InvalidToken::missing(&names.email))?;
    let email_verified = email_verified(claims, names)?;
    Ok(Principal {
        email: EmailAddress::parse(email).map_err(|_| InvalidToken::bad(&names.email))?,
        email_verified,
        person_id: optional(claims, names.person_id.as_deref(), person_id)?,
        account: optional(claims, names.account.as_deref(), account)?,
        name: names.name.as_deref().and_then(|name| claims.get(name)).and_then(display_name),
    })
}

/// Whether the issuer vouches for the mailbox.
///
/// An address beside the subject is often what people typed into a profile: without the issuer's word for it, anybody
/// could take over anybody's memberships. Where the address is the subject itself, it is the identity that the issuer
/// gives out; there only its denial counts. Only the JSON value `true` is a yes (OpenID Connect Core, 5.1, makes it a
/// boolean; some issuers send `"false"`, which careless readers take for true).
fn email_verified(claims: &Object, names: &ClaimNames) -> Result<bool, JwtError> {
    match claims.get(&names.email_verified) {
        Some(Value::Bool(true)) => Ok(true),
        None if names.email == SUBJECT => Ok(false),
        _ => Err(JwtError::EmailNotVerified),
    }
}

/// A claim that may be absent or null, but not wrong.
fn optional<T>(
    claims: &Object,
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

/// A name decides nothing, so one that we would not show is left out instead of keeping its owner out.
fn display_name(value: &Value) -> Option<DisplayText> {
    DisplayText::parse(value.as_str()?).ok()
}
