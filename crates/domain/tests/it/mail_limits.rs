use chrono::TimeDelta;
use usher_domain::{
    outbox::MailRefusal,
    testkit::{Scene, email, grant},
    usecase::{
        choose_mails::{ChooseMails, ChooseMailsError, choose_mails, mails_blocked},
        decline::{Decline, decline},
        invite::InviteError,
        mails::block_mailbox,
        resend::{ResendError, resend},
    },
};

fn refused(scene: &Scene, address: &str) -> MailRefusal {
    match scene.invite(&scene.admin(), address, &["Auditor"]) {
        Err(InviteError::Mail(refusal)) => refusal,
        other => panic!("{address}: {other:?}"),
    }
}

fn invite(scene: &Scene, address: &str) {
    scene.invite(&scene.admin(), address, &["Auditor"]).unwrap();
}

#[test]
fn a_mailbox_gets_three_mails_an_hour_from_all_accounts_together() {
    let scene = Scene::new();
    scene.add_account("upside", "Upside");
    scene.add_member("upside", "ann@example.com", grant(["superuser"]));
    let ann = scene.actor("upside", "ann@example.com");
    invite(&scene, "joe@gmail.com");
    invite(&scene, "j.oe+a@gmail.com");
    scene.invite(&ann, "jo.e@googlemail.com", &["user"]).unwrap();
    let MailRefusal::MailboxLimit(rest) = refused(&scene, "joe+b@gmail.com") else { panic!() };
    assert_eq!(rest, TimeDelta::hours(1));
    let other = scene.invite(&ann, "JOE@gmail.com", &["user"]);
    assert!(matches!(other, Err(InviteError::Mail(MailRefusal::MailboxLimit(_)))), "{other:?}");
    invite(&scene, "joel@gmail.com");
    scene.clock.advance(rest);
    scene.invite(&ann, "joe@gmail.com", &["user"]).unwrap();
}

#[test]
fn a_resend_counts_against_the_mailbox_too() {
    let scene = Scene::new();
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    scene.resend(&invitation);
    scene.resend(&invitation);
    scene.clock.advance(TimeDelta::minutes(2));
    let resent = scene.act(&scene.admin(), |tx, env, admin| resend(tx, env, admin, invitation.id));
    assert_eq!(resent, Err(ResendError::Mail(MailRefusal::MailboxLimit(TimeDelta::minutes(54)))));
}

#[test]
fn a_rejected_invitation_counts_nothing() {
    let scene = Scene::new();
    for _ in 0..20 {
        scene.invite(&scene.admin(), "jane@example.com", &["Auditor"]).unwrap_err();
    }
    invite(&scene, "joe@example.com");
    for _ in 0..20 {
        scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap_err();
    }
    invite(&scene, "joe+a@example.com");
    invite(&scene, "joe+b@example.com");
    assert!(matches!(refused(&scene, "joe+c@example.com"), MailRefusal::MailboxLimit(_)));
}

#[test]
fn deleting_an_invitation_does_not_shorten_the_resend_interval() {
    let scene = Scene::new();
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    scene.clock.advance(TimeDelta::seconds(20));
    scene.revoke(&invitation);
    assert_eq!(refused(&scene, "JOE@example.com"), MailRefusal::TooSoon(TimeDelta::seconds(40)));
    scene.clock.advance(TimeDelta::seconds(40));
    invite(&scene, "joe@example.com");
}

#[test]
fn an_address_that_declined_is_left_alone_by_that_account_for_thirty_days() {
    let scene = Scene::new();
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    scene.clock.advance(TimeDelta::minutes(5));
    let command =
        Decline { secure_id: invitation.secure_id.clone(), key: Some(scene.key(&invitation)), by: None };
    scene.write(|tx| decline(tx, &scene.env, &command)).unwrap();
    scene.clock.advance(TimeDelta::days(29));
    assert_eq!(refused(&scene, "joe@example.com"), MailRefusal::Declined(TimeDelta::days(1)));
    scene.add_account("upside", "Upside");
    scene.add_member("upside", "ann@example.com", grant(["superuser"]));
    scene.invite(&scene.actor("upside", "ann@example.com"), "joe@example.com", &["user"]).unwrap();
    scene.clock.advance(TimeDelta::days(1));
    invite(&scene, "joe@example.com");
}

#[test]
fn a_blocked_mailbox_gets_no_mail_until_it_is_unblocked() {
    let mut scene = Scene::new();
    scene.env.policy.mail_limits.per_mailbox_per_hour = 0;
    scene.env.policy.mail_limits.per_mailbox_per_day = 0;
    let set = |scene: &Scene, blocked| {
        scene.write(|tx| block_mailbox(tx, &scene.env, &email("joe+any@example.com"), blocked)).unwrap()
    };
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    assert_eq!((set(&scene, true), set(&scene, true)), (true, false));
    assert_eq!(refused(&scene, "Joe+x@example.com"), MailRefusal::Blocked);
    scene.clock.advance(TimeDelta::days(2));
    let resent = scene.act(&scene.admin(), |tx, env, admin| resend(tx, env, admin, invitation.id));
    assert_eq!(resent, Err(ResendError::Mail(MailRefusal::Blocked)));
    let blocked = scene.read(|tx| tx.blocked_mailboxes());
    assert_eq!(blocked.len(), 1);
    assert_eq!((set(&scene, false), set(&scene, false)), (true, false));
    invite(&scene, "joe+x@example.com");
}

#[test]
fn accounts_and_inviters_have_limits_a_day() {
    let mut scene = Scene::new();
    scene.env.policy.mail_limits.per_account_per_day = 3;
    scene.env.policy.mail_limits.per_inviter_per_day = 2;
    scene.add_member("onward", "ann@example.com", grant(["GlobalAdmin"]));
    invite(&scene, "a@example.com");
    invite(&scene, "b@example.com");
    assert!(matches!(refused(&scene, "c@example.com"), MailRefusal::InviterLimit(_)));
    let ann = scene.actor("onward", "ann@example.com");
    scene.invite(&ann, "c@example.com", &["Auditor"]).unwrap();
    let MailRefusal::AccountLimit(rest) = refused(&scene, "d@example.com") else { panic!() };
    scene.clock.advance(rest);
    invite(&scene, "d@example.com");
}

#[test]
fn the_newest_link_blocks_and_unblocks_its_mailbox_until_the_expiry() {
    let scene = Scene::new();
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let old = scene.key(&invitation);
    scene.clock.advance(TimeDelta::hours(1));
    scene.resend(&invitation);
    let invitation = scene.stored(&invitation);
    let key = scene.key(&invitation);
    let secure_id = &invitation.secure_id;
    let choose = |key: &str, blocked| {
        let command = ChooseMails { secure_id: secure_id.clone(), key: key.to_owned(), blocked };
        scene.write(|tx| choose_mails(tx, &scene.env, &command))
    };
    let blocked = |key: &str| scene.read(|tx| mails_blocked(tx, &scene.env, secure_id, key));
    assert_eq!(blocked(&key), Some(false));
    for wrong in [old.as_str(), "0.wrong", ""] {
        assert_eq!(choose(wrong, true), Err(ChooseMailsError::NotFound));
        assert_eq!(blocked(wrong), None);
    }
    let before = scene.audited_actions().len();
    for choice in [true, true, false, false, true] {
        choose(&key, choice).unwrap();
        assert_eq!(blocked(&key), Some(choice));
    }
    let actions = scene.audited_actions();
    assert_eq!(actions[before..], ["mailbox.blocked", "mailbox.unblocked", "mailbox.blocked"]);
    assert_eq!(scene.stored(&invitation), invitation, "the invitation stays as it is");
    scene.clock.advance(TimeDelta::days(14));
    assert_eq!(choose(&key, false), Err(ChooseMailsError::NotFound));
    assert_eq!(blocked(&key), None);
    assert_eq!(refused(&scene, "joe@example.com"), MailRefusal::Blocked, "the block outlives the link");
}
