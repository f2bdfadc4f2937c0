//! Failed sign-ins delay further ones, and those of others do not lock a person out.

use std::net::{IpAddr, Ipv4Addr};

use chrono::TimeDelta;
use usher_domain::{
    idempotency::KeyDigest,
    person::PasswordHash,
    port::RequestFingerprints as _,
    sign_in::{AttemptedAddress, Network, SignInAttempt, SignInLimits},
    testkit::{PlainFingerprints, Scene, email, scene::ADMIN},
    usecase::{
        attempt_sign_in::{
            Admission, AttemptEnd, AttemptError, attempt_sign_in, end_attempt, expect_admission,
            forget_sign_ins,
        },
        set_password::{TokensOfPerson, set_password},
    },
};

/// The network of the n-th client.
fn network(n: u32) -> Network {
    Network::of(IpAddr::V4(Ipv4Addr::from(n << 8)))
}

fn attempt(address: &str, network: Network) -> SignInAttempt {
    let name = |parts: &[&[u8]]| -> KeyDigest { PlainFingerprints.key_digest(parts) };
    SignInAttempt {
        address: Some(AttemptedAddress {
            email: email(address),
            from_network: name(&[address.as_bytes(), network.octets()]),
            from_anywhere: name(&[address.as_bytes()]),
        }),
        network: name(&[network.octets()]),
        total: name(&[]),
    }
}

/// Attempts from one of the clients, on a scene.
struct Attempts(Scene);

impl Attempts {
    fn new() -> Self {
        Self(Scene::new())
    }

    fn begin(&self, address: &str, client: u32) -> Result<Admission, AttemptError> {
        let attempt = attempt(address, network(client));
        self.0.write(|tx| attempt_sign_in(tx, &self.0.env, &attempt))
    }

    /// Fails to sign in; returns the seconds to wait if the attempt was rejected.
    fn fail(&self, address: &str, client: u32) -> Result<(), u32> {
        match self.begin(address, client) {
            Ok(_) => Ok(()),
            Err(AttemptError::TooManyFailures { seconds }) => Err(seconds),
            Err(error) => panic!("{error}"),
        }
    }

    fn sign_in(&self, address: &str, client: u32) -> Result<(), u32> {
        let admission = match self.begin(address, client) {
            Ok(admission) => admission,
            Err(AttemptError::TooManyFailures { seconds }) => return Err(seconds),
            Err(error) => panic!("{error}"),
        };
        self.end(&admission, AttemptEnd::RightPassword);
        Ok(())
    }

    fn end(&self, admission: &Admission, end: AttemptEnd) {
        self.0.write(|tx| end_attempt(tx, &self.0.env, admission, end)).unwrap();
    }

    /// What the worker does from time to time.
    fn sweep(&self) -> usize {
        self.0.write(|tx| forget_sign_ins(tx, &self.0.env, 1000)).unwrap()
    }

    fn wait(&self, seconds: u32) {
        self.0.clock.advance(TimeDelta::seconds(seconds.into()));
    }

    /// Fails until the attempt is rejected; returns the number of attempts before and the seconds to wait.
    fn fail_until_rejected(&self, address: &str, client: u32) -> (u32, u32) {
        let mut before = 0;
        loop {
            match self.fail(address, client) {
                Ok(()) => before += 1,
                Err(seconds) => return (before, seconds),
            }
        }
    }
}

#[test]
fn the_failures_of_strangers_do_not_lock_the_owner_out() {
    let attempts = Attempts::new();
    attempts.sign_in(ADMIN, 1).unwrap();
    for client in 100..200 {
        let _rejected_or_not = attempts.fail(ADMIN, client);
    }
    assert!(attempts.fail(ADMIN, 200).is_err(), "strangers have to wait");
    assert_eq!(attempts.sign_in(ADMIN, 1), Ok(()), "the owner's network is known");
    assert_eq!(attempts.fail_until_rejected(ADMIN, 1), (10, 1), "it has a limit of its own");
}

#[test]
fn an_owner_on_a_new_network_waits_for_a_minute_at_most() {
    let attempts = Attempts::new();
    for client in 100..1000 {
        if let Err(seconds) = attempts.fail(ADMIN, client) {
            attempts.wait(seconds);
        }
    }
    let wait = attempts.sign_in(ADMIN, 1).unwrap_err();
    assert!(wait <= 60, "{wait}");
    attempts.wait(wait);
    assert_eq!(attempts.sign_in(ADMIN, 1), Ok(()));
}

#[test]
fn a_network_that_tries_many_addresses_is_slowed_down() {
    let attempts = Attempts::new();
    let tries: Vec<_> = (0..60).map(|n| attempts.fail(&format!("guest{n}@example.com"), 1)).collect();
    assert_eq!(tries.iter().filter(|tried| tried.is_ok()).count(), 50);
    assert_eq!(attempts.fail("guest@example.com", 2), Ok(()), "other networks do not wait");
}

/// One password against 10,050 addresses, each from a network of its own, as fast as the limits allow.
#[test]
fn a_password_for_10_050_addresses_takes_more_than_an_hour() {
    let attempts = Attempts::new();
    let began = attempts.0.env.now();
    for n in 0..10_050 {
        let address = format!("guest{n}@example.com");
        while let Err(seconds) = attempts.fail(&address, n) {
            attempts.wait(seconds);
        }
        if n % 100 == 0 {
            attempts.sweep();
        }
    }
    let took = attempts.0.env.now() - began;
    assert!(took >= TimeDelta::hours(2), "{took}");
}

#[test]
fn a_flood_does_not_erase_the_failures_of_an_address() {
    let attempts = Attempts::new();
    (0..9).for_each(|_| attempts.fail(ADMIN, 1).unwrap());
    for n in 0..1500 {
        attempts.fail(&format!("guest{n}@example.com"), 1000 + n).unwrap();
    }
    assert_eq!(attempts.fail_until_rejected(ADMIN, 1), (1, 1));
}

#[test]
fn what_was_no_failure_is_taken_back() {
    let attempts = Attempts::new();
    for _ in 0..100 {
        let admission = attempts.begin(ADMIN, 1).unwrap();
        attempts.end(&admission, AttemptEnd::NotChecked);
    }
    for _ in 0..100 {
        attempts.sign_in(ADMIN, 2).unwrap();
    }
    assert_eq!(attempts.fail_until_rejected(ADMIN, 3), (10, 1), "nothing was counted");
}

#[test]
fn concurrent_attempts_count_from_their_beginning() {
    let attempts = Attempts::new();
    let running: Vec<_> = (0..10).map(|_| attempts.begin(ADMIN, 1).unwrap()).collect();
    assert_eq!(attempts.fail(ADMIN, 1), Err(1));
    for admission in &running {
        attempts.end(admission, AttemptEnd::NotChecked);
    }
    assert_eq!(attempts.fail_until_rejected(ADMIN, 1), (10, 1), "each is taken back once");
}

#[test]
fn counters_can_be_switched_off() {
    let mut attempts = Attempts::new();
    attempts.0.env.policy.sign_in_limits = SignInLimits { per_address: 0, per_network: 0, in_total: 0 };
    (0..5000).for_each(|_| attempts.fail(ADMIN, 1).unwrap());
}

/// Hashing takes time, and the password may change meanwhile.
#[test]
fn a_password_that_changed_meanwhile_proves_nothing() {
    let attempts = Attempts::new();
    let admission = attempts.begin(ADMIN, 1).unwrap();
    let changed = PasswordHash::new("another".to_owned());
    let scene = &attempts.0;
    scene.write(|tx| set_password(tx, &scene.env, &email(ADMIN), &changed, TokensOfPerson::Keep)).unwrap();
    let end = |admission| {
        scene.write(|tx| end_attempt(tx, &scene.env, admission, AttemptEnd::RightPassword)).unwrap()
    };
    assert_eq!(end(&admission), None);
    let (before, _) = attempts.fail_until_rejected(ADMIN, 1);
    assert_eq!(before, 9, "the attempt has failed");

    attempts.wait(60);
    let admission = attempts.begin(ADMIN, 2).unwrap();
    let proven = end(&admission).unwrap();
    assert_eq!((proven.person.password, proven.at), (Some(changed), scene.env.now()));
}

#[test]
fn an_attempt_that_would_have_to_wait_is_rejected_without_counting() {
    let attempts = Attempts::new();
    attempts.fail_until_rejected(ADMIN, 1);
    let expect = |client| {
        let attempt = attempt(ADMIN, network(client));
        attempts.0.write(|tx| expect_admission(tx, &attempts.0.env, &attempt))
    };
    assert_eq!(expect(1), Err(AttemptError::TooManyFailures { seconds: 1 }));
    attempts.wait(1);
    assert_eq!((expect(1), expect(1)), (Ok(()), Ok(())));
    assert_eq!(attempts.fail(ADMIN, 1), Ok(()));
}

#[test]
fn counters_and_unused_networks_are_deleted() {
    let attempts = Attempts::new();
    attempts.sign_in(ADMIN, 1).unwrap();
    attempts.fail(ADMIN, 2).unwrap();
    assert_eq!(attempts.sweep(), 0);
    attempts.0.clock.advance(TimeDelta::minutes(15));
    assert_eq!(
        attempts.sweep(),
        4,
        "the address from the network and from anywhere, the network, and the total"
    );
    attempts.0.clock.advance(TimeDelta::days(90));
    assert_eq!(attempts.sweep(), 1);
}
