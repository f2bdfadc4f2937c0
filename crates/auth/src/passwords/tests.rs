use argon2::password_hash::{PasswordHasher as _, phc};
use usher_domain::testkit::SeededEntropy;

use super::*;

fn passwords() -> Passwords {
    Passwords::new(Arc::new(SeededEntropy::default()))
}

#[test]
fn only_the_chosen_password_is_verified() {
    let passwords = passwords();
    let hash = passwords.hash(&Password::parse("correct horse").unwrap()).unwrap();
    assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
    assert!(passwords.verify(Some(&hash), "correct horse").unwrap());
    for wrong in ["", "correct hors", "correct horse ", "Correct horse", "correct horse\0"] {
        assert!(!passwords.verify(Some(&hash), wrong).unwrap(), "{wrong:?}");
    }
}

#[test]
fn each_hash_has_its_own_salt() {
    let passwords = passwords();
    let password = Password::parse("correct horse").unwrap();
    assert_ne!(passwords.hash(&password).unwrap(), passwords.hash(&password).unwrap());
}

#[test]
fn no_password_is_verified_without_a_readable_hash() {
    let passwords = passwords();
    assert!(!passwords.verify(None, "correct horse").unwrap());
    for broken in ["", "plain text", "$argon2id$v=19$m=19456,t=2,p=1", DUMMY_HASH] {
        let hash = PasswordHash::new(broken.to_owned());
        assert!(!passwords.verify(Some(&hash), "correct horse").unwrap(), "{broken:?}");
    }
}

/// Equal parameters and lengths mean equal times, so the test does not have to measure them.
#[test]
fn the_dummy_hash_costs_as_much_as_a_real_hash() {
    let real = passwords().hash(&Password::parse("correct horse").unwrap()).unwrap();
    let real = phc::PasswordHash::new(real.as_str()).unwrap();
    let dummy = phc::PasswordHash::new(DUMMY_HASH).unwrap();
    assert_eq!((dummy.algorithm, dummy.version), (real.algorithm, real.version));
    assert_eq!(dummy.params, real.params);
    assert_eq!(dummy.salt.map(|salt| salt.len()), real.salt.map(|salt| salt.len()));
    assert_eq!(dummy.hash.map(|hash| hash.len()), real.hash.map(|hash| hash.len()));
}

#[test]
fn passwords_longer_than_can_be_chosen_are_rejected() {
    let passwords = passwords();
    assert!(Password::parse(&"x".repeat(MAX_PASSWORD_OCTETS + 1)).is_err());
    let longest = "x".repeat(MAX_PASSWORD_OCTETS);
    let hash = passwords.hash(&Password::parse(&longest).unwrap()).unwrap();
    assert!(passwords.verify(Some(&hash), &longest).unwrap());

    let longer = "x".repeat(MAX_PASSWORD_OCTETS + 1);
    let hash: phc::PasswordHash =
        passwords.argon2.hash_password_with_salt(longer.as_bytes(), &[7; SALT_OCTETS]).unwrap();
    assert!(
        !passwords.verify(Some(&PasswordHash::new(hash.to_string())), &longer).unwrap(),
        "rejected before it is hashed"
    );
}

#[test]
fn hashes_with_other_argon2_parameters_are_verified() {
    let small = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
    let hash: phc::PasswordHash = small.hash_password_with_salt(b"correct horse", &[7; 16]).unwrap();
    assert!(passwords().verify(Some(&PasswordHash::new(hash.to_string())), "correct horse").unwrap());
}

/// Hashing, verifying a right and a wrong password, and verifying without a hash.
fn work_of_each_kind(passwords: &Passwords) {
    let hash = passwords.hash(&Password::parse("correct horse").unwrap()).unwrap();
    assert!(passwords.verify(Some(&hash), "correct horse").unwrap());
    assert!(!passwords.verify(Some(&hash), "battery staple").unwrap());
    assert!(!passwords.verify(None, "correct horse").unwrap());
}

#[test]
fn each_call_uses_the_memory_of_the_call_before() {
    let passwords = passwords();
    work_of_each_kind(&passwords);
    let address = |passwords: &Passwords| {
        let free = passwords.memory.free();
        assert_eq!(free.len(), 1, "one caller needs one buffer");
        free[0].as_ptr()
    };
    let first = address(&passwords);
    work_of_each_kind(&passwords);
    assert_eq!(address(&passwords), first);
}

#[test]
fn concurrent_calls_use_a_buffer_each_and_no_more() {
    let passwords = passwords();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| work_of_each_kind(&passwords));
        }
    });
    let buffers = passwords.memory.free().len();
    assert!((1..=3).contains(&buffers), "{buffers} buffers");
}

#[test]
fn a_larger_buffer_for_a_foreign_hash_is_not_kept() {
    let large = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(20 * 1024, 1, 1, None).unwrap());
    let hash: phc::PasswordHash = large.hash_password_with_salt(b"correct horse", &[7; 16]).unwrap();
    let passwords = passwords();
    assert!(passwords.verify(Some(&PasswordHash::new(hash.to_string())), "correct horse").unwrap());
    assert!(passwords.memory.free().is_empty());
}
