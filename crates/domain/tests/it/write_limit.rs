use chrono::TimeDelta;
use usher_domain::{
    Timestamp,
    principal::Credential,
    quota::{Quota, window_of},
    usecase::count_write::count_write,
};

use crate::world::{principal, world};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(seconds, 123_456_000).unwrap()
}

#[test]
fn windows_are_the_hours_of_the_clock() {
    for (moment, begin) in [(0, 0), (3599, 0), (3600, 3600), (7199, 3600), (-1, -3600)] {
        let window = Timestamp::from_timestamp(begin, 0).unwrap();
        assert_eq!(window_of(at(moment)), window, "{moment}");
        let quota = Quota::at(at(moment), 3, 1);
        assert_eq!(quota.resets_at, window + TimeDelta::hours(1));
        assert_eq!(quota.resets_in, begin + 3600 - moment);
    }
}

#[test]
fn what_remains_counts_down_to_nothing_and_stays_there() {
    let quota = |used| Quota::at(at(0), 3, used);
    let states: Vec<_> = (1..=5).map(|used| (quota(used).remaining(), quota(used).is_exceeded())).collect();
    assert_eq!(states, [(2, false), (1, false), (0, false), (0, true), (0, true)]);
    assert_eq!(quota(u64::MAX).remaining(), 0);
}

#[test]
fn a_write_is_counted_in_its_hour() {
    let mut world = world();
    world.env.policy.writes_per_hour = 2;
    let jane = Credential::Principal(principal("jane@example.com"));
    let now = world.env.now();
    let count = || count_write(world.store.as_ref(), &world.env, &jane).unwrap().unwrap();
    let first = count();
    assert_eq!(first, Quota::at(now, 2, 1));
    assert!(!count().is_exceeded());
    assert!(count().is_exceeded());
    world.clock.advance(first.resets_at - now);
    assert_eq!(count().used, 1);
}

#[test]
fn without_a_limit_nothing_is_counted() {
    let world = world();
    let jane = Credential::Principal(principal("jane@example.com"));
    assert_eq!(count_write(world.store.as_ref(), &world.env, &jane), Ok(None));
}

#[test]
fn nobodys_writes_are_not_counted() {
    let mut world = world();
    world.env.policy.writes_per_hour = 2;
    let nobody = Credential::Principal(principal("nobody@example.com"));
    assert_eq!(count_write(world.store.as_ref(), &world.env, &nobody), Ok(None));
}
