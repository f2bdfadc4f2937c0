use std::sync::Arc;

use usher_app::{NotReady, Query, Rejection, RequestContext};
use usher_domain::{
    id::InvitationId,
    port::{
        Clock, Store, StoreError, Tx,
        store::{ClockReading, CountedWork, Counting, Unit, Verdict, WaitLimit},
    },
    testkit::{Scene, credential, scene::ADMIN},
    usecase::{invite::InviteError, view::ViewError},
};

use crate::support::{app, creation, rendered};

/// A store whose units end as the test says.
struct Failing(fn() -> StoreError);

impl Store for Failing {
    fn run(
        &self,
        _: Unit,
        _: &mut dyn FnMut(&mut dyn Tx) -> Result<Verdict, StoreError>,
    ) -> Result<(), StoreError> {
        Err(self.0())
    }

    fn run_counted(&self, _: Unit, _: &Counting<'_>, _: &mut CountedWork<'_>) -> Result<(), StoreError> {
        Err(self.0())
    }

    fn check(&self, _clock: &dyn Clock) -> Result<ClockReading, StoreError> {
        Err(self.0())
    }

    fn writes_in_parallel(&self) -> bool {
        true
    }
}

fn panics() -> StoreError {
    panic!("a bug in a unit of work")
}

fn unreachable_database() -> StoreError {
    StoreError::Unreachable("connection refused".to_owned())
}

/// What a write, a read and a lone unit come to over a store that fails.
async fn results(fail: fn() -> StoreError) -> [StoreError; 3] {
    let scene = Scene::new();
    let app = app(&scene, Arc::new(Failing(fail)), 2);
    let written = app.invitations().create(creation("joe@example.com"), rendered()).await.result;
    let Err(Rejection::UseCase(InviteError::Store(written))) = written else { panic!("{written:?}") };
    let query = Query {
        context: RequestContext::internal(),
        credential: credential(ADMIN),
        query: Some(InvitationId::new(1)),
    };
    let read = app.invitations().get(query).await;
    let Err(Rejection::UseCase(ViewError::Store(read))) = read else { panic!("{read:?}") };
    let Err(NotReady::Store(ready)) = app.health().ready().await else { panic!("ready") };
    [written, read, ready]
}

/// Not "busy, try again": a second attempt would fail the same way.
#[tokio::test]
async fn a_panic_is_a_defect() {
    for error in results(panics).await {
        assert!(matches!(error, StoreError::Defect(_)), "{error:?}");
        assert!(!error.is_transient());
    }
}

#[tokio::test]
async fn an_unreachable_database_stays_one() {
    assert_eq!(results(unreachable_database).await, [(); 3].map(|()| unreachable_database()));
}

#[tokio::test]
async fn a_wait_of_the_store_keeps_the_name_of_its_limit() {
    let overloaded = || StoreError::Overloaded(WaitLimit::Connection);
    assert_eq!(results(overloaded).await, [(); 3].map(|()| overloaded()));
}
