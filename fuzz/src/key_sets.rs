use usher_auth::read_key_set;

/// Documents with the keys of issuers.
pub(super) fn run(input: &[u8]) {
    if let Ok((usable, dropped)) = read_key_set(input) {
        assert!(usable + dropped <= 64, "{usable} and {dropped} keys");
        // A usable key has at least 32 octets.
        assert!(usable * 32 <= input.len(), "{usable} keys in {} octets", input.len());
    }
}
