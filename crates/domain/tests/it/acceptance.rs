use chrono::TimeDelta;
use usher_domain::{
    id::PersonId,
    invitation::{Invitation, Status},
    person::PasswordHash,
    principal::Principal,
    role::{Grant, Permission, ServiceGrant, ServiceId, ServicePermission},
    text::DisplayText,
    token::Token,
    usecase::{
        accept::{Accept, AcceptError, Accepted, Acceptor, accept, accept_all},
        create_person::{CreatePerson, create_person},
        decline::{Decline, DeclineError, decline},
        resend::resend,
        revoke::revoke,
    },
};

use crate::world::{World, principal, verified, world};

fn accept_by(
    world: &World,
    invitation: &Invitation,
    key: Option<&str>,
    by: Acceptor,
) -> Result<Accepted, AcceptError> {
    let command = Accept { secure_id: invitation.secure_id.clone(), key: key.map(str::to_owned), by };
    world.write(|tx| accept(tx, &world.env, &command))
}

fn signed_in(
    world: &World,
    invitation: &Invitation,
    key: Option<&str>,
    by: Principal,
) -> Result<Accepted, AcceptError> {
    accept_by(world, invitation, key, Acceptor::Principal(by))
}

fn newcomer() -> Acceptor {
    Acceptor::Newcomer {
        name: DisplayText::parse("Joe Wright").unwrap(),
        password: PasswordHash::new("$argon2id$x".to_owned()),
    }
}

fn invited(world: &World) -> Invitation {
    world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap()
}

#[test]
fn a_newcomer_with_the_key_becomes_a_person_and_a_member() {
    let world = world();
    let invitation = invited(&world);
    let accepted = accept_by(&world, &invitation, Some(&world.key(&invitation)), newcomer()).unwrap();
    assert_eq!(accepted.account.title.as_str(), "Onward, Inc.");
    assert_eq!(accepted.person.email.as_str(), "joe@example.com");
    assert!(accepted.person.email_verified);
    let joe = world.actor("onward", "joe@example.com");
    assert_eq!(joe.membership.grant, Grant::of_roles(["Auditor"]).unwrap());
    assert!(joe.may(Permission::ViewInvitations));
    let stored = world.stored(invitation.id);
    assert_eq!((stored.status, stored.closed_by), (Status::Accepted, Some(joe.person.id)));
    assert_eq!(world.actions()[3..], ["person.created", "invitation.accepted", "member.added"]);
}

/// Invitations of two accounts to one address, accepted at once: one person, two memberships.
#[test]
fn who_accepts_twice_at_once_is_one_person() {
    let world = world();
    world.account("upside", "Upside");
    world.member("upside", "ann@example.com", Grant::of_roles(["superuser"]).unwrap());
    let here = invited(&world);
    let ann = world.actor("upside", "ann@example.com");
    let there = world.invite(&ann, "joe@example.com", &["user"]).unwrap();
    let joe = Acceptor::Principal(verified("joe@example.com"));
    let command =
        |invitation: &Invitation, by| Accept { secure_id: invitation.secure_id.clone(), key: None, by };
    let (first, second) = (command(&here, joe.clone()), command(&there, joe));
    let unknown = Accept { secure_id: Token::parse(&"x".repeat(30)).unwrap(), ..first.clone() };
    let accepted = world.write(|tx| accept_all(tx, &world.env, &[&first, &unknown, &second])).unwrap();
    let [Ok(here), Err(AcceptError::NotFound), Ok(there)] = accepted.as_slice() else {
        panic!("{accepted:?}")
    };
    assert_eq!(here.person.id, there.person.id);
    assert_eq!([here.account.name.as_str(), there.account.name.as_str()], ["onward", "upside"]);
    assert_eq!(world.actions().iter().filter(|action| **action == "person.created").count(), 1);
}

#[test]
fn services_and_their_limit_come_with_the_membership() {
    let world = world();
    let services = vec![ServiceGrant {
        service: ServiceId::parse("S1").unwrap(),
        permission: ServicePermission::PurgeAll,
    }];
    let roles = Grant::of_roles(["engineer"]).unwrap().roles().to_vec();
    let grant = Grant::new(roles, true, services).unwrap();
    let invitation = world.invite_as(&world.jane(), "joe@example.com", grant.clone()).unwrap();
    accept_by(&world, &invitation, Some(&world.key(&invitation)), newcomer()).unwrap();
    let joe = world.actor("onward", "joe@example.com");
    assert_eq!(joe.membership.grant, grant);
    assert!(!joe.may(Permission::InviteMembers), "limited to services");
}

#[test]
fn a_verified_claim_of_the_address_needs_no_key() {
    let world = world();
    let invitation = invited(&world);
    let accepted = signed_in(&world, &invitation, None, verified("JOE@example.com")).unwrap();
    assert!(accepted.person.email_verified);
    assert_eq!(accepted.person.name.as_str(), "Joe Wright", "what the inviter calls the invitee");
}

#[test]
fn the_secure_id_alone_never_accepts() {
    let world = world();
    let invitation = invited(&world);
    let refused = AcceptError::NotProven("j***@example.com".to_owned());
    // The inviter, who got the secure_id as the answer of the creation; a stranger; the address without its proof.
    for who in [verified("jane@example.com"), verified("eve@example.com"), principal("joe@example.com")] {
        assert_eq!(signed_in(&world, &invitation, None, who.clone()), Err(refused.clone()));
        assert_eq!(signed_in(&world, &invitation, Some(""), who.clone()), Err(refused.clone()));
        assert_eq!(signed_in(&world, &invitation, Some("0.wrong"), who), Err(refused.clone()));
    }
    assert_eq!(accept_by(&world, &invitation, None, newcomer()), Err(refused));
    assert_eq!(world.stored(invitation.id), invitation);
}

#[test]
fn a_key_fits_its_own_invitation_only() {
    let world = world();
    let invitation = invited(&world);
    let other = world.invite(&world.jane(), "ann@example.com", &["GlobalAdmin"]).unwrap();
    let wrong = signed_in(&world, &other, Some(&world.key(&invitation)), verified("joe@example.com"));
    assert_eq!(wrong, Err(AcceptError::NotProven("a***@example.com".to_owned())));
}

#[test]
fn the_key_lets_its_reader_join_under_another_login() {
    let world = world();
    let invitation = invited(&world);
    let by = principal("joseph@work.example");
    let accepted = signed_in(&world, &invitation, Some(&world.key(&invitation)), by).unwrap();
    assert_eq!(accepted.person.email.as_str(), "joseph@work.example");
    assert!(!accepted.person.email_verified, "the key proves the invited mailbox, not this one");
}

#[test]
fn possession_is_enough_where_the_operator_says_so() {
    let mut world = world();
    world.env.policy.accept_by_possession = true;
    let invitation = invited(&world);
    assert!(matches!(accept_by(&world, &invitation, None, newcomer()), Err(AcceptError::NotProven(_))));
    assert!(signed_in(&world, &invitation, None, principal("eve@example.com")).is_ok());
    let other = world.invite(&world.jane(), "ann@example.com", &["Auditor"]).unwrap();
    assert!(matches!(decline_by(&world, &other, None, None), Err(DeclineError::NotProven(_))));
    assert!(decline_by(&world, &other, None, Some(principal("eve@example.com"))).is_ok());
}

#[test]
fn it_works_once() {
    let world = world();
    let invitation = invited(&world);
    let key = world.key(&invitation);
    accept_by(&world, &invitation, Some(&key), newcomer()).unwrap();
    assert_eq!(accept_by(&world, &invitation, Some(&key), newcomer()), Err(AcceptError::AlreadyAccepted));
    let again = signed_in(&world, &invitation, None, verified("joe@example.com"));
    assert_eq!(again, Err(AcceptError::AlreadyAccepted));
    let stranger = signed_in(&world, &invitation, None, verified("eve@example.com"));
    assert_eq!(stranger, Err(AcceptError::NotFound), "a stranger learns nothing");
}

#[test]
fn ended_invitations_say_how_they_ended_to_those_who_hold_the_key() {
    let world = world();
    let expired = invited(&world);
    let key = world.key(&expired);
    world.clock.advance(TimeDelta::days(14));
    assert_eq!(accept_by(&world, &expired, Some(&key), newcomer()), Err(AcceptError::Expired));
    assert_eq!(accept_by(&world, &expired, None, newcomer()), Err(AcceptError::NotFound));

    let revoked = world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    let key = world.key(&revoked);
    world.act(&world.jane(), |tx, actor| revoke(tx, &world.env, actor, &revoked.id.into())).unwrap();
    assert_eq!(accept_by(&world, &revoked, Some(&key), newcomer()), Err(AcceptError::Revoked));
    assert_eq!(accept_by(&world, &revoked, None, newcomer()), Err(AcceptError::NotFound));
}

#[test]
fn a_resend_kills_the_older_key() {
    let world = world();
    let invitation = invited(&world);
    let old = world.key(&invitation);
    world.clock.advance(TimeDelta::minutes(2));
    world.act(&world.jane(), |tx, actor| resend(tx, &world.env, actor, invitation.id)).unwrap();
    assert_eq!(accept_by(&world, &invitation, Some(&old), newcomer()), Err(AcceptError::Replaced));
    let new = world.key(&invitation);
    assert!(accept_by(&world, &invitation, Some(&new), newcomer()).is_ok());
}

#[test]
fn the_ceiling_holds_again_at_acceptance() {
    let world = world();
    world.member("onward", "boss@example.com", Grant::of_roles(["GlobalAdmin"]).unwrap());
    let boss = world.actor("onward", "boss@example.com");
    let invitation = world.invite(&boss, "joe@example.com", &["GlobalAdmin"]).unwrap();
    let key = world.key(&invitation);
    world.remove(&boss);
    let gone = accept_by(&world, &invitation, Some(&key), newcomer());
    assert_eq!(gone, Err(AcceptError::SponsorLostAuthority));
    world.member("onward", "boss@example.com", Grant::of_roles(["engineer"]).unwrap());
    let demoted = accept_by(&world, &invitation, Some(&key), newcomer());
    assert_eq!(demoted, Err(AcceptError::SponsorLostAuthority));
    assert_eq!(
        world.stored(invitation.id).status,
        Status::Pending,
        "another administrator can still save it"
    );
    world.clock.advance(TimeDelta::minutes(2));
    world.act(&world.jane(), |tx, actor| resend(tx, &world.env, actor, invitation.id)).unwrap();
    assert!(accept_by(&world, &invitation, Some(&world.key(&invitation)), newcomer()).is_ok());
}

#[test]
fn members_and_owners_of_a_password_are_told_so() {
    let world = world();
    let invitation = invited(&world);
    let key = world.key(&invitation);
    let member = signed_in(&world, &invitation, Some(&key), verified("jane@example.com"));
    assert_eq!(member, Err(AcceptError::AlreadyMember));
    accept_by(&world, &invitation, Some(&key), newcomer()).unwrap();
    world.account("upside", "Upside");
    world.member("upside", "ann@example.com", Grant::of_roles(["superuser"]).unwrap());
    let other =
        world.invite(&world.actor("upside", "ann@example.com"), "joe@example.com", &["user"]).unwrap();
    let key = world.env.keys.key(&other.secure_id, 0).reveal().to_owned();
    assert_eq!(accept_by(&world, &other, Some(&key), newcomer()), Err(AcceptError::PasswordExists));
    let foreign = Principal { person_id: Some(PersonId::new(99)), ..verified("joe@example.com") };
    assert_eq!(signed_in(&world, &other, Some(&key), foreign), Err(AcceptError::UnknownPerson));
    assert!(signed_in(&world, &other, Some(&key), verified("joe@example.com")).is_ok());
}

#[test]
fn somebody_known_but_in_no_account_chooses_the_first_password() {
    let world = world();
    let known = CreatePerson {
        email: crate::world::email("joe@example.com"),
        name: DisplayText::parse("Joseph").unwrap(),
        password: None,
    };
    world.write(|tx| create_person(tx, &world.env, &known)).unwrap();
    let invitation = invited(&world);
    let accepted = accept_by(&world, &invitation, Some(&world.key(&invitation)), newcomer()).unwrap();
    assert!(accepted.person.password.is_some());
    assert_eq!(accepted.person.name.as_str(), "Joseph", "nobody is renamed");
}

/// The key of one account's invitation is no password to another account.
#[test]
fn a_member_who_signs_in_elsewhere_gets_no_password_by_a_key() {
    let world = world();
    world.account("upside", "Upside");
    world.member("upside", "joe@example.com", Grant::of_roles(["GlobalAdmin"]).unwrap());
    let invitation = invited(&world);
    let key = world.key(&invitation);
    assert_eq!(accept_by(&world, &invitation, Some(&key), newcomer()), Err(AcceptError::SignsInElsewhere));
    assert!(world.actor("upside", "joe@example.com").person.password.is_none());
    assert!(signed_in(&world, &invitation, Some(&key), principal("joe@example.com")).is_ok());
}

fn decline_by(
    world: &World,
    invitation: &Invitation,
    key: Option<&str>,
    by: Option<Principal>,
) -> Result<(), DeclineError> {
    let command = Decline { secure_id: invitation.secure_id.clone(), key: key.map(str::to_owned), by };
    world.write(|tx| decline(tx, &world.env, &command))
}

#[test]
fn declining_needs_the_same_proof_and_no_login() {
    let world = world();
    let invitation = invited(&world);
    let masked = DeclineError::NotProven("j***@example.com".to_owned());
    assert_eq!(decline_by(&world, &invitation, None, None), Err(masked.clone()));
    assert_eq!(decline_by(&world, &invitation, None, Some(principal("joe@example.com"))), Err(masked));
    decline_by(&world, &invitation, Some(&world.key(&invitation)), None).unwrap();
    assert_eq!(world.stored(invitation.id).status, Status::Declined);
    let again = decline_by(&world, &invitation, Some(&world.key(&invitation)), None);
    assert_eq!(again, Err(DeclineError::Ended(Status::Declined)));
    assert_eq!(decline_by(&world, &invitation, None, None), Err(DeclineError::NotFound));
    let late = accept_by(&world, &invitation, Some(&world.key(&invitation)), newcomer());
    assert_eq!(late, Err(AcceptError::Declined));
    assert_eq!(world.actions().last(), Some(&"invitation.declined"));
}

#[test]
fn an_older_key_declines_nothing() {
    let world = world();
    let invitation = invited(&world);
    let old = world.key(&invitation);
    world.clock.advance(TimeDelta::minutes(2));
    world.act(&world.jane(), |tx, actor| resend(tx, &world.env, actor, invitation.id)).unwrap();
    assert_eq!(decline_by(&world, &invitation, Some(&old), None), Err(DeclineError::Replaced));
}

#[test]
fn a_verified_claim_declines_without_the_key() {
    let world = world();
    let invitation = invited(&world);
    decline_by(&world, &invitation, None, Some(verified("joe@example.com"))).unwrap();
}
