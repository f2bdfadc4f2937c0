use chrono::TimeDelta;
use usher_domain::{
    Timestamp,
    port::store::{Mode, Unit, Verdict},
    principal::Credential,
    quota::{Quota, Window, WriteCount},
    testkit::{Scene, principal},
    usecase::count_write::Writers,
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(seconds, 123_456_000).unwrap()
}

fn counted(window: Timestamp, writes: u64, limit: u32, now: Timestamp) -> Quota {
    Quota::after(WriteCount { window, writes }, limit, now)
}

#[test]
fn a_quota_is_of_the_window_that_was_counted_in() {
    let quota = counted(at(3600), 1, 3, at(3500));
    assert_eq!((quota.resets_at, quota.resets_in), (Timestamp::from_timestamp(7200, 0).unwrap(), 3700));
}

#[test]
fn windows_are_hours_in_utc() {
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
fn the_remaining_writes_count_down_to_zero() {
    let quota = |used| counted(at(0), used, 3, at(0));
    let states: Vec<_> = (1..=5).map(|used| (quota(used).remaining(), quota(used).is_exceeded())).collect();
    assert_eq!(states, [(2, false), (1, false), (0, false), (0, true), (0, true)]);
    assert_eq!(quota(u64::MAX).remaining(), 0);
}

/// Counts the writes of a unit that does nothing.
fn serve(scene: &Scene, writers: &[Option<&Credential>]) -> Vec<Option<Quota>> {
    let writers = Writers::new(&scene.env, writers);
    let mut quotas = Vec::new();
    let counted =
        scene.store.run_counted(Unit::new("serve", Mode::Write), &writers.counting(), &mut |_, counts| {
            quotas = writers.quotas(counts);
            Ok(Verdict::Commit)
        });
    assert_eq!(counted, Ok(()));
    quotas
}

fn credential(address: &str) -> Credential {
    Credential::Principal(principal(address))
}

#[test]
fn a_write_is_counted_in_its_hour() {
    let mut scene = Scene::new();
    scene.env.policy.writes_per_hour = 2;
    let jane = credential("jane@example.com");
    let now = scene.env.now();
    let count = || serve(&scene, &[Some(&jane)])[0].unwrap();
    let first = count();
    assert_eq!(first, counted(Window::of(now).begins_at, 1, 2, now));
    assert!(!count().is_exceeded());
    assert!(count().is_exceeded());
    scene.clock.advance(first.resets_at - now);
    assert_eq!(count().used, 1);
}

#[test]
fn without_a_limit_nothing_is_counted() {
    let mut scene = Scene::new();
    let jane = credential("jane@example.com");
    assert_eq!(serve(&scene, &[Some(&jane), None]), [None, None]);
    scene.env.policy.writes_per_hour = 2;
    assert_eq!(serve(&scene, &[Some(&jane)])[0].unwrap().used, 1);
}

#[test]
fn each_write_of_a_unit_gets_the_quota_of_its_writer() {
    let mut scene = Scene::new();
    scene.env.policy.writes_per_hour = 2;
    let (jane, nobody) = (credential("jane@example.com"), credential("nobody@example.com"));
    let quotas = serve(&scene, &[None, Some(&jane), Some(&nobody), None, Some(&jane)]);
    let used: Vec<_> = quotas.iter().map(|quota| quota.map(|quota| quota.used)).collect();
    assert_eq!(used, [None, Some(1), None, None, Some(2)]);
}
