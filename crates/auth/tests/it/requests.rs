use usher_auth::{RequestKeys, SecretRing};

use crate::support::{OLD_SECRET, SECRET, ring, secret};

const REQUEST: [&[u8]; 4] = [b"POST", b"/invitations", b"", b"{}"];

/// Answers are kept for a day: a release that makes other MACs turns repeated requests into other ones. The expected value
/// was computed with another implementation of HMAC.
#[test]
fn macs_stay_the_same_from_release_to_release() {
    let expected = "6a0ebc77efb43667cfc1344e1dc032770b6ca695e99a746f34edbc2a5a205ea1";
    assert_eq!(RequestKeys::new(&ring()).macs(&REQUEST).current.as_str(), expected);
}

#[test]
fn every_part_counts_where_it_stands() {
    let keys = RequestKeys::new(&ring());
    let macs = keys.macs(&REQUEST);
    let others: [&[&[u8]]; 5] = [
        &[b"PUT", b"/invitations", b"", b"{}"],
        &[b"POST", b"/invitation", b"s", b"{}"],
        &[b"POST", b"/invitations", b"{}", b""],
        &[b"POST", b"/invitations", b"", b"{} "],
        &[b"POST", b"/invitations", b"{}"],
    ];
    for other in others {
        assert!(!macs.include(&keys.macs(other).current), "{other:?}");
    }
    assert!(macs.include(&keys.macs(&REQUEST).current));
}

#[test]
fn a_request_is_known_as_long_as_its_secret_is() {
    let old = RequestKeys::new(&SecretRing::new(secret(OLD_SECRET), vec![])).macs(&REQUEST).current;
    let new = RequestKeys::new(&SecretRing::new(secret(SECRET), vec![])).macs(&REQUEST);
    assert!(RequestKeys::new(&ring()).macs(&REQUEST).include(&old), "the previous secret is still accepted");
    assert!(!new.include(&old), "until it leaves the ring");
    assert_eq!(
        RequestKeys::new(&ring()).macs(&REQUEST).current,
        new.current,
        "new ones are made with the current one"
    );
}
