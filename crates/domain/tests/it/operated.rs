//! What operators do with invitations, and invitees with a decline.

use chrono::TimeDelta;
use usher_domain::{
    account::AccountName,
    invitation::{Invitation, InvitationRef, Status},
    outbox::DECLINE_LASTS,
    testkit::{Scene, grant},
    usecase::{
        invite::Invite,
        operate::{
            ListInvitations, NamedInvitation, OperateError, list_invitations, resend_invitation,
            revoke_invitation, show_invitation,
        },
        reopen::{Reopen, ReopenError, reopen},
        resend::ResendError,
        revoke::RevokeError,
    },
};

fn named(account: &str, invitation: &Invitation) -> NamedInvitation {
    let account = AccountName::parse(account).unwrap();
    NamedInvitation { account, invitation: invitation.public_id.clone().into() }
}

#[test]
fn an_operator_lists_and_shows_invitations_of_one_account() {
    let scene = Scene::new();
    scene.add_account("upside", "Upside");
    let first = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let second = scene.invite(&scene.admin(), "ann@example.com", &["Auditor"]).unwrap();
    scene.revoke(&first);
    let list = |account: &str, status, before: Option<&Invitation>| {
        let account = AccountName::parse(account).unwrap();
        let before = before.map(|one| InvitationRef::from(one.id));
        let command = ListInvitations { account, status, before, limit: 10 };
        let listed = scene.write(|tx| list_invitations(tx, &scene.env, &command));
        listed.map(|listed| listed.into_iter().map(|one| one.id).collect::<Vec<_>>())
    };
    assert_eq!(list("onward", None, None).unwrap(), [second.id, first.id]);
    assert_eq!(list("onward", Some(Status::Revoked), None).unwrap(), [first.id]);
    assert_eq!(list("onward", None, Some(&second)).unwrap(), [first.id]);
    assert_eq!(list("upside", None, None).unwrap(), []);
    assert_eq!(list("upside", None, Some(&second)), Err(OperateError::UnknownInvitation));
    assert!(matches!(list("none", None, None), Err(OperateError::UnknownAccount(_))));

    let details = scene.write(|tx| show_invitation(tx, &named("onward", &second))).unwrap();
    assert_eq!(details.invitation, second);
    assert_eq!(details.sponsor.unwrap().email.as_str(), "jane@example.com");
    assert_eq!(details.mail.unwrap().generation, 0);
    let foreign = scene.write(|tx| show_invitation(tx, &named("upside", &second)));
    assert_eq!(foreign, Err(OperateError::UnknownInvitation));
}

#[test]
fn an_operator_resends_and_revokes() {
    let scene = Scene::new();
    scene.add_account("upside", "Upside");
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let resend =
        |account: &str| scene.write(|tx| resend_invitation(tx, &scene.env, &named(account, &invitation)));
    let revoke =
        |account: &str| scene.write(|tx| revoke_invitation(tx, &scene.env, &named(account, &invitation)));
    assert!(matches!(resend("onward"), Err(OperateError::Resend(ResendError::TooSoon(_)))));
    scene.clock.advance(TimeDelta::days(20));
    assert_eq!(resend("upside"), Err(OperateError::UnknownInvitation));
    let renewed = resend("onward").unwrap();
    assert_eq!((renewed.status, renewed.generation), (Status::Pending, 1));
    assert_eq!(renewed.sponsor, invitation.sponsor, "an operator is no sponsor");
    assert_eq!(revoke("upside"), Err(OperateError::UnknownInvitation));
    let revoked = revoke("onward").unwrap();
    assert_eq!((revoked.status, revoked.closed_by), (Status::Revoked, None));
    assert_eq!(revoke("onward"), Err(OperateError::Revoke(RevokeError::NotFound)));
    assert_eq!(resend("onward"), Err(OperateError::Resend(ResendError::NotFound)));
    let actions = scene.audited_actions();
    assert!(actions.ends_with(&["invitation.resent", "invitation.revoked"]), "{actions:?}");
}

#[test]
fn only_the_newest_key_reopens_and_only_until_the_expiry() {
    let scene = Scene::new();
    let command = Scene::invitation("joe@example.com", grant(["Auditor"]));
    let command = Invite { validity: TimeDelta::days(60), ..command };
    let invitation = scene.send(&scene.admin(), &command).unwrap();
    let old = scene.key(&invitation);
    scene.clock.advance(TimeDelta::hours(1));
    let invitation = scene.resend(&invitation);
    let try_key = |key: &str| {
        let command = Reopen { secure_id: invitation.secure_id.clone(), key: key.to_owned() };
        scene.write(|tx| reopen(tx, &scene.env, &command))
    };
    let key = scene.key(&invitation);
    assert_eq!(try_key(&key), Err(ReopenError::NotDeclined(Status::Pending)));
    let mut declined = scene.stored(&invitation);
    declined.decline(None, scene.env.now()).unwrap();
    scene.write(|tx| tx.update_invitation(&declined)).unwrap();
    assert_eq!(try_key("0.wrong"), Err(ReopenError::NotFound));
    assert_eq!(try_key(&old), Err(ReopenError::Replaced));
    let before = scene.audited_actions().len();
    assert_eq!(try_key(&key), Ok(()));
    assert_eq!(scene.audited_actions()[before..], ["invitation.reopened"]);
    assert_eq!(try_key(&key), Err(ReopenError::NotDeclined(Status::Pending)));

    let mut declined = scene.stored(&invitation);
    declined.decline(None, scene.env.now()).unwrap();
    scene.write(|tx| tx.update_invitation(&declined)).unwrap();
    scene.clock.advance(DECLINE_LASTS);
    let newer =
        scene.send(&scene.admin(), &Scene::invitation("joe@example.com", grant(["Auditor"]))).unwrap();
    assert_eq!(try_key(&key), Err(ReopenError::NewerInvitation));
    scene.revoke(&newer);
    scene.clock.advance(declined.expires_at - scene.env.now());
    assert_eq!(try_key(&key), Err(ReopenError::NotDeclined(Status::Expired)));
}
