//! Answers to a compromised member: tokens end, roles change, memberships end, people are erased.

use chrono::TimeDelta;
use usher_domain::{
    access_token::{Scope, TokenDigest},
    audit::AuditSubject,
    person::PasswordHash,
    principal::{Actor, Credential, Principal},
    testkit::{Scene, account_name, email, grant, principal, scene::ACCOUNT, scene::ADMIN, verified},
    usecase::{
        accept::{Accept, AcceptError, Acceptor, accept},
        create_access_token::CreateAccessToken,
        erase_person::{ErasePersonError, erase_person},
        list_audit_events::{AuditFilter, list_audit_events},
        manage_member::{ManageMemberError, MemberToChange, remove_member, set_roles},
        resolve::{ResolveError, resolve},
        set_password::{SetPasswordError, TokensOfPerson, set_password},
        sign_out::sign_out,
    },
};

const EVE: &str = "eve@example.com";

/// A scene with the second administrator Eve.
fn scene_with_eve() -> Scene {
    let scene = Scene::new();
    scene.add_member(ACCOUNT, EVE, grant(["GlobalAdmin"]));
    scene
}

fn member(address: &str) -> MemberToChange {
    MemberToChange { account: account_name(ACCOUNT), email: email(address), force: false }
}

/// The caller with a token of this age in seconds; `None` for a token without a time of issue.
fn caller(scene: &Scene, address: &str, age: Option<i64>) -> Result<Actor, ResolveError> {
    let issued_at = age.map(|age| scene.env.now() - TimeDelta::seconds(age));
    let credential = Credential::Principal(Principal { issued_at, ..principal(address) });
    scene.write(|tx| resolve(tx, &credential, scene.env.now()))
}

#[track_caller]
fn assert_tokens_ended(scene: &Scene, address: &str) {
    for age in [Some(0), Some(60), None] {
        assert_eq!(caller(scene, address, age).map(drop), Err(ResolveError::SignedOut), "{age:?}");
    }
    scene.clock.advance(TimeDelta::seconds(1));
    assert!(caller(scene, address, Some(0)).is_ok(), "a token that is issued afterwards is valid");
    assert!(caller(scene, ADMIN, Some(3600)).is_ok(), "others keep their tokens");
    assert!(caller(scene, ADMIN, None).is_ok());
}

fn access_token(scene: &Scene, address: &str) -> TokenDigest {
    let digest = TokenDigest::new([7; 32]);
    scene.add_access_token(&CreateAccessToken {
        email: email(address),
        scope: Scope::Global,
        ..Scene::access_token(digest.clone())
    });
    digest
}

#[test]
fn signing_out_ends_every_token() {
    let scene = scene_with_eve();
    let digest = access_token(&scene, EVE);
    assert!(caller(&scene, EVE, None).is_ok());
    scene.write(|tx| sign_out(tx, &scene.env, &email(EVE))).unwrap();
    assert_tokens_ended(&scene, EVE);
    let credential = Credential::AccessToken(digest);
    let resolved = scene.write(|tx| resolve(tx, &credential, scene.env.now()));
    assert_eq!(resolved.map(drop), Err(ResolveError::InvalidToken));
    assert_eq!(scene.audited_actions().last(), Some(&"access_token.revoked"));
    let nobody = scene.write(|tx| sign_out(tx, &scene.env, &email("nobody@example.com")));
    assert_eq!(nobody, Err(SetPasswordError::UnknownPerson("nobody@example.com".to_owned())));
}

#[test]
fn a_new_password_ends_every_token_unless_they_are_kept() {
    let scene = scene_with_eve();
    let set = |tokens| {
        let hash = PasswordHash::new("$new".to_owned());
        scene.write(|tx| set_password(tx, &scene.env, &email(EVE), &hash, tokens)).unwrap()
    };
    assert_eq!(set(TokensOfPerson::Keep).password, Some(PasswordHash::new("$new".to_owned())));
    assert!(caller(&scene, EVE, Some(60)).is_ok());
    set(TokensOfPerson::End);
    assert_tokens_ended(&scene, EVE);
}

/// The moment is never moved back, so an older replica's clock does not revive a token.
#[test]
fn ended_tokens_stay_ended() {
    let scene = scene_with_eve();
    scene.write(|tx| sign_out(tx, &scene.env, &email(EVE))).unwrap();
    scene.clock.advance(TimeDelta::hours(-1));
    scene.write(|tx| sign_out(tx, &scene.env, &email(EVE))).unwrap();
    scene.clock.advance(TimeDelta::hours(1));
    assert_tokens_ended(&scene, EVE);
}

#[test]
fn an_ended_token_accepts_no_invitation() {
    let scene = scene_with_eve();
    scene.add_account("upside", "Upside");
    scene.add_member("upside", ADMIN, grant(["GlobalAdmin"]));
    let invitation = scene.invite(&scene.actor("upside", ADMIN), EVE, &["Auditor"]).unwrap();
    scene.write(|tx| sign_out(tx, &scene.env, &email(EVE))).unwrap();
    let try_accept = |age: i64| {
        let issued_at = Some(scene.env.now() - TimeDelta::seconds(age));
        let by = Acceptor::Principal(Principal { issued_at, ..verified(EVE) });
        let command = Accept { secure_id: invitation.secure_id.clone(), key: None, by };
        scene.write(|tx| accept(tx, &scene.env, &command)).map(drop)
    };
    assert_eq!(try_accept(60), Err(AcceptError::UnknownPerson));
    scene.clock.advance(TimeDelta::seconds(1));
    assert_eq!(try_accept(0), Ok(()));
}

#[test]
fn new_roles_replace_the_old_ones() {
    let scene = scene_with_eve();
    scene.write(|tx| set_roles(tx, &scene.env, &member(EVE), &grant(["Auditor"]))).unwrap();
    assert_eq!(scene.membership(EVE).unwrap().grant, grant(["Auditor"]));
    assert_eq!(scene.audited_actions().last(), Some(&"member.roles_changed"));
    assert!(caller(&scene, EVE, Some(60)).is_ok(), "the tokens stay valid, with the new roles");
    let elsewhere = MemberToChange { account: account_name("none"), ..member(EVE) };
    let unknown = scene.write(|tx| set_roles(tx, &scene.env, &elsewhere, &grant(["Auditor"])));
    assert_eq!(unknown, Err(ManageMemberError::UnknownAccount(account_name("none"))));
    let stranger = member("nobody@example.com");
    let unknown = scene.write(|tx| set_roles(tx, &scene.env, &stranger, &grant(["Auditor"])));
    assert_eq!(unknown, Err(ManageMemberError::NotAMember("nobody@example.com".to_owned())));
}

#[test]
fn a_removed_member_has_no_rights_and_no_tokens() {
    let scene = scene_with_eve();
    access_token(&scene, EVE);
    let invitation = scene.invite(&scene.actor(ACCOUNT, EVE), "joe@example.com", &["GlobalAdmin"]).unwrap();
    scene.write(|tx| remove_member(tx, &scene.env, &member(EVE))).unwrap();
    assert_eq!(scene.membership(EVE), None);
    assert_eq!(caller(&scene, EVE, Some(60)).map(drop), Err(ResolveError::SignedOut));
    scene.clock.advance(TimeDelta::seconds(1));
    assert_eq!(caller(&scene, EVE, Some(0)).map(drop), Err(ResolveError::NoMembership));
    assert_eq!(scene.audited_actions().last(), Some(&"member.removed"));
    assert_eq!(scene.accept(&invitation).map(drop), Err(AcceptError::SponsorLostAuthority));
}

#[test]
fn a_removal_leaves_the_access_tokens_of_other_accounts() {
    let scene = scene_with_eve();
    scene.add_account("upside", "Upside");
    scene.add_member("upside", EVE, grant(["GlobalAdmin"]));
    let (here, elsewhere) = (TokenDigest::new([7; 32]), TokenDigest::new([8; 32]));
    for (account, digest) in [(ACCOUNT, &here), ("upside", &elsewhere)] {
        scene.add_access_token(&CreateAccessToken {
            account: account_name(account),
            email: email(EVE),
            scope: Scope::Global,
            ..Scene::access_token(digest.clone())
        });
    }
    scene.write(|tx| remove_member(tx, &scene.env, &member(EVE))).unwrap();
    let caller = |digest: &TokenDigest| {
        let credential = Credential::AccessToken(digest.clone());
        scene.write(|tx| resolve(tx, &credential, scene.env.now())).map(drop)
    };
    assert!(caller(&here).is_err());
    assert_eq!(caller(&elsewhere), Ok(()));
}

#[test]
fn the_last_administrator_stays_unless_forced() {
    let scene = scene_with_eve();
    scene.write(|tx| remove_member(tx, &scene.env, &member(EVE))).unwrap();
    let events = scene.audited_actions().len();
    let last =
        ManageMemberError::LastAdministrator { email: ADMIN.to_owned(), account: account_name(ACCOUNT) };
    let removed = scene.write(|tx| remove_member(tx, &scene.env, &member(ADMIN)));
    assert_eq!(removed, Err(last.clone()));
    let demoted = scene.write(|tx| set_roles(tx, &scene.env, &member(ADMIN), &grant(["Auditor"])));
    assert_eq!(demoted, Err(last));
    let erased = scene.write(|tx| erase_person(tx, &scene.env, &email(ADMIN), false));
    assert!(matches!(erased, Err(ErasePersonError::LastAdministrator { .. })), "{erased:?}");
    assert_eq!(scene.audited_actions().len(), events, "a rejection leaves no entry");
    // Equal rights under another name.
    scene.write(|tx| set_roles(tx, &scene.env, &member(ADMIN), &grant(["superuser"]))).unwrap();
    let forced = MemberToChange { force: true, ..member(ADMIN) };
    scene.write(|tx| set_roles(tx, &scene.env, &forced, &grant(["Auditor"]))).unwrap();
    scene.write(|tx| remove_member(tx, &scene.env, &member(ADMIN))).unwrap();
}

#[test]
fn an_erased_person_leaves_nothing_but_numbers() {
    let scene = scene_with_eve();
    scene.add_account("upside", "Upside");
    scene.add_member("upside", ADMIN, grant(["GlobalAdmin"]));
    let to_eve = scene.invite(&scene.actor("upside", ADMIN), EVE, &["Auditor"]).unwrap();
    let by_eve = scene.invite(&scene.actor(ACCOUNT, EVE), "joe@example.com", &["Auditor"]).unwrap();
    let eve = scene.person(EVE).unwrap().id;
    let erased = scene.write(|tx| erase_person(tx, &scene.env, &email(EVE), false)).unwrap();
    assert_eq!((erased.accounts, erased.invitations), (vec![account_name(ACCOUNT)], 1));
    assert_eq!(scene.person(EVE), None);
    assert_eq!(scene.read(|tx| tx.invitation(to_eve.account_id, to_eve.id)), None);
    assert_eq!(scene.stored(&by_eve).sponsor, None, "it stays, without a sponsor");
    assert_eq!(scene.accept(&by_eve).map(drop), Err(AcceptError::SponsorLostAuthority));
    let events = scene.read(|tx| tx.newest_audit_events(AuditSubject::Person(eve), 2));
    let actions: Vec<_> = events.iter().map(|event| event.action.as_str()).collect();
    assert_eq!(actions, ["person.erased", "member.removed"]);
    let again = scene.write(|tx| erase_person(tx, &scene.env, &email(EVE), false));
    assert_eq!(again, Err(ErasePersonError::Unknown(EVE.to_owned())));
}

#[test]
fn an_address_that_was_only_invited_can_be_erased() {
    let scene = Scene::new();
    scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let erased = scene.write(|tx| erase_person(tx, &scene.env, &email("JOE@example.com"), false)).unwrap();
    assert_eq!((erased.accounts, erased.invitations), (vec![], 1));
}

#[test]
fn the_audit_log_names_the_people_it_can() {
    let scene = scene_with_eve();
    scene.invite(&scene.actor(ACCOUNT, EVE), "joe@example.com", &["Auditor"]).unwrap();
    scene.write(|tx| sign_out(tx, &scene.env, &email(EVE))).unwrap();
    let list = |filter: AuditFilter, limit| scene.write(|tx| list_audit_events(tx, &filter, limit)).unwrap();
    let of_eve = list(AuditFilter::Person(email(EVE)), 10);
    let lines: Vec<_> = of_eve
        .iter()
        .map(|listed| (listed.event.action.as_str(), listed.actor.is_some(), listed.person.is_some()))
        .collect();
    assert_eq!(
        lines,
        [
            ("person.created", false, true),
            ("member.added", false, true),
            ("invitation.created", true, false),
            ("person.signed_out", false, true),
        ]
    );
    let newest = list(AuditFilter::Account(account_name(ACCOUNT)), 1);
    assert_eq!(newest.len(), 1);
    assert_eq!(newest[0].event.action.as_str(), "invitation.created");
}
