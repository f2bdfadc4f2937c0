//! Callers that were looked up a moment ago (ADR 19).
//!
//! Without this cache, a client that requests one page after another would be looked up for each page, and a look-up
//! costs the database as much as a short answer. Requests that only read reuse the result for ten milliseconds, so a
//! change of rights takes effect at most that much later. Rights that are granted take effect at once, because
//! rejections are not cached. Writes, and so everything that grants rights, look up their caller in their own
//! transaction.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::TimeDelta;
use usher_domain::{
    Timestamp,
    port::{StoreError, Tx},
    principal::{Actor, Credential},
    usecase::resolve::{ResolveError, resolve_all},
};

/// How long a caller that was found is reused.
const RECENTLY: TimeDelta = TimeDelta::milliseconds(10);

/// Most callers that are kept. If more arrive within a hundredth of a second, hardly any of them are repeats.
const MOST: usize = 1024;

/// The callers that were found, each with the moment of its look-up.
type Found = HashMap<Credential, (Timestamp, Arc<Actor>)>;

/// Callers of this server.
#[derive(Default)]
pub(crate) struct RecentCallers(Mutex<Found>);

impl RecentCallers {
    /// As [`resolve_all`], but reuses callers that were found a moment ago.
    pub(crate) fn resolve_all(
        &self,
        tx: &mut dyn Tx,
        credentials: &[&Credential],
        now: Timestamp,
    ) -> Result<Vec<Result<Arc<Actor>, ResolveError>>, StoreError> {
        let known = self.known(credentials, now);
        let unknown: Vec<&Credential> = credentials
            .iter()
            .zip(&known)
            .filter(|(_, known)| known.is_none())
            .map(|(one, _)| *one)
            .collect();
        let found = if unknown.is_empty() { Vec::new() } else { resolve_all(tx, &unknown, now)? };
        self.keep(&unknown, &found, now);
        let mut found = found.into_iter();
        Ok(known.into_iter().filter_map(|known| known.map(Ok).or_else(|| found.next())).collect())
    }

    fn known(&self, credentials: &[&Credential], now: Timestamp) -> Vec<Option<Arc<Actor>>> {
        let found = self.found();
        let recent = |credential: &&Credential| {
            let (_, actor) = found.get(*credential).filter(|(at, _)| is_recent(*at, now))?;
            Some(Arc::clone(actor))
        };
        credentials.iter().map(recent).collect()
    }

    fn keep(&self, credentials: &[&Credential], found: &[Result<Arc<Actor>, ResolveError>], now: Timestamp) {
        let mut kept = self.found();
        kept.retain(|_, (at, _)| is_recent(*at, now));
        if kept.len() + credentials.len() > MOST {
            kept.clear();
        }
        for (credential, actor) in credentials.iter().zip(found) {
            if let Ok(actor) = actor {
                kept.insert((*credential).clone(), (now, Arc::clone(actor)));
            }
        }
    }

    /// The map stays consistent after a panic.
    fn found(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an entry is recent; an entry from the future (clock set back) is not.
fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    at <= now && now < at + RECENTLY
}

#[cfg(test)]
mod tests {
    use usher_domain::{
        principal::Actor,
        testkit::{
            credential, grant,
            scene::{ACCOUNT, ADMIN as JANE, Scene},
        },
    };

    use super::*;

    const JOE: &str = "joe@example.com";

    /// For each address, whether its owner is found as an actor.
    fn found<const N: usize>(recent: &RecentCallers, scene: &Scene, addresses: [&str; N]) -> [bool; N] {
        let credentials = addresses.map(credential);
        let credentials: Vec<&Credential> = credentials.iter().collect();
        let results = scene.read(|tx| recent.resolve_all(tx, &credentials, scene.env.now()));
        let is_owner = |(result, address): (Result<Arc<Actor>, ResolveError>, &str)| {
            result.is_ok_and(|actor| {
                assert_eq!(actor.person.email.as_str(), address, "the result is in its place");
                true
            })
        };
        let found: Vec<bool> = results.into_iter().zip(addresses).map(is_owner).collect();
        found.try_into().unwrap()
    }

    #[test]
    fn a_membership_that_ended_counts_for_ten_more_milliseconds() {
        let (recent, scene) = (RecentCallers::default(), Scene::new());
        assert_eq!(found(&recent, &scene, [JANE]), [true]);
        scene.remove(&scene.admin());
        scene.clock.advance(TimeDelta::microseconds(9_999));
        assert_eq!(found(&recent, &scene, [JANE]), [true], "the bound that is documented");
        scene.clock.advance(TimeDelta::microseconds(1));
        assert_eq!(found(&recent, &scene, [JANE]), [false]);
    }

    #[test]
    fn the_time_runs_from_the_look_up_and_not_from_the_last_use() {
        let (recent, scene) = (RecentCallers::default(), Scene::new());
        for _ in 0..2 {
            assert_eq!(found(&recent, &scene, [JANE]), [true]);
            scene.clock.advance(TimeDelta::milliseconds(5));
            found(&recent, &scene, [JANE]);
            scene.clock.advance(TimeDelta::milliseconds(5));
        }
        scene.remove(&scene.admin());
        assert_eq!(found(&recent, &scene, [JANE]), [false]);
    }

    #[test]
    fn a_new_membership_counts_at_once() {
        let (recent, scene) = (RecentCallers::default(), Scene::new());
        scene.add_person(JOE, None);
        assert_eq!(found(&recent, &scene, [JOE, JANE, JOE]), [false, true, false]);
        scene.add_member(ACCOUNT, JOE, grant(["Auditor"]));
        assert_eq!(found(&recent, &scene, [JANE, JOE, JANE]), [true, true, true]);
    }

    #[test]
    fn setting_the_clock_back_prolongs_nothing() {
        let (recent, scene) = (RecentCallers::default(), Scene::new());
        assert_eq!(found(&recent, &scene, [JANE]), [true]);
        scene.remove(&scene.admin());
        scene.clock.advance(TimeDelta::hours(-1));
        assert_eq!(found(&recent, &scene, [JANE]), [false]);
        scene.clock.advance(TimeDelta::hours(1));
        assert_eq!(found(&recent, &scene, [JANE]), [false], "nor when that moment comes again");
    }

    #[test]
    fn the_number_of_kept_callers_is_bounded() {
        let (recent, scene) = (RecentCallers::default(), Scene::new());
        let jane = Arc::new(scene.admin());
        for number in 0..3 * MOST {
            let other = credential(&format!("p{number}@example.com"));
            recent.keep(&[&other], &[Ok(Arc::clone(&jane))], scene.env.now());
            assert!(recent.found().len() <= MOST);
        }
    }
}
