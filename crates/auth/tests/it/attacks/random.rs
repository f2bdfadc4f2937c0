use proptest::prelude::*;
use usher_auth::JwtVerifier;

use crate::support::{SECRET, claims, now, shared, signed_text, token, verifier};

fn verify_blocking(verifier: &JwtVerifier, token: &str) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(verifier.verify(token, now())).is_ok()
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[ -~]{0,64}(\\.[ -~]{0,64}){0,4}") {
        prop_assert!(!verify_blocking(&verifier([shared()]), &text));
    }

    #[test]
    fn no_header_and_claims_make_it_panic(header in "\\PC{0,64}", claims in "\\PC{0,64}") {
        prop_assert!(!verify_blocking(&verifier([shared()]), &signed_text(&header, &claims, SECRET)));
    }

    /// One other character anywhere, and the token is worth nothing.
    #[test]
    fn no_character_can_be_changed(position: prop::sample::Index, replacement in "[A-Za-z0-9_.=-]") {
        let good = token(&claims());
        let position = position.index(good.len());
        let mut changed = good.clone();
        changed.replace_range(position..=position, &replacement);
        prop_assume!(changed != good);
        prop_assert!(!verify_blocking(&verifier([shared()]), &changed));
    }
}
