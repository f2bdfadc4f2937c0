use std::{convert::Infallible, io::Write as _, str::FromStr};

const PLAIN: &str = "{n}";
const PADDED: &str = "{nnnnnnnnnn}";

/// A string with a placeholder for a number.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    before: String,
    /// The minimum number of digits; unset when the string has no placeholder.
    digits: Option<usize>,
    after: String,
}

impl FromStr for Template {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let places = [(PLAIN, 1), (PADDED, 10)];
        let found = places.into_iter().find_map(|(place, digits)| Some((text.split_once(place)?, digits)));
        Ok(match found {
            Some(((before, after), digits)) => {
                Self { before: before.to_owned(), digits: Some(digits), after: after.to_owned() }
            }
            None => Self { before: text.to_owned(), digits: None, after: String::new() },
        })
    }
}

impl Template {
    /// Appends the string, with the number in place of the placeholder.
    pub(crate) fn write(&self, number: u64, out: &mut Vec<u8>) {
        out.extend_from_slice(self.before.as_bytes());
        if let Some(digits) = self.digits {
            // Writing to a vector does not fail.
            let _ = write!(out, "{number:0digits$}");
        }
        out.extend_from_slice(self.after.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(template: &str, expected: &str) {
        let mut out = Vec::new();
        let Ok(template) = template.parse::<Template>();
        template.write(42, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn the_number_replaces_its_placeholder() {
        check("/invitations/{n}", "/invitations/42");
        check("guest{nnnnnnnnnn}@example.com", "guest0000000042@example.com");
        check("{}", "{}");
    }
}
