//! Ids of objects that only this dialect names, and that are stored without an id of their own.

use aws_lc_rs::digest::{SHA256, digest};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The digits of 128 bits in base 62. Fastly's ids have the same length.
const LENGTH: usize = 22;

/// The id for these parts, always the same: the first 128 bits of SHA-256 over the parts, joined with `/`, in base 62
/// with leading zeros. No part contains a `/`, so different parts make different strings.
pub(crate) fn derived_id(parts: &[&str]) -> String {
    let digest = digest(&SHA256, parts.join("/").as_bytes());
    base62(digest.as_ref().iter().take(16).fold(0, |number, octet| (number << 8) | u128::from(*octet)))
}

fn base62(mut number: u128) -> String {
    let mut text = [b'0'; LENGTH];
    for place in text.iter_mut().rev() {
        let digit = usize::try_from(number % 62).unwrap_or_default();
        *place = DIGITS.get(digit).copied().unwrap_or(b'0');
        number /= 62;
    }
    text.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base62_has_22_digits() {
        assert_eq!(base62(0), "0000000000000000000000");
        assert_eq!(base62(61), "000000000000000000000z");
        assert_eq!(base62(62), "0000000000000000000010");
        assert_eq!(base62(u128::MAX), "7n42DGM5Tflk9n8mt7Fhc7");
    }

    #[test]
    fn an_id_is_the_first_half_of_a_digest() {
        // SHA-256 of "abc" begins with these 16 octets.
        assert_eq!(derived_id(&["abc"]), base62(0xba78_16bf_8f01_cfea_4141_40de_5dae_2223));
    }

    #[test]
    fn only_the_same_parts_in_the_same_order_have_the_same_id() {
        assert_eq!(derived_id(&["a", "b"]), derived_id(&["a", "b"]));
        assert_ne!(derived_id(&["a", "b"]), derived_id(&["b", "a"]));
        assert_ne!(derived_id(&["a", "bc"]), derived_id(&["ab", "c"]));
    }
}
