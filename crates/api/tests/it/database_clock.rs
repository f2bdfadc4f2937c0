//! A machine whose clock is wrong.

use std::sync::Arc;

use usher_api::{compose::ClockAndEntropy, system::DatabaseClock};
use usher_domain::port::Clock as _;

use crate::harness::{Backend, Setup};

/// The clock of the setup stands in the year 2024.
#[test]
fn the_clock_of_the_database_decides_and_a_wrong_clock_is_not_ready() {
    let setup = Setup::new(Backend::postgres());
    let ports = setup.clock_and_entropy();
    let clock = Arc::new(DatabaseClock::over(Arc::clone(&ports.clock)));
    let server =
        setup.start_in(setup.settings(), ClockAndEntropy { clock: Arc::clone(&clock) as _, ..ports });
    let Backend::Postgres(database) = &setup.backend else { unreachable!("the setup has this backend") };
    let now: i64 =
        database.sql("SELECT extract(epoch FROM clock_timestamp())::bigint").unwrap().parse().unwrap();
    assert!((clock.now().timestamp() - now).abs() < 60, "{} instead of {now}", clock.now());
    let ready = server.client.get("/health/ready").expect(503);
    assert_eq!(ready.json()["reason"], "clock");

    let agreeing = setup.start();
    agreeing.client.get("/health/ready").expect(200);
}
