//! Numbers in published keys. RFC 7518 defines one spelling; providers publish others of the same number.

use base64::{
    Engine as _,
    alphabet::URL_SAFE,
    engine::general_purpose::{GeneralPurpose, NO_PAD},
};

/// Accepts unused trailing bits: a different spelling of a public number is no attack.
const LENIENT: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, NO_PAD.with_decode_allow_trailing_bits(true));

/// The octets of a member, in base64url or plain base64, with or without padding (some providers follow RFC 4648, 4, instead
/// of RFC 7515, 2).
pub(super) fn octets(text: &str) -> Option<Vec<u8>> {
    let unpadded = text.trim().trim_end_matches('=');
    let url_safe = unpadded.replace('+', "-").replace('/', "_");
    LENIENT.decode(url_safe).ok()
}

/// A number without leading zero octets. Some providers write the sign octet of ASN.1, although RFC 7518, 6.3.1.1, forbids it.
pub(super) fn number(text: &str) -> Option<Vec<u8>> {
    let octets = octets(text)?;
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    octets.get(zeros..).map(<[u8]>::to_vec)
}

/// A number in exactly `size` octets. Some providers leave out leading zero octets, and some write one too many, although RFC
/// 7518, 6.2.1.2, fixes the size.
pub(super) fn fixed(text: &str, size: usize) -> Option<Vec<u8>> {
    let number = number(text)?;
    let zeros = size.checked_sub(number.len())?;
    Some([vec![0; zeros], number].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling_of_a_number_is_read() {
        let expected = Some(vec![0xfb, 0xff, 0x01]);
        for text in ["-_8B", "+/8B", "-_8B====", " -_8B\n", "APv_AQ", "APv_AQ==", "APv/AR", "AAAA-_8B"] {
            assert_eq!(number(text), expected, "{text}");
        }
        assert_eq!(number("AAAA"), Some(vec![]));
        for text in ["-_8", "A", "*", "-_ 8B", "=-_8B"] {
            assert_ne!(number(text), expected, "{text}");
        }
    }

    #[test]
    fn coordinates_are_filled_and_cut_to_their_size() {
        for text in ["AQI", "AAEC", "AAABAg"] {
            assert_eq!(fixed(text, 3), Some(vec![0, 1, 2]), "{text}");
        }
        assert_eq!(fixed("AQIDBA", 3), None, "not a zero octet");
    }
}
