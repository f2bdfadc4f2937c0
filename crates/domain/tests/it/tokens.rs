use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use proptest::prelude::*;
use usher_domain::{invitation::SecureId, port::Entropy, testkit::SeededEntropy, token::Token};

#[test]
fn every_character_is_equally_likely() {
    let entropy = SeededEntropy::new(7);
    let mut counts: BTreeMap<char, u32> = BTreeMap::new();
    for _ in 0..2_000 {
        for c in Token::<31>::generate(&entropy).as_str().chars() {
            *counts.entry(c).or_default() += 1;
        }
    }
    assert_eq!(counts.len(), 62);
    // 1,000 expected of each; a biased modulo would give eight letters 1.25 times as many as the others.
    assert!(counts.values().all(|count| (850..1_150).contains(count)), "{counts:?}");
}

#[test]
fn bytes_that_would_bias_are_skipped() {
    struct High(SeededEntropy);
    impl Entropy for High {
        fn fill(&self, bytes: &mut [u8]) {
            self.0.fill(bytes);
            bytes.iter_mut().step_by(2).for_each(|byte| *byte = 255);
        }
    }
    let token = SecureId::generate(&High(SeededEntropy::new(1)));
    assert_eq!(token.as_str().len(), 30);
}

/// The first seven characters encode the moment; the others are random.
#[test]
fn tokens_of_later_moments_sort_later() {
    let entropy = SeededEntropy::new(7);
    let moments = [0, 61, 62, 1_795_000_000_000, 1_795_000_000_001, 3_521_614_606_207];
    let names = moments.map(|millis| {
        Token::<22>::generate_at(DateTime::from_timestamp_millis(millis).unwrap(), &entropy).to_string()
    });
    assert!(names.is_sorted(), "{names:?}");
    assert_eq!([&names[1][..7], &names[2][..7], &names[5][..7]], ["000000z", "0000010", "zzzzzzz"]);
    let rests: BTreeSet<&str> = names.iter().map(|name| &name[7..]).collect();
    assert_eq!(rests.len(), names.len());
}

#[test]
fn debug_output_does_not_reveal_the_token() {
    let token = SecureId::parse(&"a1B2".repeat(8)[..30]).unwrap();
    assert_eq!(format!("{token:?}"), "…B2a1");
}

proptest! {
    #[test]
    fn a_secure_id_has_thirty_alphanumerics(text in ".{0,40}|[A-Za-z0-9]{28,32}") {
        let sound = text.len() == 30 && text.bytes().all(|b| b.is_ascii_alphanumeric());
        prop_assert_eq!(SecureId::parse(&text).is_some(), sound);
    }
}
