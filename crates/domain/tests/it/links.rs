use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chrono::TimeDelta;
use usher_domain::{
    env::Env,
    invitation::{LinkKey, SecureId, page_url},
    person::PasswordHash,
    port::LinkKeys,
    testkit::{PlainKeys, Scene, text},
    usecase::{
        accept::{Accept, Acceptor, accept},
        login::Login,
        open_link::{LinkView, open_link},
        resend::resend,
    },
};

fn open(scene: &Scene, secure_id: &SecureId, key: Option<&str>) -> LinkView {
    scene.write(|tx| open_link(tx, &scene.env, secure_id, key)).unwrap()
}

#[test]
fn the_holder_of_the_key_sees_the_open_invitation() {
    let scene = Scene::new();
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let LinkView::Open(seen) = open(&scene, &invitation.secure_id, Some(&scene.key(&invitation))) else {
        panic!("the link is good")
    };
    assert_eq!(seen.account_title.as_str(), "Onward, Inc.");
    let inviter = seen.inviter.as_ref().map(|inviter| (inviter.name.as_str(), inviter.email.as_str()));
    assert_eq!(inviter, Some(("Jane Smith", "jane@example.com")));
    assert_eq!(seen.invitation, invitation);
    assert_eq!(seen.login, Login::None);
    assert_eq!(scene.stored(&invitation), invitation, "opening changes nothing");
}

#[test]
fn without_the_key_every_link_is_unknown() {
    let scene = Scene::new();
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let unknown = SecureId::parse(&"x".repeat(30)).unwrap();
    for key in [None, Some(""), Some("0.x"), Some("wrong")] {
        assert_eq!(open(&scene, &invitation.secure_id, key), LinkView::Unknown);
        assert_eq!(open(&scene, &unknown, key), LinkView::Unknown);
    }
    let key = scene.key(&invitation);
    assert_eq!(open(&scene, &unknown, Some(&key)), LinkView::Unknown);
}

/// Counts how often a key is checked.
#[derive(Default)]
struct CountingKeys(AtomicUsize);

impl LinkKeys for CountingKeys {
    fn key(&self, secure_id: &SecureId, generation: u32) -> LinkKey {
        PlainKeys.key(secure_id, generation)
    }

    fn generation_of(&self, secure_id: &SecureId, presented: &str) -> Option<u32> {
        self.0.fetch_add(1, Ordering::Relaxed);
        PlainKeys.generation_of(secure_id, presented)
    }
}

#[test]
fn a_wrong_key_is_checked_once_whether_the_link_exists_or_not() {
    let scene = Scene::new();
    let open = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let ended = scene.invite(&scene.admin(), "ada@example.com", &["Auditor"]).unwrap();
    scene.revoke(&ended);
    let unknown = SecureId::parse(&"x".repeat(30)).unwrap();
    let keys = Arc::new(CountingKeys::default());
    let env = Env { keys: keys.clone(), ..scene.env.clone() };
    for secure_id in [&open.secure_id, &ended.secure_id, &unknown] {
        for (key, judged) in [(None, 0), (Some("wrong"), 1)] {
            let seen = scene.write(|tx| open_link(tx, &env, secure_id, key));
            assert_eq!(seen, Ok(LinkView::Unknown));
            assert_eq!(keys.0.swap(0, Ordering::Relaxed), judged, "{secure_id} with {key:?}");
        }
    }
}

#[test]
fn the_holder_of_the_key_sees_how_the_invitation_ended() {
    let scene = Scene::new();
    let title = text("Onward, Inc.");
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let old = scene.key(&invitation);
    scene.resend(&invitation);
    assert_eq!(open(&scene, &invitation.secure_id, Some(&old)), LinkView::Replaced);
    let key = scene.key(&invitation);
    scene.clock.advance(TimeDelta::days(14));
    assert_eq!(open(&scene, &invitation.secure_id, Some(&key)), LinkView::Expired(title.clone()));
    scene.act(&scene.admin(), |tx, env, actor| resend(tx, env, actor, invitation.id)).unwrap();
    let key = scene.key(&invitation);
    let command = Accept {
        secure_id: invitation.secure_id.clone(),
        key: Some(key.clone()),
        by: Acceptor::Newcomer { name: text("Joe"), password: PasswordHash::new("x".to_owned()) },
    };
    scene.write(|tx| accept(tx, &scene.env, &command)).unwrap();
    let accepted = LinkView::Accepted(title);
    assert_eq!(open(&scene, &invitation.secure_id, Some(&key)), accepted);
    assert_eq!(open(&scene, &invitation.secure_id, Some(&old)), accepted);
}

#[test]
fn links_begin_with_the_configured_url() {
    let secure_id = SecureId::parse(&"a".repeat(30)).unwrap();
    let url = page_url("https://usher.example.com/", &secure_id, &LinkKey::new("0.abc".to_owned()));
    assert_eq!(url, format!("https://usher.example.com/accept-invitation/{secure_id}?key=0.abc"));
    assert_eq!(format!("{:?}", LinkKey::new("secret".to_owned())), "LinkKey(…)");
}
