use std::{collections::HashMap, time::Duration};

use tokio::{task::Id, time::Instant};
use usher_domain::outbox::Destination;

/// A delivery that takes longer than this is slow.
const SLOW: Duration = Duration::from_secs(1);

/// The deliveries in progress. A delivery that turns out to be slow gives its place back, so that slow recipients do not hold up
/// the mails of others. Slow deliveries have a bound of their own.
#[derive(Debug)]
pub(super) struct Places {
    /// Most deliveries that are not slow.
    concurrency: usize,
    /// Most further deliveries, while others are slow.
    slow: usize,
    running: HashMap<Id, (Destination, Instant)>,
}

impl Places {
    pub(super) fn new(concurrency: usize, slow: usize) -> Self {
        Self { concurrency: concurrency.max(1), slow, running: HashMap::new() }
    }

    /// A delivery began.
    pub(super) fn enter(&mut self, task: Id, destination: Destination, now: Instant) {
        self.running.insert(task, (destination, now));
    }

    /// A delivery ended.
    pub(super) fn leave(&mut self, task: Id) {
        self.running.remove(&task);
    }

    /// How many deliveries may begin.
    pub(super) fn free(&self, now: Instant) -> usize {
        let fast = self.running.len() - self.slow_at(now).count();
        let total = (self.concurrency + self.slow).saturating_sub(self.running.len());
        self.concurrency.saturating_sub(fast).min(total)
    }

    /// Destinations that have at least half of the slow deliveries that may be in progress, and at least two. Their mails wait.
    /// Without places for slow deliveries there is nothing to share, and none waits.
    pub(super) fn slow_destinations(&self, now: Instant) -> Vec<Destination> {
        if self.slow == 0 {
            return Vec::new();
        }
        let mut counts: HashMap<&Destination, usize> = HashMap::new();
        for destination in self.slow_at(now) {
            *counts.entry(destination).or_default() += 1;
        }
        let most = self.slow.div_ceil(2).max(2);
        counts.into_iter().filter(|(_, count)| *count >= most).map(|(slow, _)| slow.clone()).collect()
    }

    fn slow_at(&self, now: Instant) -> impl Iterator<Item = &Destination> {
        let is_slow = move |began: &Instant| now.saturating_duration_since(*began) >= SLOW;
        self.running.values().filter(move |(_, began)| is_slow(began)).map(|(destination, _)| destination)
    }
}

#[cfg(test)]
mod tests {
    use usher_domain::testkit::email;

    use super::*;

    fn destination(domain: &str) -> Destination {
        Destination::of_mail(&email(&format!("joe@{domain}")))
    }

    #[tokio::test]
    async fn a_slow_delivery_gives_its_place_back() {
        let mut places = Places::new(2, 2);
        let began = Instant::now();
        let enter = |places: &mut Places, domain: &str, now: Instant| {
            let id = tokio::spawn(async {}).id();
            places.enter(id, destination(domain), now);
            id
        };
        let first = enter(&mut places, "slow.example", began);
        enter(&mut places, "slow.example", began);
        assert_eq!(places.free(began), 0);
        assert_eq!(places.slow_destinations(began), []);

        let later = began + SLOW;
        assert_eq!(places.free(later), 2, "both are slow");
        assert_eq!(places.slow_destinations(later), [destination("slow.example")]);
        enter(&mut places, "example.com", later);
        enter(&mut places, "example.com", later);
        assert_eq!(places.free(later + SLOW), 0, "there are no more than four in all");
        places.leave(first);
        assert_eq!(places.free(later), 0, "two that are not slow have the places");
        assert_eq!(places.free(later + SLOW), 1);
    }

    #[tokio::test]
    async fn one_slow_delivery_does_not_hold_up_its_destination() {
        for slow in [0, 1, 2, 3] {
            let mut places = Places::new(4, slow);
            let began = Instant::now();
            places.enter(tokio::spawn(async {}).id(), destination("example.com"), began);
            assert_eq!(places.slow_destinations(began + SLOW), [], "{slow}");
        }
    }

    #[tokio::test]
    async fn without_room_for_slow_deliveries_the_concurrency_is_the_bound() {
        let mut places = Places::new(1, 0);
        let began = Instant::now();
        places.enter(tokio::spawn(async {}).id(), destination("example.com"), began);
        assert_eq!(places.free(began + SLOW), 0);
    }
}
