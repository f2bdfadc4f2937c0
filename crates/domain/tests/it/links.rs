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
    testkit::PlainKeys,
    text::DisplayText,
    usecase::{
        accept::{Accept, Acceptor, accept},
        login::Login,
        open_link::{LinkView, open_link},
        resend::resend,
        revoke::revoke,
    },
};

use crate::world::{World, world};

fn open(world: &World, secure_id: &SecureId, key: Option<&str>) -> LinkView {
    world.write(|tx| open_link(tx, &world.env, secure_id, key)).unwrap()
}

#[test]
fn the_holder_of_the_key_sees_whom_where_and_as_what() {
    let world = world();
    let invitation = world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    let LinkView::Open(seen) = open(&world, &invitation.secure_id, Some(&world.key(&invitation))) else {
        panic!("the link is good")
    };
    assert_eq!(seen.account_title.as_str(), "Onward, Inc.");
    assert_eq!(seen.inviter_name.as_ref().map(DisplayText::as_str), Some("Somebody"));
    assert_eq!(seen.invitation, invitation);
    assert_eq!(seen.login, Login::None);
    assert_eq!(world.stored(invitation.id), invitation, "looking changes nothing");
}

#[test]
fn strangers_get_one_answer() {
    let world = world();
    let invitation = world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    let unknown = SecureId::parse(&"x".repeat(30)).unwrap();
    for key in [None, Some(""), Some("0.x"), Some("wrong")] {
        assert_eq!(open(&world, &invitation.secure_id, key), LinkView::Unknown);
        assert_eq!(open(&world, &unknown, key), LinkView::Unknown);
    }
    let key = world.key(&invitation);
    assert_eq!(open(&world, &unknown, Some(&key)), LinkView::Unknown);
}

/// Counts how often a key is judged.
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
fn a_strangers_key_is_judged_once_whether_the_link_exists_or_not() {
    let world = world();
    let open = world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    let ended = world.invite(&world.jane(), "ada@example.com", &["Auditor"]).unwrap();
    world.act(&world.jane(), |tx, actor| revoke(tx, &world.env, actor, &ended.id.into())).unwrap();
    let unknown = SecureId::parse(&"x".repeat(30)).unwrap();
    let keys = Arc::new(CountingKeys::default());
    let env = Env { keys: keys.clone(), ..world.env.clone() };
    for secure_id in [&open.secure_id, &ended.secure_id, &unknown] {
        for (key, judged) in [(None, 0), (Some("wrong"), 1)] {
            let seen = world.write(|tx| open_link(tx, &env, secure_id, key));
            assert_eq!(seen, Ok(LinkView::Unknown));
            assert_eq!(keys.0.swap(0, Ordering::Relaxed), judged, "{secure_id} with {key:?}");
        }
    }
}

#[test]
fn every_end_has_its_page() {
    let world = world();
    let title = DisplayText::parse("Onward, Inc.").unwrap();
    let invitation = world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    let old = world.key(&invitation);
    world.clock.advance(TimeDelta::minutes(2));
    world.act(&world.jane(), |tx, actor| resend(tx, &world.env, actor, invitation.id)).unwrap();
    assert_eq!(open(&world, &invitation.secure_id, Some(&old)), LinkView::Replaced);
    let key = world.key(&invitation);
    world.clock.advance(TimeDelta::days(14));
    assert_eq!(open(&world, &invitation.secure_id, Some(&key)), LinkView::Expired(title.clone()));
    world.act(&world.jane(), |tx, actor| resend(tx, &world.env, actor, invitation.id)).unwrap();
    let key = world.key(&invitation);
    let command = Accept {
        secure_id: invitation.secure_id.clone(),
        key: Some(key.clone()),
        by: Acceptor::Newcomer {
            name: DisplayText::parse("Joe").unwrap(),
            password: PasswordHash::new("x".to_owned()),
        },
    };
    world.write(|tx| accept(tx, &world.env, &command)).unwrap();
    assert_eq!(open(&world, &invitation.secure_id, Some(&key)), LinkView::Accepted(title.clone()));
    assert_eq!(open(&world, &invitation.secure_id, Some(&old)), LinkView::Accepted(title));
}

#[test]
fn links_begin_with_the_configured_address() {
    let secure_id = SecureId::parse(&"a".repeat(30)).unwrap();
    let url = page_url("https://usher.example.com/", &secure_id, &LinkKey::new("0.abc".to_owned()));
    assert_eq!(url, format!("https://usher.example.com/accept-invitation/{secure_id}?key=0.abc"));
    assert_eq!(format!("{:?}", LinkKey::new("secret".to_owned())), "LinkKey(…)");
}
