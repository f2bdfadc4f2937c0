use chrono::TimeDelta;
use usher_domain::{
    Timestamp,
    principal::Credential,
    quota::{Quota, Window, WriteCount},
    usecase::count_write::count_write,
};

use crate::world::{principal, world};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(seconds, 123_456_000).unwrap()
}

fn counted(window: Timestamp, writes: u64, limit: u32, now: Timestamp) -> Quota {
    Quota::after(WriteCount { window, writes }, limit, now)
}

#[test]
fn what_is_told_is_of_the_window_that_was_counted_in() {
    let quota = counted(at(3600), 1, 3, at(3500));
    assert_eq!((quota.resets_at, quota.resets_in), (Timestamp::from_timestamp(7200, 0).unwrap(), 3700));
}

#[test]
fn windows_are_the_hours_of_the_clock() {
    for (moment, begin) in [(0, 0), (3599, 0), (3600, 3600), (7199, 3600), (-1, -3600)] {
        let begins_at = Timestamp::from_timestamp(begin, 0).unwrap();
        let window = Window { begins_at, ends_at: begins_at + TimeDelta::hours(1) };
        assert_eq!(Window::of(at(moment)), window, "{moment}");
        let quota = counted(begins_at, 1, 3, at(moment));
        assert_eq!(quota.resets_at, window.ends_at);
        assert_eq!(quota.resets_in, begin + 3600 - moment);
    }
}

#[test]
fn what_remains_counts_down_to_nothing_and_stays_there() {
    let quota = |used| counted(at(0), used, 3, at(0));
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
    assert_eq!(first, counted(Window::of(now).begins_at, 1, 2, now));
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
