//! Creations as units of work of the store, without HTTP: the gain of shared commits over the number of threads.

use std::{
    process,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use usher_domain::{
    address::EmailAddress,
    env::Env,
    port::{Store, StoreError},
    principal::{Credential, Principal},
    role::Grant,
    testkit::{self, FixedClock, SeededEntropy},
    text::DisplayText,
    usecase::{
        count_write::write_counted,
        invite::{Invite, invite},
        resolve::resolve,
    },
};
use usher_persistence::{DatabaseOptions, DieselStore};

/// The administrator of the account of the invitations.
const FOUNDER: &str = "founder@example.com";

/// Creations per second of a number of threads, each creation as a unit of its own.
pub(crate) fn rate(file: &str, time: Duration, threads: usize) -> f64 {
    let options = DatabaseOptions {
        acquire_timeout: Duration::from_mins(1),
        ..DatabaseOptions::new(format!("sqlite:{file}"))
    };
    let (store, (env, clock)) = (DieselStore::open(&options).unwrap(), env());
    let done = AtomicU32::new(0);
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while begun.elapsed() < time {
                    // Public ids begin with their moment, so time has to pass as it does for a server.
                    clock.advance(TimeDelta::microseconds(100));
                    let number = done.fetch_add(1, Ordering::Relaxed);
                    create(&store, &env, &format!("unit{}-{number}@example.com", process::id()));
                }
            });
        }
    });
    f64::from(done.into_inner()) / begun.elapsed().as_secs_f64()
}

fn env() -> (Env, Arc<FixedClock>) {
    let (mut env, clock) = testkit::env();
    // Another sequence in each process, because ids have to be unique in the file.
    env.entropy = Arc::new(SeededEntropy::new(u64::from(process::id()) << 32));
    env.policy.writes_per_hour = u32::MAX;
    (env, clock)
}

/// The work of a creating request in the store: the writer is counted, the caller looked up, and the invitation written.
fn create(store: &dyn Store, env: &Env, address: &str) {
    let email = |text: &str| EmailAddress::parse(text).unwrap();
    let founder =
        Principal { email: email(FOUNDER), email_verified: true, person_id: None, account: None, name: None };
    let founder = Credential::Principal(founder);
    let command = Invite {
        name: Some(DisplayText::parse("Ada Lovelace").unwrap()),
        ..Invite::new(email(address), Grant::of_roles(["Auditor"]).unwrap(), TimeDelta::days(14))
    };
    let made = write_counted::<_, StoreError>(store, env, "create", &[Some(&founder)], |tx, _| {
        let actor = resolve(tx, &founder, env.now()).unwrap();
        Ok(invite(tx, env, &actor, &command).unwrap())
    });
    made.unwrap();
}
