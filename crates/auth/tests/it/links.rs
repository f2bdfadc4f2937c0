use proptest::prelude::*;
use usher_auth::{HmacLinkKeys, SecretRing};
use usher_domain::{invitation::SecureId, port::LinkKeys as _};

use crate::support::{OLD_SECRET, SECRET, ring, secret};

fn keys() -> HmacLinkKeys {
    HmacLinkKeys::new(&ring())
}

fn secure_id() -> impl Strategy<Value = SecureId> {
    "[A-Za-z0-9]{30}".prop_map(|text| SecureId::parse(&text).unwrap())
}

/// Links are in mailboxes. If a release changed the keys of the same secret, all links would become invalid. The expected value
/// was computed with another implementation of HMAC.
#[test]
fn link_keys_stay_the_same_from_release_to_release() {
    let id = SecureId::parse("abcdefghijABCDEFGHIJ0123456789").unwrap();
    assert_eq!(keys().key(&id, 7).reveal(), "7.sklYwqg7lq2MI1iPM908DDzTvCVxNRHd");
}

/// A token's signature, which is a plain HMAC with the secret, must not reveal a link.
#[test]
fn link_keys_are_not_made_with_the_secret_itself() {
    let id = SecureId::parse("abcdefghijABCDEFGHIJ0123456789").unwrap();
    let key = keys().key(&id, 1);
    let message = [&30_u64.to_be_bytes()[..], id.as_str().as_bytes(), &1_u32.to_be_bytes()].concat();
    let plain = aws_lc_rs::hmac::sign(
        &aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes()),
        &message,
    );
    assert!(!key.reveal().contains(&crate::support::base64(&plain.as_ref()[..24])));
}

#[test]
fn links_are_valid_while_their_secret_is_in_the_ring() {
    let id = SecureId::parse("abcdefghijABCDEFGHIJ0123456789").unwrap();
    let old = HmacLinkKeys::new(&SecretRing::new(secret(OLD_SECRET), vec![]));
    let new = HmacLinkKeys::new(&SecretRing::new(secret(SECRET), vec![]));
    let link = old.key(&id, 3);
    assert_eq!(keys().generation_of(&id, link.reveal()), Some(3), "the previous secret is still accepted");
    assert_eq!(new.generation_of(&id, link.reveal()), None, "a secret outside the ring is not accepted");
    assert_eq!(keys().key(&id, 3), new.key(&id, 3), "new links use the current secret");
}

#[test]
fn other_spellings_of_a_key_are_rejected() {
    let id = SecureId::parse("abcdefghijABCDEFGHIJ0123456789").unwrap();
    let key = keys().key(&id, 10);
    let mac = key.reveal().strip_prefix("10.").unwrap();
    assert_eq!(keys().generation_of(&id, key.reveal()), Some(10));
    for presented in [
        String::new(),
        ".".into(),
        "10".into(),
        "10.".into(),
        mac.into(),
        format!(".{mac}"),
        format!("010.{mac}"),
        format!("+10.{mac}"),
        format!("-10.{mac}"),
        format!(" 10.{mac}"),
        format!("10 .{mac}"),
        format!("10.{mac} "),
        format!("10.{mac}="),
        format!("10.{mac}A"),
        format!("10..{mac}"),
        format!("10.{}", &mac[..31]),
        format!("1.{mac}"),
        format!("11.{mac}"),
        format!("4294967306.{mac}"),
        format!("１０.{mac}"),
        format!("10.{mac}\n"),
        "9".repeat(1 << 20),
        format!("10.{}", "A".repeat(1 << 20)),
    ] {
        assert_eq!(keys().generation_of(&id, &presented), None, "{presented:.50}");
    }
}

proptest! {
    #[test]
    fn every_key_yields_its_generation(id in secure_id(), generation: u32) {
        let key = keys().key(&id, generation);
        prop_assert_eq!(keys().generation_of(&id, key.reveal()), Some(generation));
        prop_assert_eq!(&key, &keys().key(&id, generation), "a repeated e-mail has the same link");
    }

    #[test]
    fn keys_need_no_escaping_in_urls(id in secure_id(), generation: u32) {
        let key = keys().key(&id, generation);
        let (digits, mac) = key.reveal().split_once('.').unwrap();
        prop_assert_eq!(digits, generation.to_string());
        prop_assert_eq!(mac.len(), 32);
        // The unreserved characters of RFC 3986, 2.3.
        prop_assert!(mac.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{}", mac);
    }

    #[test]
    fn a_key_is_invalid_for_another_invitation(id in secure_id(), other in secure_id(), generation: u32) {
        prop_assume!(id != other);
        let key = keys().key(&id, generation);
        prop_assert_eq!(keys().generation_of(&other, key.reveal()), None);
    }

    /// The MAC covers the generation, so an old key cannot be changed into a newer key.
    #[test]
    fn a_key_is_invalid_for_another_generation(id in secure_id(), generation: u32, other: u32) {
        prop_assume!(generation != other);
        let key = keys().key(&id, generation);
        let (_, mac) = key.reveal().split_once('.').unwrap();
        prop_assert_eq!(keys().generation_of(&id, &format!("{other}.{mac}")), None);
    }

    #[test]
    fn a_changed_key_is_rejected(
        id in secure_id(),
        generation: u32,
        position: prop::sample::Index,
        replacement in "[A-Za-z0-9._-]",
    ) {
        let key = keys().key(&id, generation);
        let position = position.index(key.reveal().len());
        let mut changed = key.reveal().to_owned();
        changed.replace_range(position..=position, &replacement);
        prop_assume!(changed != key.reveal());
        prop_assert_eq!(keys().generation_of(&id, &changed), None);
    }

    #[test]
    fn arbitrary_text_is_rejected(id in secure_id(), presented in "\\PC*") {
        prop_assert_eq!(keys().generation_of(&id, &presented), None);
    }
}
