//! Types of settings, for serde's `deserialize_with`. The errors complete a sentence that begins with the key.

use std::{fmt, time::Duration};

use secrecy::SecretString;
use serde::{
    Deserialize as _, Deserializer,
    de::{Error, SeqAccess, Visitor},
};
use url::Url;
use usher_auth::{Claim, EmailTrust, MIN_SECRET_OCTETS};
use usher_domain::{account::AccountName, address::EmailAddress};

/// One second in milliseconds, the unit of the bounds of [`duration`].
pub(super) const SECOND: u64 = 1000;
pub(super) const MINUTE: u64 = 60 * SECOND;
pub(super) const HOUR: u64 = 60 * MINUTE;
pub(super) const DAY: u64 = 24 * HOUR;

/// The advice for a missing or short secret.
pub(super) const HOW_TO_MAKE_A_SECRET: &str = "make one with `openssl rand -base64 48`";

/// A string that `parse` accepts; `wanted` describes it, such as `an address and a port`.
pub(super) fn parsed<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    wanted: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| D::Error::custom(format_args!("must be {wanted}")))
}

/// A whole number within bounds.
pub(super) fn number<'de, D, T, const MIN: i64, const MAX: i64>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i64>,
{
    let number = i64::deserialize(deserializer).ok().filter(|number| (MIN..=MAX).contains(number));
    let number = number.and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| {
        D::Error::custom(format_args!("must be a whole number from {MIN} to {MAX}, without quotes"))
    })
}

/// A time such as `90s` or `14d`, within bounds in milliseconds.
pub(super) fn duration<'de, D: Deserializer<'de>, const MIN: u64, const MAX: u64>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    let bounds = Duration::from_millis(MIN)..=Duration::from_millis(MAX);
    let wanted = format!(
        "a time from {} to {}, such as \"90s\", \"24h\" or \"14d\"",
        humantime::format_duration(*bounds.start()),
        humantime::format_duration(*bounds.end())
    );
    parsed(deserializer, &wanted, |text| {
        humantime::parse_duration(text).ok().filter(|time| bounds.contains(time))
    })
}

/// How long data is kept: a time of at least `MIN` milliseconds, or `0s` for ever.
pub(super) fn retention<'de, D: Deserializer<'de>, const MIN: u64>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    let bounds = Duration::from_millis(MIN)..=Duration::from_millis(100 * 366 * DAY);
    let least = humantime::format_duration(*bounds.start());
    let wanted = format!("a time of at least {least}, such as \"90d\", or \"0s\" to keep the data for ever");
    parsed(deserializer, &wanted, |text| {
        let time = humantime::parse_duration(text).ok()?;
        (time.is_zero() || bounds.contains(&time)).then(|| Some(time).filter(|time| !time.is_zero()))
    })
}

/// A URL that begins with `https://` or `http://`, or an empty string.
pub(super) fn web_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    let is_web = |url: &Url| {
        ["https", "http"].contains(&url.scheme()) && url.host_str().is_some_and(|host| !host.is_empty())
    };
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let url = Url::parse(&text).ok().filter(is_web);
    url.map(Some).ok_or_else(|| D::Error::custom("must be a URL that begins with https:// or http://"))
}

/// A secret, or an empty string.
pub(super) fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(SecretString::from))
}

/// A secret that is long enough to sign with, or an empty string.
pub(super) fn signing_secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() { Ok(text.into()) } else { strong(text) }
}

/// Secrets that are long enough to sign with.
pub(super) fn signing_secrets<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<SecretString>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.into_iter().filter(|text| !text.is_empty()).map(strong).collect()
}

fn strong<E: Error>(text: String) -> Result<SecretString, E> {
    if text.len() < MIN_SECRET_OCTETS {
        let text = format_args!("must have at least {MIN_SECRET_OCTETS} bytes: {HOW_TO_MAKE_A_SECRET}");
        return Err(E::custom(text));
    }
    Ok(text.into())
}

/// A text or a list of texts.
pub(super) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    deserializer.deserialize_any(TextsVisitor)
}

struct TextsVisitor;

impl<'de> Visitor<'de> for TextsVisitor {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text in quotes or a list of texts, such as [\"one\", \"two\"]")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<String>, E> {
        Ok(vec![text.to_owned()])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Vec<String>, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = access.next_element()? {
            texts.push(text);
        }
        Ok(texts)
    }
}

/// One or more places of a claim.
pub(super) fn claim<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Claim, D::Error> {
    Claim::parse(&texts(deserializer)?).ok_or_else(|| {
        D::Error::custom(
            "must be the name of a claim, a JSON pointer such as \"/emails/0\", or a list of these",
        )
    })
}

/// When the address in a token counts as verified.
pub(super) fn email_trust<'de, D: Deserializer<'de>>(deserializer: D) -> Result<EmailTrust, D::Error> {
    parsed(deserializer, "\"verified\" or \"always\"", |text| match text {
        "verified" => Some(EmailTrust::Verified),
        "always" => Some(EmailTrust::Always),
        _ => None,
    })
}

/// Names of accounts.
pub(super) fn account_names<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<AccountName>, D::Error> {
    let names = texts(deserializer)?;
    let parse =
        |name: &String| AccountName::parse(name).map_err(|_| D::Error::custom("must be names of accounts"));
    names.iter().map(parse).collect()
}

/// Domains of e-mail addresses, in lower-case ASCII.
pub(super) fn email_domains<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let normal = |domain: &String| {
        let address = EmailAddress::parse(&format!("x@{}", domain.trim_start_matches('@')));
        address.map(|address| address.domain().to_owned())
    };
    let domains: Result<Vec<String>, _> = texts(deserializer)?.iter().map(normal).collect();
    domains.map_err(|_| D::Error::custom("must be domains such as \"example.com\""))
}
