use chrono::TimeDelta;
use usher_domain::{
    account::AccountName,
    id::{InvitationId, PersonId},
    port::store::{Order, Page},
    principal::{Credential, Principal},
    role::Grant,
    usecase::{
        resolve::{ResolveError, resolve},
        revoke::{RevokeError, revoke},
        summary::summary,
        view::{ViewError, get, list},
    },
};

use crate::world::{principal, world};

#[test]
fn lists_show_the_open_ones_of_the_account_and_count_them_all() {
    let world = world();
    world.account("upside", "Upside");
    world.member("upside", "ann@example.com", Grant::of_roles(["superuser"]).unwrap());
    world.invite(&world.actor("upside", "ann@example.com"), "other@example.com", &["user"]).unwrap();
    let ids: Vec<InvitationId> = (0..5)
        .map(|n| world.invite(&world.jane(), &format!("p{n}@example.com"), &["Auditor"]).unwrap().id)
        .collect();
    let listing = |page| world.act(&world.jane(), |tx, actor| list(tx, &world.env, actor, page)).unwrap();
    let whole = listing(Page::default());
    assert_eq!(whole.items.iter().map(|view| view.invitation.id).collect::<Vec<_>>(), ids);
    assert_eq!(whole.count, 5);
    assert_eq!(whole.items[0].account_title.as_str(), "Onward, Inc.");
    let part = listing(Page { limit: Some(2), offset: 3, ..Page::default() });
    assert_eq!(part.items.iter().map(|view| view.invitation.id).collect::<Vec<_>>(), ids[3..]);
    assert_eq!(part.count, 5);
    let newest = listing(Page { limit: Some(2), offset: 3, order: Order::NewestFirst });
    let seen: Vec<InvitationId> = newest.items.iter().map(|view| view.invitation.id).collect();
    assert_eq!(seen, [ids[1], ids[0]]);
    world.clock.advance(TimeDelta::days(14));
    assert_eq!(listing(Page::default()).count, 0, "expired at that moment, swept or not");
    assert_eq!(
        world.act(&world.jane(), |tx, actor| get(tx, &world.env, actor, ids[0])),
        Err(ViewError::NotFound)
    );
}

#[test]
fn another_accounts_invitation_does_not_exist() {
    let world = world();
    world.account("upside", "Upside");
    world.member("upside", "ann@example.com", Grant::of_roles(["superuser"]).unwrap());
    let invitation = world.invite(&world.jane(), "joe@example.com", &["Auditor"]).unwrap();
    let ann = world.actor("upside", "ann@example.com");
    assert_eq!(world.write(|tx| get(tx, &world.env, &ann, invitation.id)), Err(ViewError::NotFound));
    assert_eq!(
        world.write(|tx| revoke(tx, &world.env, &ann, &invitation.id.into())),
        Err(RevokeError::NotFound)
    );
}

#[test]
fn the_secure_id_is_for_those_who_could_have_made_the_invitation() {
    let world = world();
    world.member("onward", "aud@example.com", Grant::of_roles(["Auditor"]).unwrap());
    world.member("onward", "eng@example.com", Grant::of_roles(["engineer"]).unwrap());
    world.member("onward", "usr@example.com", Grant::of_roles(["user"]).unwrap());
    let admin = world.invite(&world.jane(), "a@example.com", &["GlobalAdmin"]).unwrap();
    let user = world.invite(&world.jane(), "b@example.com", &["user"]).unwrap();
    let sees = |who: &str, id| {
        world
            .act(&world.actor("onward", who), |tx, actor| get(tx, &world.env, actor, id))
            .map(|view| view.secure_id.is_some())
    };
    assert_eq!(sees("jane@example.com", admin.id), Ok(true));
    assert_eq!(sees("aud@example.com", admin.id), Ok(false));
    assert_eq!(sees("eng@example.com", admin.id), Ok(false));
    assert_eq!(sees("eng@example.com", user.id), Ok(true));
    assert_eq!(sees("usr@example.com", user.id), Err(ViewError::Forbidden));
}

#[test]
fn nobody_takes_back_what_they_could_not_have_made() {
    let world = world();
    world.member("onward", "aud@example.com", Grant::of_roles(["Auditor"]).unwrap());
    world.member("onward", "eng@example.com", Grant::of_roles(["engineer"]).unwrap());
    let admin = world.invite(&world.jane(), "a@example.com", &["GlobalAdmin"]).unwrap();
    let revoke_as = |who: &str| {
        world.act(&world.actor("onward", who), |tx, actor| revoke(tx, &world.env, actor, &admin.id.into()))
    };
    assert_eq!(revoke_as("aud@example.com"), Err(RevokeError::Forbidden));
    assert_eq!(revoke_as("eng@example.com"), Err(RevokeError::AboveCeiling));
    assert_eq!(revoke_as("jane@example.com"), Ok(()));
    assert_eq!(revoke_as("jane@example.com"), Err(RevokeError::NotFound), "it is gone");
}

#[test]
fn an_expired_invitation_can_be_taken_back() {
    let world = world();
    let invitation = world.invite(&world.jane(), "a@example.com", &["Auditor"]).unwrap();
    world.clock.advance(TimeDelta::days(30));
    assert_eq!(
        world.act(&world.jane(), |tx, actor| revoke(tx, &world.env, actor, &invitation.id.into())),
        Ok(())
    );
}

#[test]
fn the_summary_tells_of_open_invitations_only() {
    let world = world();
    let invitation = world.invite(&world.jane(), "a@example.com", &["Auditor"]).unwrap();
    let title = || world.write(|tx| summary(tx, &world.env, &invitation.secure_id)).unwrap();
    assert_eq!(title().unwrap().as_str(), "Onward, Inc.");
    world.clock.advance(TimeDelta::days(14));
    assert_eq!(title(), None);
}

#[test]
fn principals_are_resolved_to_one_account() {
    let world = world();
    world.account("upside", "Upside");
    let resolved = |principal: &Principal| {
        let credential = Credential::Principal(principal.clone());
        world
            .write(|tx| resolve(tx, &credential, world.env.now()))
            .map(|actor| actor.account.name.to_string())
    };
    let in_account = |slug: &str| Principal {
        account: Some(AccountName::parse(slug).unwrap()),
        ..principal("jane@example.com")
    };
    assert_eq!(resolved(&principal("nobody@example.com")), Err(ResolveError::UnknownPerson));
    assert_eq!(resolved(&principal("JANE@example.com")), Ok("onward".to_owned()), "the only one");
    assert_eq!(resolved(&in_account("upside")), Err(ResolveError::NotAMember("upside".to_owned())));
    assert_eq!(resolved(&in_account("none")), Err(ResolveError::NotAMember("none".to_owned())));
    world.member("upside", "jane@example.com", Grant::of_roles(["user"]).unwrap());
    assert_eq!(resolved(&principal("jane@example.com")), Err(ResolveError::ChooseAccount));
    assert_eq!(resolved(&in_account("upside")), Ok("upside".to_owned()));
    let foreign = Principal { person_id: Some(PersonId::new(77)), ..in_account("upside") };
    assert_eq!(resolved(&foreign), Err(ResolveError::UnknownPerson), "the number of somebody else");
    world.remove(&world.actor("upside", "jane@example.com"));
    world.remove(&world.jane());
    assert_eq!(resolved(&principal("jane@example.com")), Err(ResolveError::NoMembership));
    assert_eq!(resolved(&in_account("onward")), Err(ResolveError::NotAMember("onward".to_owned())));
}
