use std::fmt;

use serde_json::Value;

use super::{InvalidToken, object::JsonObject};

/// The claim that identifies the principal (RFC 7519, 4.1.2).
pub(super) const SUBJECT: &str = "sub";

/// Where a value is in a token's claims: one or more places. The first place with a value counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim(Vec<Place>);

/// One place in the claims: the name of a claim, or a JSON pointer (RFC 6901) if it begins with a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// As configured.
    text: String,
    /// The name of the claim.
    name: String,
    /// A JSON pointer inside the value of the claim; empty for the value itself.
    rest: String,
}

impl Claim {
    /// The claim at the first of these places with a value. `None` if there is no place, or if one is empty or an invalid
    /// pointer.
    #[must_use]
    pub fn parse(places: &[impl AsRef<str>]) -> Option<Self> {
        let places: Vec<Place> =
            places.iter().map(|place| Place::parse(place.as_ref())).collect::<Option<_>>()?;
        if places.is_empty() { None } else { Some(Self(places)) }
    }

    /// The value and its place. Null counts as a value only if no other place has one.
    pub(super) fn find<'a>(&self, claims: &'a JsonObject) -> Option<(&Place, &'a Value)> {
        let mut found = self.0.iter().filter_map(|place| Some((place, place.value(claims)?)));
        let first = found.next()?;
        Some(std::iter::once(first).chain(found).find(|(_, value)| !value.is_null()).unwrap_or(first))
    }

    /// The value as a text, and its place. A value of another type is an error.
    pub(super) fn text<'a>(&self, claims: &'a JsonObject) -> Result<Option<(&Place, &'a str)>, InvalidToken> {
        let Some((place, value)) = self.find(claims) else { return Ok(None) };
        let text = value.as_str().ok_or_else(|| InvalidToken::bad(place.text.as_str()))?;
        Ok(Some((place, text)))
    }

    /// The error for a token without a value.
    pub(super) fn missing(&self) -> InvalidToken {
        InvalidToken::missing(self.to_string())
    }
}

/// The places as configured.
impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places: Vec<&str> = self.0.iter().map(|place| place.text.as_str()).collect();
        f.write_str(&places.join(" or "))
    }
}

/// The claim with this name, or at this valid pointer.
impl From<&str> for Claim {
    fn from(text: &str) -> Self {
        let named = || Place { text: text.to_owned(), name: text.to_owned(), rest: String::new() };
        Self(vec![Place::parse(text).unwrap_or_else(named)])
    }
}

impl Place {
    fn parse(text: &str) -> Option<Self> {
        let Some(pointer) = text.strip_prefix('/') else {
            return (!text.is_empty()).then(|| Self {
                text: text.to_owned(),
                name: text.to_owned(),
                rest: String::new(),
            });
        };
        let (first, rest) = pointer.split_at(pointer.find('/').unwrap_or(pointer.len()));
        let valid =
            !first.is_empty() && pointer.split('~').skip(1).all(|escape| escape.starts_with(['0', '1']));
        valid.then(|| Self {
            text: text.to_owned(),
            name: first.replace("~1", "/").replace("~0", "~"),
            rest: rest.to_owned(),
        })
    }

    fn value<'a>(&self, claims: &'a JsonObject) -> Option<&'a Value> {
        claims.get(&self.name)?.pointer(&self.rest)
    }

    /// Whether the place is the subject, which the issuer itself identifies the user by.
    pub(super) fn is_subject(&self) -> bool {
        self.name == SUBJECT && self.rest.is_empty()
    }

    /// The error for a value that is not accepted.
    pub(super) fn bad(&self) -> InvalidToken {
        InvalidToken::bad(self.text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> JsonObject {
        JsonObject::parse(
            br#"{"email":null,"emails":["a@b.example"],"https://example.com/email":"c@d.example",
                "a~b":{"c":{"d":1}},"sub":"e@f.example","/odd":2,"list":["x"]}"#,
        )
        .unwrap()
    }

    #[test]
    fn places_are_names_and_pointers() {
        for (place, value) in [
            ("sub", Some("\"e@f.example\"")),
            ("https://example.com/email", Some("\"c@d.example\"")),
            ("/https:~1~1example.com~1email", Some("\"c@d.example\"")),
            ("/emails/0", Some("\"a@b.example\"")),
            ("/emails", Some("[\"a@b.example\"]")),
            ("/emails/1", None),
            ("/emails/00", None),
            ("/emails/-", None),
            ("/a~0b/c/d", Some("1")),
            ("/~1odd", Some("2")),
            ("/email", Some("null")),
            ("emails.0", None),
            ("/sub/0", None),
            ("absent", None),
        ] {
            let claims = claims();
            let found = Claim::parse(&[place]).unwrap();
            assert_eq!(found.find(&claims).map(|(_, value)| value.to_string()).as_deref(), value, "{place}");
        }
    }

    #[test]
    fn the_first_place_with_a_value_counts() {
        for (places, value) in [
            (vec!["absent", "email", "/emails/0", "sub"], "\"a@b.example\""),
            (vec!["sub", "/emails/0"], "\"e@f.example\""),
            (vec!["absent", "email"], "null"),
        ] {
            let claims = claims();
            let claim = Claim::parse(&places).unwrap();
            assert_eq!(claim.find(&claims).unwrap().1.to_string(), value, "{places:?}");
        }
    }

    #[test]
    fn invalid_places_are_rejected() {
        for place in ["", "/", "//a", "/a~", "/a~2", "/~"] {
            assert_eq!(Claim::parse(&[place]), None, "{place}");
        }
        let nowhere: [&str; 0] = [];
        assert_eq!(Claim::parse(&nowhere), None);
        assert_eq!(Claim::parse(&["email", ""]), None);
    }
}
