//! The fakes of the testkit do what the ports owe.

use std::{
    collections::HashSet,
    pin::pin,
    task::{Context, Poll, Waker},
};

use chrono::TimeDelta;
use usher_domain::{
    Timestamp,
    id::PersonId,
    person::Password,
    port::{Authenticator, PasswordHasher, RequestFingerprints, TokenError, TokenRequest, TokenSigner},
    principal::{Credential, Principal},
    testkit::{
        PlainAuthenticator, PlainFingerprints, PlainHasher, PlainSigner, account_name, credential, email,
        verified,
    },
};

fn authenticate(
    authenticator: &PlainAuthenticator,
    token: &str,
    now: Timestamp,
) -> Result<Credential, TokenError> {
    let mut future = pin!(authenticator.authenticate(token, now));
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("the fake waits for nothing"),
    }
}

#[test]
fn the_authenticator_reads_the_signers_tokens_until_they_expire() {
    let (email, account, now) = (email("j.smith@example.com"), account_name("onward"), Timestamp::UNIX_EPOCH);
    for account in [None, Some(&account)] {
        let request = TokenRequest {
            email: &email,
            email_verified: true,
            person_id: PersonId::new(7),
            account,
            lifetime: TimeDelta::hours(1),
        };
        let token = PlainSigner.sign(&request, now);
        let read = |now| authenticate(&PlainAuthenticator::default(), token.reveal(), now);
        let principal = Principal {
            person_id: Some(PersonId::new(7)),
            account: account.cloned(),
            issued_at: Some(now),
            ..verified("j.smith@example.com")
        };
        assert_eq!(read(now), Ok(Credential::Principal(principal)));
        assert_eq!(read(token.expires_at), Err(TokenError::Expired));
    }
}

#[test]
fn the_authenticator_returns_what_a_test_set() {
    let (authenticator, now) = (PlainAuthenticator::default(), Timestamp::UNIX_EPOCH);
    authenticator.set("jane", Ok(credential("jane@example.com")));
    authenticator.set("down", Err(TokenError::KeysUnavailable { seconds: 5 }));
    assert_eq!(authenticate(&authenticator, "jane", now), Ok(credential("jane@example.com")));
    assert_eq!(authenticate(&authenticator, "down", now), Err(TokenError::KeysUnavailable { seconds: 5 }));
    assert!(matches!(authenticate(&authenticator, "joe", now), Err(TokenError::Invalid { .. })));
}

#[test]
fn a_hash_is_of_one_password() {
    let hash = PlainHasher.hash(&Password::parse("correct horse").unwrap()).unwrap();
    assert_eq!(PlainHasher.verify(Some(&hash), "correct horse"), Ok(true));
    assert_eq!(PlainHasher.verify(Some(&hash), "battery staple"), Ok(false));
    assert_eq!(PlainHasher.verify(None, ""), Ok(false));
}

#[test]
fn fingerprints_of_different_parts_differ() {
    let requests: [&[&[u8]]; 4] = [&[b"ab", b"c"], &[b"a", b"bc"], &[b"abc"], &[b"abc", b""]];
    let macs: HashSet<_> = requests.map(|parts| PlainFingerprints.request_macs(parts).current).into();
    let digests: HashSet<_> = requests.map(|parts| PlainFingerprints.key_digest(parts)).into();
    assert_eq!((macs.len(), digests.len()), (4, 4));
    assert_eq!(PlainFingerprints.key_digest(requests[0]), PlainFingerprints.key_digest(requests[0]));
}
