use chrono::TimeDelta;
use usher_domain::{
    id::PersonId,
    invitation::{Invitation, Status},
    principal::Principal,
    role::{Grant, Permission, ServiceGrant, ServiceId, ServicePermission},
    testkit::{Scene, email, grant, principal, text, verified},
    token::Token,
    usecase::{
        accept::{Accept, AcceptError, Accepted, Acceptor, accept, accept_all},
        create_person::{CreatePerson, create_person},
        decline::{Decline, DeclineError, decline},
    },
};

fn accept_by(
    scene: &Scene,
    invitation: &Invitation,
    key: Option<&str>,
    by: Acceptor,
) -> Result<Accepted, AcceptError> {
    let command = Accept { secure_id: invitation.secure_id.clone(), key: key.map(str::to_owned), by };
    scene.write(|tx| accept(tx, &scene.env, &command))
}

fn signed_in(
    scene: &Scene,
    invitation: &Invitation,
    key: Option<&str>,
    by: Principal,
) -> Result<Accepted, AcceptError> {
    accept_by(scene, invitation, key, Acceptor::Principal(by))
}

fn invited(scene: &Scene) -> Invitation {
    scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap()
}

#[test]
fn a_newcomer_with_the_key_becomes_a_person_and_a_member() {
    let scene = Scene::new();
    let invitation = invited(&scene);
    let accepted = accept_by(&scene, &invitation, Some(&scene.key(&invitation)), Scene::newcomer()).unwrap();
    assert_eq!(accepted.account.title.as_str(), "Onward, Inc.");
    assert_eq!(accepted.person.email.as_str(), "joe@example.com");
    assert!(accepted.person.email_verified);
    let joe = scene.actor("onward", "joe@example.com");
    assert_eq!(joe.membership.grant, grant(["Auditor"]));
    assert!(joe.may(Permission::ViewInvitations));
    let stored = scene.stored(&invitation);
    assert_eq!((stored.status, stored.closed_by), (Status::Accepted, Some(joe.person.id)));
    assert_eq!(scene.audited_actions()[3..], ["person.created", "invitation.accepted", "member.added"]);
}

/// Invitations of two accounts to one address, accepted in one batch.
#[test]
fn one_address_in_one_batch_becomes_one_person() {
    let scene = Scene::new();
    scene.add_account("upside", "Upside");
    scene.add_member("upside", "ann@example.com", grant(["superuser"]));
    let here = invited(&scene);
    let ann = scene.actor("upside", "ann@example.com");
    let there = scene.invite(&ann, "joe@example.com", &["user"]).unwrap();
    let joe = Acceptor::Principal(verified("joe@example.com"));
    let command =
        |invitation: &Invitation, by| Accept { secure_id: invitation.secure_id.clone(), key: None, by };
    let (first, second) = (command(&here, joe.clone()), command(&there, joe));
    let unknown = Accept { secure_id: Token::parse(&"x".repeat(30)).unwrap(), ..first.clone() };
    let accepted = scene.write(|tx| accept_all(tx, &scene.env, &[&first, &unknown, &second])).unwrap();
    let [Ok(here), Err(AcceptError::NotFound), Ok(there)] = accepted.as_slice() else {
        panic!("{accepted:?}")
    };
    assert_eq!(here.person.id, there.person.id);
    assert_eq!([here.account.name.as_str(), there.account.name.as_str()], ["onward", "upside"]);
    assert_eq!(scene.audited_actions().iter().filter(|action| **action == "person.created").count(), 1);
}

#[test]
fn the_membership_gets_the_services_and_the_limit_of_the_grant() {
    let scene = Scene::new();
    let services = vec![ServiceGrant {
        service: ServiceId::parse("S1").unwrap(),
        permission: ServicePermission::PurgeAll,
    }];
    let roles = grant(["engineer"]).roles().to_vec();
    let grant = Grant::new(roles, true, services).unwrap();
    let invitation =
        scene.send(&scene.admin(), &Scene::invitation("joe@example.com", grant.clone())).unwrap();
    accept_by(&scene, &invitation, Some(&scene.key(&invitation)), Scene::newcomer()).unwrap();
    let joe = scene.actor("onward", "joe@example.com");
    assert_eq!(joe.membership.grant, grant);
    assert!(!joe.may(Permission::InviteMembers), "limited to services");
}

#[test]
fn a_verified_claim_of_the_address_replaces_the_key() {
    let scene = Scene::new();
    let invitation = invited(&scene);
    let accepted = signed_in(&scene, &invitation, None, verified("JOE@example.com")).unwrap();
    assert!(accepted.person.email_verified);
    assert_eq!(accepted.person.name.as_str(), "Joe Wright", "the name that the inviter gave");
}

#[test]
fn the_secure_id_alone_never_accepts() {
    let scene = Scene::new();
    let invitation = invited(&scene);
    let rejected = AcceptError::NotProven("j***@example.com".to_owned());
    // The inviter, who got the secure_id when creating the invitation; a stranger; the address without proof.
    for who in [verified("jane@example.com"), verified("eve@example.com"), principal("joe@example.com")] {
        assert_eq!(signed_in(&scene, &invitation, None, who.clone()), Err(rejected.clone()));
        assert_eq!(signed_in(&scene, &invitation, Some(""), who.clone()), Err(rejected.clone()));
        assert_eq!(signed_in(&scene, &invitation, Some("0.wrong"), who), Err(rejected.clone()));
    }
    assert_eq!(accept_by(&scene, &invitation, None, Scene::newcomer()), Err(rejected));
    assert_eq!(scene.stored(&invitation), invitation);
}

#[test]
fn a_key_proves_nothing_for_another_invitation() {
    let scene = Scene::new();
    let invitation = invited(&scene);
    let other = scene.invite(&scene.admin(), "ann@example.com", &["GlobalAdmin"]).unwrap();
    let wrong = signed_in(&scene, &other, Some(&scene.key(&invitation)), verified("joe@example.com"));
    assert_eq!(wrong, Err(AcceptError::NotProven("a***@example.com".to_owned())));
}

#[test]
fn the_key_allows_acceptance_with_another_address() {
    let scene = Scene::new();
    let invitation = invited(&scene);
    let by = principal("joseph@work.example");
    let accepted = signed_in(&scene, &invitation, Some(&scene.key(&invitation)), by).unwrap();
    assert_eq!(accepted.person.email.as_str(), "joseph@work.example");
    assert!(!accepted.person.email_verified, "the key proves the invited mailbox, not this one");
}

#[test]
fn possession_suffices_under_the_policy_accept_by_possession() {
    let mut scene = Scene::new();
    scene.env.policy.accept_by_possession = true;
    let invitation = invited(&scene);
    assert!(matches!(
        accept_by(&scene, &invitation, None, Scene::newcomer()),
        Err(AcceptError::NotProven(_))
    ));
    assert!(signed_in(&scene, &invitation, None, principal("eve@example.com")).is_ok());
    let other = scene.invite(&scene.admin(), "ann@example.com", &["Auditor"]).unwrap();
    assert!(matches!(decline_by(&scene, &other, None, None), Err(DeclineError::NotProven(_))));
    assert!(decline_by(&scene, &other, None, Some(principal("eve@example.com"))).is_ok());
}

#[test]
fn an_invitation_is_accepted_once() {
    let scene = Scene::new();
    let invitation = invited(&scene);
    let key = scene.key(&invitation);
    accept_by(&scene, &invitation, Some(&key), Scene::newcomer()).unwrap();
    assert_eq!(
        accept_by(&scene, &invitation, Some(&key), Scene::newcomer()),
        Err(AcceptError::AlreadyAccepted)
    );
    let again = signed_in(&scene, &invitation, None, verified("joe@example.com"));
    assert_eq!(again, Err(AcceptError::AlreadyAccepted));
    let stranger = signed_in(&scene, &invitation, None, verified("eve@example.com"));
    assert_eq!(stranger, Err(AcceptError::NotFound), "a stranger learns nothing");
}

#[test]
fn a_holder_of_the_key_learns_how_the_invitation_ended() {
    let scene = Scene::new();
    let expired = invited(&scene);
    let key = scene.key(&expired);
    scene.clock.advance(TimeDelta::days(14));
    assert_eq!(accept_by(&scene, &expired, Some(&key), Scene::newcomer()), Err(AcceptError::Expired));
    assert_eq!(accept_by(&scene, &expired, None, Scene::newcomer()), Err(AcceptError::NotFound));

    let revoked = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let key = scene.key(&revoked);
    scene.revoke(&revoked);
    assert_eq!(accept_by(&scene, &revoked, Some(&key), Scene::newcomer()), Err(AcceptError::Revoked));
    assert_eq!(accept_by(&scene, &revoked, None, Scene::newcomer()), Err(AcceptError::NotFound));
}

#[test]
fn a_resend_invalidates_the_older_key() {
    let scene = Scene::new();
    let invitation = invited(&scene);
    let old = scene.key(&invitation);
    scene.resend(&invitation);
    assert_eq!(accept_by(&scene, &invitation, Some(&old), Scene::newcomer()), Err(AcceptError::Replaced));
    let new = scene.key(&invitation);
    assert!(accept_by(&scene, &invitation, Some(&new), Scene::newcomer()).is_ok());
}

#[test]
fn the_ceiling_is_checked_again_at_acceptance() {
    let scene = Scene::new();
    scene.add_member("onward", "boss@example.com", grant(["GlobalAdmin"]));
    let boss = scene.actor("onward", "boss@example.com");
    let invitation = scene.invite(&boss, "joe@example.com", &["GlobalAdmin"]).unwrap();
    let key = scene.key(&invitation);
    scene.remove(&boss);
    let gone = accept_by(&scene, &invitation, Some(&key), Scene::newcomer());
    assert_eq!(gone, Err(AcceptError::SponsorLostAuthority));
    scene.add_member("onward", "boss@example.com", grant(["engineer"]));
    let demoted = accept_by(&scene, &invitation, Some(&key), Scene::newcomer());
    assert_eq!(demoted, Err(AcceptError::SponsorLostAuthority));
    assert_eq!(scene.stored(&invitation).status, Status::Pending, "another administrator can still save it");
    scene.resend(&invitation);
    assert!(accept_by(&scene, &invitation, Some(&scene.key(&invitation)), Scene::newcomer()).is_ok());
}

#[test]
fn members_and_owners_of_a_password_are_rejected() {
    let scene = Scene::new();
    let invitation = invited(&scene);
    let key = scene.key(&invitation);
    let member = signed_in(&scene, &invitation, Some(&key), verified("jane@example.com"));
    assert_eq!(member, Err(AcceptError::AlreadyMember));
    accept_by(&scene, &invitation, Some(&key), Scene::newcomer()).unwrap();
    scene.add_account("upside", "Upside");
    scene.add_member("upside", "ann@example.com", grant(["superuser"]));
    let other =
        scene.invite(&scene.actor("upside", "ann@example.com"), "joe@example.com", &["user"]).unwrap();
    let key = scene.env.keys.key(&other.secure_id, 0).reveal().to_owned();
    assert_eq!(accept_by(&scene, &other, Some(&key), Scene::newcomer()), Err(AcceptError::PasswordExists));
    let foreign = Principal { person_id: Some(PersonId::new(99)), ..verified("joe@example.com") };
    assert_eq!(signed_in(&scene, &other, Some(&key), foreign), Err(AcceptError::UnknownPerson));
    assert!(signed_in(&scene, &other, Some(&key), verified("joe@example.com")).is_ok());
}

#[test]
fn a_person_without_account_and_password_chooses_the_first_password() {
    let scene = Scene::new();
    let known = CreatePerson { email: email("joe@example.com"), name: text("Joseph"), password: None };
    scene.write(|tx| create_person(tx, &scene.env, &known)).unwrap();
    let invitation = invited(&scene);
    let accepted = accept_by(&scene, &invitation, Some(&scene.key(&invitation)), Scene::newcomer()).unwrap();
    assert!(accepted.person.password.is_some());
    assert_eq!(accepted.person.name.as_str(), "Joseph", "the name is not changed");
}

/// Otherwise the key of one account's invitation would open another account.
#[test]
fn the_key_sets_no_password_for_a_member_who_signs_in_elsewhere() {
    let scene = Scene::new();
    scene.add_account("upside", "Upside");
    scene.add_member("upside", "joe@example.com", grant(["GlobalAdmin"]));
    let invitation = invited(&scene);
    let key = scene.key(&invitation);
    assert_eq!(
        accept_by(&scene, &invitation, Some(&key), Scene::newcomer()),
        Err(AcceptError::SignsInElsewhere)
    );
    assert!(scene.actor("upside", "joe@example.com").person.password.is_none());
    assert!(signed_in(&scene, &invitation, Some(&key), principal("joe@example.com")).is_ok());
}

fn decline_by(
    scene: &Scene,
    invitation: &Invitation,
    key: Option<&str>,
    by: Option<Principal>,
) -> Result<(), DeclineError> {
    let command = Decline { secure_id: invitation.secure_id.clone(), key: key.map(str::to_owned), by };
    scene.write(|tx| decline(tx, &scene.env, &command))
}

#[test]
fn declining_needs_proof_of_the_mailbox_and_no_login() {
    let scene = Scene::new();
    let invitation = invited(&scene);
    let masked = DeclineError::NotProven("j***@example.com".to_owned());
    assert_eq!(decline_by(&scene, &invitation, None, None), Err(masked.clone()));
    assert_eq!(decline_by(&scene, &invitation, None, Some(principal("joe@example.com"))), Err(masked));
    decline_by(&scene, &invitation, Some(&scene.key(&invitation)), None).unwrap();
    assert_eq!(scene.stored(&invitation).status, Status::Declined);
    let again = decline_by(&scene, &invitation, Some(&scene.key(&invitation)), None);
    assert_eq!(again, Err(DeclineError::Ended(Status::Declined)));
    assert_eq!(decline_by(&scene, &invitation, None, None), Err(DeclineError::NotFound));
    let late = accept_by(&scene, &invitation, Some(&scene.key(&invitation)), Scene::newcomer());
    assert_eq!(late, Err(AcceptError::Declined));
    assert_eq!(scene.audited_actions().last(), Some(&"invitation.declined"));
}

#[test]
fn an_older_key_does_not_decline() {
    let scene = Scene::new();
    let invitation = invited(&scene);
    let old = scene.key(&invitation);
    scene.resend(&invitation);
    assert_eq!(decline_by(&scene, &invitation, Some(&old), None), Err(DeclineError::Replaced));
}

#[test]
fn a_verified_claim_declines_without_the_key() {
    let scene = Scene::new();
    let invitation = invited(&scene);
    decline_by(&scene, &invitation, None, Some(verified("joe@example.com"))).unwrap();
}
