use std::{sync::mpsc::channel, thread};

use usher_domain::{
    port::{StoreError, Tx},
    testkit::Scene,
};

/// Runs `work` while a unit that has done `begin` is open in the database. Rolls the unit back afterwards.
pub(crate) fn while_unit_is_open<T>(
    scene: &Scene,
    begin: impl Fn(&mut dyn Tx) + Send,
    work: impl FnOnce() -> T,
) -> T {
    thread::scope(|scope| {
        let ((opened, is_open), (release, released)) = (channel(), channel::<()>());
        scope.spawn(move || {
            let unit = scene.write::<(), _>(|tx| {
                begin(tx);
                opened.send(()).unwrap();
                // Returns an error when `release` is dropped, even if that is because `work` panics.
                let _dropped = released.recv();
                Err(StoreError::Unreachable("rolled back by the test".to_owned()))
            });
            assert!(unit.is_err());
        });
        is_open.recv().unwrap();
        let result = work();
        drop(release);
        result
    })
}
