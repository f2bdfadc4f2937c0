use proptest::prelude::*;
use usher_auth::JwtVerifier;

use crate::support::{SECRET, claims, now, shared, signed_text, token, verifier};

fn verify_blocking(verifier: &JwtVerifier, token: &str) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(verifier.verify(token, now())).is_ok()
}

proptest! {
    #[test]
    fn arbitrary_text_is_rejected(text in "[ -~]{0,64}(\\.[ -~]{0,64}){0,4}") {
        prop_assert!(!verify_blocking(&verifier([shared()]), &text));
    }

    #[test]
    fn arbitrary_header_and_claims_are_rejected(header in "\\PC{0,64}", claims in "\\PC{0,64}") {
        prop_assert!(!verify_blocking(&verifier([shared()]), &signed_text(&header, &claims, SECRET)));
    }

    #[test]
    fn a_changed_character_invalidates_the_token(position: prop::sample::Index, replacement in "[A-Za-z0-9_.=-]") {
        let good = token(&claims());
        let position = position.index(good.len());
        let mut changed = good.clone();
        changed.replace_range(position..=position, &replacement);
        prop_assume!(changed != good);
        prop_assert!(!verify_blocking(&verifier([shared()]), &changed));
    }
}
