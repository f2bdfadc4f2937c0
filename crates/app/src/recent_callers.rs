//! Callers that were looked up a moment ago (ADR 19).
//!
//! A client that asks for one page after the other would be looked up for each of them, which costs the database as much as a
//! short answer. The result is reused for ten milliseconds, by requests that only read. A change of rights takes effect that
//! much later at most; rights that are granted take effect at once, because a rejection is not kept. Writes, and so everything
//! that grants rights, look their caller up in their own transaction.

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

/// How long what was found is used.
const RECENTLY: TimeDelta = TimeDelta::milliseconds(10);

/// Most callers that are kept. More of them in a hundredth of a second are hardly the same again.
const MOST: usize = 1024;

/// What was found, and as of when.
type Found = HashMap<Credential, (Timestamp, Arc<Actor>)>;

/// Callers of this server.
#[derive(Default)]
pub(crate) struct RecentCallers(Mutex<Found>);

impl RecentCallers {
    /// As [`resolve_all`], but for callers who were found a moment ago.
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

    /// What is in there is whole at every moment.
    fn found(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a clock that was put back has still before it is over.
fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    at <= now && now < at + RECENTLY
}

#[cfg(test)]
mod tests {
    use usher_domain::{
        account::{AccountName, NewAccount},
        address::EmailAddress,
        env::Env,
        id::{AccountId, PersonId},
        membership::Membership,
        person::NewPerson,
        port::Store,
        principal::Principal,
        role::Grant,
        testkit::{self, FixedClock, memory::MemoryStore},
        text::DisplayText,
        token::Token,
    };

    use super::*;

    /// An account with one member, and somebody who is none.
    struct Scene {
        store: MemoryStore,
        env: Env,
        clock: Arc<FixedClock>,
        recent: RecentCallers,
        account: AccountId,
        people: [PersonId; 2],
    }

    impl Scene {
        fn new() -> Self {
            let ((env, clock), store) = (testkit::env(), MemoryStore::default());
            let text = |text| DisplayText::parse(text).unwrap();
            let made = (&store as &dyn Store).write("scene", |tx| {
                let account = tx.insert_account(&NewAccount {
                    public_id: Token::generate(env.entropy.as_ref()),
                    name: AccountName::parse("onward").unwrap(),
                    title: text("Onward"),
                    created_at: env.now(),
                })?;
                let mut person = |email| {
                    tx.insert_person(&NewPerson {
                        public_id: Token::generate(env.entropy.as_ref()),
                        email: EmailAddress::parse(email).unwrap(),
                        email_verified: true,
                        name: text("Somebody"),
                        password: None,
                        created_at: env.now(),
                    })
                };
                Ok::<_, StoreError>((
                    account.id,
                    [person("jane@example.com")?.id, person("joe@example.com")?.id],
                ))
            });
            let (account, people) = made.unwrap();
            let scene = Self { store, env, clock, recent: RecentCallers::default(), account, people };
            scene.admit(people[0]);
            scene
        }

        fn admit(&self, person: PersonId) {
            let grant = Grant::of_roles(["Auditor"]).unwrap();
            let membership =
                Membership { account_id: self.account, person_id: person, grant, created_at: self.env.now() };
            let admit = |tx: &mut dyn Tx| tx.insert_membership(&membership);
            (&self.store as &dyn Store).write("admit", admit).unwrap();
        }

        fn dismiss(&self, person: PersonId) {
            let dismiss = |tx: &mut dyn Tx| tx.delete_membership(self.account, person);
            (&self.store as &dyn Store).write("dismiss", dismiss).unwrap();
        }

        /// Who of these is known as whom.
        fn ask<const N: usize>(&self, emails: [&str; N]) -> [Option<PersonId>; N] {
            let credentials = emails.map(|email| {
                let email = EmailAddress::parse(email).unwrap();
                let principal =
                    Principal { email, email_verified: true, person_id: None, account: None, name: None };
                Credential::Principal(principal)
            });
            let credentials: Vec<&Credential> = credentials.iter().collect();
            let ask = |tx: &mut dyn Tx| self.recent.resolve_all(tx, &credentials, self.env.now());
            let actors = (&self.store as &dyn Store).read::<_, StoreError>("ask", ask).unwrap();
            let known: Vec<_> =
                actors.into_iter().map(|actor| actor.ok().map(|actor| actor.person.id)).collect();
            known.try_into().unwrap()
        }
    }

    const JANE: &str = "jane@example.com";
    const JOE: &str = "joe@example.com";

    #[test]
    fn rights_that_were_taken_away_count_for_a_hundredth_of_a_second() {
        let scene = Scene::new();
        let [jane, _] = scene.people;
        assert_eq!(scene.ask([JANE]), [Some(jane)]);
        scene.dismiss(jane);
        scene.clock.advance(TimeDelta::microseconds(9_999));
        assert_eq!(scene.ask([JANE]), [Some(jane)], "the bound that is documented");
        scene.clock.advance(TimeDelta::microseconds(1));
        assert_eq!(scene.ask([JANE]), [None]);
    }

    /// Being used keeps nobody known.
    #[test]
    fn the_time_runs_from_the_look_up() {
        let scene = Scene::new();
        let [jane, _] = scene.people;
        for _ in 0..2 {
            assert_eq!(scene.ask([JANE]), [Some(jane)]);
            scene.clock.advance(TimeDelta::milliseconds(5));
            scene.ask([JANE]);
            scene.clock.advance(TimeDelta::milliseconds(5));
        }
        scene.dismiss(jane);
        assert_eq!(scene.ask([JANE]), [None]);
    }

    #[test]
    fn rights_that_are_given_count_at_once_and_others_are_answered_in_their_places() {
        let scene = Scene::new();
        let [jane, joe] = scene.people;
        assert_eq!(scene.ask([JOE, JANE, JOE]), [None, Some(jane), None]);
        scene.admit(joe);
        assert_eq!(scene.ask([JANE, JOE, JANE]), [Some(jane), Some(joe), Some(jane)]);
    }

    #[test]
    fn a_clock_that_is_put_back_makes_nobody_known_for_longer() {
        let scene = Scene::new();
        let [jane, _] = scene.people;
        assert_eq!(scene.ask([JANE]), [Some(jane)]);
        scene.dismiss(jane);
        scene.clock.advance(TimeDelta::hours(-1));
        assert_eq!(scene.ask([JANE]), [None]);
        scene.clock.advance(TimeDelta::hours(1));
        assert_eq!(scene.ask([JANE]), [None], "nor when that moment comes again");
    }

    #[test]
    fn so_many_are_kept_and_no_more() {
        let scene = Scene::new();
        let [jane, _] = scene.people;
        let actor = {
            scene.ask([JANE]);
            scene.recent.found().values().next().unwrap().1.clone()
        };
        assert_eq!(actor.person.id, jane);
        for number in 0..3 * MOST {
            let other = Credential::Principal(Principal {
                email: EmailAddress::parse(&format!("p{number}@example.com")).unwrap(),
                email_verified: true,
                person_id: None,
                account: None,
                name: None,
            });
            scene.recent.keep(&[&other], &[Ok(Arc::clone(&actor))], scene.env.now());
            assert!(scene.recent.found().len() <= MOST);
        }
    }
}
