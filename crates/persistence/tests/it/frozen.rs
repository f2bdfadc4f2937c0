//! A server that is frozen: its kernel acknowledges everything, and no answer ever comes.

use std::time::{Duration, Instant};

use usher_domain::{
    port::{Store, StoreError, Tx, store::Counting},
    quota::Window,
};
use usher_persistence::{DatabaseOptions, DieselStore};
use usher_testbed::Forwarder;

use crate::{
    scene::{Scene, new_person},
    support::{Postgres, options},
};

const DEADLINE: Duration = Duration::from_secs(2);

/// A store behind a proxy, with several open connections in its pool.
fn behind_proxy(place: &Postgres, scene: &Scene) -> (Forwarder, DieselStore) {
    let proxy = Forwarder::start(place.database.url()).unwrap();
    let hasty = DatabaseOptions { call_timeout: DEADLINE, ..options(proxy.url()) };
    let store = DieselStore::open(&hasty).unwrap();
    open_connections(&store, scene, 4);
    (proxy, store)
}

fn open_connections(store: &dyn Store, scene: &Scene, further: usize) {
    store
        .read("one more", |tx| {
            tx.account(scene.owner.account.id)?;
            if further > 0 {
                open_connections(store, scene, further - 1);
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[track_caller]
fn assert_unreachable_in_time<T: std::fmt::Debug>(end: &Result<T, StoreError>, took: Duration) {
    let Err(StoreError::Unreachable(reason)) = end else { panic!("{end:?}") };
    assert_eq!(reason, "no answer within 2s");
    assert!((DEADLINE..DEADLINE * 2).contains(&took), "{took:?}");
}

/// None of the pool's other connections, which lead to the same server, costs the next unit its deadline.
#[track_caller]
fn assert_works_at_once(store: &dyn Store, scene: &Scene, address: &str) {
    let began = Instant::now();
    store.write("go on", |tx| tx.insert_person(&new_person(&scene.env, address)).map(drop)).unwrap();
    assert!(began.elapsed() < DEADLINE, "{:?}", began.elapsed());
}

/// A unit whose server freezes before the rest of it fails in time, and the next unit works.
#[track_caller]
fn assert_fails_in_time_when_frozen(rest: impl Fn(&mut dyn Tx, &Scene) -> Result<(), StoreError>) {
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    let (proxy, store) = behind_proxy(&place, &scene);
    let store: &dyn Store = &store;
    let mut frozen_at = None;
    let end: Result<(), StoreError> = store.write("freeze", |tx| {
        tx.insert_person(&new_person(&scene.env, "ada@example.com"))?;
        proxy.freeze();
        frozen_at = Some(Instant::now());
        rest(tx, &scene)
    });
    assert_unreachable_in_time(&end, frozen_at.unwrap().elapsed());
    proxy.thaw();
    assert_works_at_once(store, &scene, "joan@example.com");
}

#[test]
fn a_unit_on_a_frozen_server_fails_in_time_and_the_next_one_works() {
    assert_fails_in_time_when_frozen(|tx, scene| {
        tx.insert_person(&new_person(&scene.env, "grace@example.com")).map(drop)
    });
}

#[test]
fn a_commit_on_a_frozen_server_fails_in_time() {
    assert_fails_in_time_when_frozen(|_, _| Ok(()));
}

/// The first statement of a unit is tried on another connection when the server has closed one, but not when it is silent.
#[test]
fn a_unit_that_begins_on_a_frozen_server_waits_once() {
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    let credential = scene.credential();
    let counting =
        Counting { credentials: &[&credential], window: Window::of(scene.now()), now: scene.now() };
    for begin in ["read", "look", "count"] {
        let (proxy, store) = behind_proxy(&place, &scene);
        let store: &dyn Store = &store;
        proxy.freeze();
        let began = Instant::now();
        let end = match begin {
            "read" => store.read("frozen", |tx| tx.accounts().map(drop)),
            "look" => store.look("frozen", |tx| tx.accounts().map(drop)),
            _ => store.write_counted("frozen", &counting, |_, _| Ok(())),
        };
        assert_unreachable_in_time(&end, began.elapsed());
        proxy.thaw();
        assert_works_at_once(store, &scene, &format!("{begin}@example.com"));
    }
}

/// Units that run at the same time do not wait for each other.
#[test]
fn all_lanes_of_a_frozen_server_fail_together() {
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    let (proxy, store) = behind_proxy(&place, &scene);
    let store: &dyn Store = &store;
    proxy.freeze();
    let began = Instant::now();
    std::thread::scope(|scope| {
        let unit = || store.read("frozen", |tx| tx.accounts().map(drop));
        let units: Vec<_> = (0..4).map(|_| scope.spawn(unit)).collect();
        for unit in units {
            assert_unreachable_in_time(&unit.join().unwrap(), began.elapsed());
        }
    });
    proxy.thaw();
    assert_works_at_once(store, &scene, "joan@example.com");
}

/// A server that is alive ends a statement itself, and the connection stays usable.
#[test]
fn a_lock_is_given_up_by_the_server_first() {
    let place = Postgres::migrated();
    let scene = Scene::new(&place);
    let hasty = DatabaseOptions { call_timeout: DEADLINE, pool_size: 1, ..options(place.database.url()) };
    let store = DieselStore::open(&hasty).unwrap();
    let store: &dyn Store = &store;
    let holder: &dyn Store = &scene.replicas[0];
    let person = scene.owner.person.clone();
    holder
        .write("hold", |tx| {
            tx.update_person(&person)?;
            let blocked = store.write("blocked", |tx| tx.update_person(&person));
            let Err(StoreError::Unreachable(reason)) = &blocked else { panic!("{blocked:?}") };
            assert!(reason.contains("timeout"), "{reason}");
            Ok::<_, StoreError>(())
        })
        .unwrap();
    assert_eq!(store.read("go on", |tx| Ok::<_, StoreError>(tx.accounts()?.len())), Ok(1));
}
