use std::{sync::Arc, thread};

use usher_app::{PersonalWords, UnsuitablePassword};
use usher_domain::testkit::Scene;

use crate::support::app;

/// A password can be made so that judging it takes a tenth of a second. On an async thread, other requests would wait for it.
#[tokio::test]
async fn chosen_passwords_are_judged_on_a_blocking_thread() {
    let scene = Scene::new();
    let app = app(&scene, Arc::clone(&scene.store), 1);
    let judged = app.passwords().choose(|rules| {
        let verdict = rules.check("passwordpassword", &PersonalWords::default());
        (verdict, thread::current().id())
    });
    let (verdict, judge) = judged.await.unwrap();
    assert!(matches!(verdict, Err(UnsuitablePassword::Guessable(_))), "{verdict:?}");
    assert_ne!(judge, thread::current().id());
}
