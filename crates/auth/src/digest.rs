use aws_lc_rs::digest;

/// Octets of a SHA-256 digest.
const OCTETS: usize = digest::SHA256_OUTPUT_LEN;

/// The SHA-256 digest of `data` (FIPS 180-4). It protects `data` only if `data` cannot be guessed.
pub(crate) fn sha256(data: &[u8]) -> [u8; OCTETS] {
    let mut octets = [0; OCTETS];
    octets.copy_from_slice(digest::digest(&digest::SHA256, data).as_ref());
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_equal_the_published_examples() {
        // FIPS 180-4's one-block example, and the digest of the empty string.
        let abc = hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let empty = hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(sha256(b"abc").as_slice(), abc);
        assert_eq!(sha256(b"").as_slice(), empty);
    }

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }
}
