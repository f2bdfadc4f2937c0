//! The cost of reading and writing several rows at once: first pages of 20 and 100 invitations on PostgreSQL, and batches of
//! 16 and 64 creations on SQLite.
//!
//! `cargo bench -p usher-persistence --bench rows` takes about half a minute once it is built. To compare two versions, run
//! each with `-- --save-baseline NAME` and `-- --baseline NAME`, alternating on a quiet machine.

#![expect(clippy::unwrap_used, reason = "a failed step ends the benchmark")]

use std::{hint::black_box, sync::Arc, time::Duration};

use chrono::TimeDelta;
use criterion::Criterion;
use usher_domain::{
    address::EmailAddress,
    port::{
        Tx,
        store::{Mode, Order, Unit, Verdict},
    },
    principal::Actor,
    role::Grant,
    testkit::Scene,
    text::DisplayText,
    usecase::{
        invite::{Invite, invite_all},
        view::{Part, Start, list},
    },
};
use usher_persistence::{DatabaseOptions, DieselStore};
use usher_testbed::PostgresServer;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(50)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(5))
        .configure_from_args();
    pages(&mut criterion);
    batches(&mut criterion);
    criterion.final_summary();
}

fn pages(criterion: &mut Criterion) {
    let database = PostgresServer::shared().unwrap().create_database().unwrap();
    let scene = scene(database.url());
    let (store, env, owner) = (&scene.store, &scene.env, scene.admin());
    let commands: Vec<_> = (0..200).map(command).collect();
    store.write("invite", |tx| invite_all(tx, env, &requests(&owner, &commands)).map(drop)).unwrap();
    database.sql("VACUUM ANALYZE invitation").unwrap();
    for limit in [20, 100] {
        let part = Part { limit, start: Start::Offset(0), order: Order::NewestFirst };
        let look = || store.look("list", |tx| list(tx, env, &owner, &part)).unwrap();
        assert_eq!(look().items.len(), usize::try_from(limit).unwrap());
        criterion.bench_function(&format!("a page of {limit} on PostgreSQL"), |bencher| {
            bencher.iter(|| black_box(look()));
        });
    }
}

/// The units are rolled back: a commit would add the same flush to both versions.
fn batches(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let scene = scene(&format!("sqlite:{}", folder.path().join("usher.sqlite").display()));
    let (store, env, owner) = (&scene.store, &scene.env, scene.admin());
    for size in [16, 64] {
        let commands: Vec<_> = (0..size).map(command).collect();
        let requests = requests(&owner, &commands);
        criterion.bench_function(&format!("a batch of {size} creations on SQLite"), |bencher| {
            bencher.iter(|| {
                let mut work = |tx: &mut dyn Tx| {
                    assert!(invite_all(tx, env, &requests)?.iter().all(Result::is_ok));
                    Ok(Verdict::Rollback)
                };
                store.run(Unit::new("create", Mode::Write), &mut work).unwrap();
            });
        });
    }
}

fn requests<'a>(owner: &'a Actor, commands: &'a [Invite]) -> Vec<(&'a Actor, &'a Invite)> {
    commands.iter().map(|command| (owner, command)).collect()
}

fn command(number: usize) -> Invite {
    Invite {
        name: Some(DisplayText::parse("Ada Lovelace").unwrap()),
        ..Invite::new(
            EmailAddress::parse(&format!("invitee{number}@example.com")).unwrap(),
            Grant::of_roles(["Auditor"]).unwrap(),
            TimeDelta::days(14),
        )
    }
}

/// A scene on an empty database.
fn scene(url: &str) -> Scene {
    let store = DieselStore::open(&DatabaseOptions::new(url)).unwrap();
    store.migrations().run().unwrap();
    Scene::builder().store(Arc::new(store)).build()
}
