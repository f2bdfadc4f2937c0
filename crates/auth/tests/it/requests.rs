use usher_auth::{RequestKeys, SecretRing};
use usher_domain::port::RequestFingerprints as _;

use crate::support::{OLD_SECRET, SECRET, ring, secret};

const REQUEST: [&[u8]; 4] = [b"POST", b"/invitations", b"", b"{}"];

/// Stored MACs last for a day. If a release changed them, repeated requests would look like different requests. The expected
/// value was computed with another implementation of HMAC.
#[test]
fn macs_stay_the_same_from_release_to_release() {
    let expected = "6a0ebc77efb43667cfc1344e1dc032770b6ca695e99a746f34edbc2a5a205ea1";
    assert_eq!(RequestKeys::new(&ring()).request_macs(&REQUEST).current.as_str(), expected);
}

#[test]
fn macs_depend_on_every_part_and_its_position() {
    let keys = RequestKeys::new(&ring());
    let macs = keys.request_macs(&REQUEST);
    let others: [&[&[u8]]; 5] = [
        &[b"PUT", b"/invitations", b"", b"{}"],
        &[b"POST", b"/invitation", b"s", b"{}"],
        &[b"POST", b"/invitations", b"{}", b""],
        &[b"POST", b"/invitations", b"", b"{} "],
        &[b"POST", b"/invitations", b"{}"],
    ];
    for other in others {
        assert!(!macs.include(&keys.request_macs(other).current), "{other:?}");
    }
    assert!(macs.include(&keys.request_macs(&REQUEST).current));
}

#[test]
fn a_request_is_recognized_while_its_secret_is_in_the_ring() {
    let old = RequestKeys::new(&SecretRing::new(secret(OLD_SECRET), vec![])).request_macs(&REQUEST).current;
    let new = RequestKeys::new(&SecretRing::new(secret(SECRET), vec![])).request_macs(&REQUEST);
    assert!(
        RequestKeys::new(&ring()).request_macs(&REQUEST).include(&old),
        "the previous secret is still accepted"
    );
    assert!(!new.include(&old), "a secret outside the ring is not accepted");
    assert_eq!(
        RequestKeys::new(&ring()).request_macs(&REQUEST).current,
        new.current,
        "new MACs use the current secret"
    );
}

/// The expected value was computed with another implementation of SHA-256.
#[test]
fn key_digests_stay_the_same_from_release_to_release() {
    let expected = "8a7a0d4ca767d9af60db32b8ec1762ec4513019a85a6f12edcdb2053e0611b30";
    assert_eq!(RequestKeys::new(&ring()).key_digest(&[b"link", b"abc", b"k1"]).to_hex(), expected);
}

#[test]
fn a_key_digest_depends_on_the_boundaries_between_parts() {
    let keys = RequestKeys::new(&ring());
    assert_ne!(keys.key_digest(&[b"ab", b"c"]), keys.key_digest(&[b"a", b"bc"]));
    assert_ne!(keys.key_digest(&[b"abc"]), keys.key_digest(&[b"abc", b""]));
}

/// Idempotency keys stay valid when the server's secrets change.
#[test]
fn a_key_digest_does_not_depend_on_the_secrets() {
    let other = RequestKeys::new(&SecretRing::new(secret(OLD_SECRET), vec![]));
    assert_eq!(RequestKeys::new(&ring()).key_digest(&[b"k1"]), other.key_digest(&[b"k1"]));
}
