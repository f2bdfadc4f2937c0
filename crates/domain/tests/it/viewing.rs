use chrono::TimeDelta;
use usher_domain::{
    account::AccountName,
    id::{InvitationId, PersonId},
    port::store::Order,
    principal::{Actor, Credential, Principal},
    testkit::{Scene, grant, principal},
    usecase::{
        resolve::{ResolveError, resolve},
        revoke::{RevokeError, revoke},
        summary::summary,
        view::{Part, Start, ViewError, get, get_all, list, list_all},
    },
};

/// A part of a list in the order of creation.
pub(crate) fn part(limit: u32, offset: u64) -> Part {
    Part { limit, start: Start::Offset(offset), order: Order::OldestFirst }
}

#[test]
fn a_list_has_the_open_invitations_of_the_account_and_their_count() {
    let scene = Scene::new();
    scene.add_account("upside", "Upside");
    scene.add_member("upside", "ann@example.com", grant(["superuser"]));
    scene.invite(&scene.actor("upside", "ann@example.com"), "other@example.com", &["user"]).unwrap();
    let ids: Vec<InvitationId> = (0..5)
        .map(|n| scene.invite(&scene.admin(), &format!("p{n}@example.com"), &["Auditor"]).unwrap().id)
        .collect();
    let listing =
        |part: &Part| scene.act(&scene.admin(), |tx, env, actor| list(tx, env, actor, part)).unwrap();
    let whole = listing(&part(10, 0));
    assert_eq!(whole.items.iter().map(|view| view.id).collect::<Vec<_>>(), ids);
    assert_eq!(whole.count, 5);
    let last = listing(&part(2, 3));
    assert_eq!(last.items.iter().map(|view| view.id).collect::<Vec<_>>(), ids[3..]);
    assert_eq!((last.count, last.more), (5, false));
    let newest = listing(&Part { order: Order::NewestFirst, ..part(2, 3) });
    let seen: Vec<InvitationId> = newest.items.iter().map(|view| view.id).collect();
    assert_eq!(seen, [ids[1], ids[0]]);
    scene.clock.advance(TimeDelta::days(14));
    assert_eq!(listing(&part(10, 0)).count, 0, "expired, whether the sweep recorded it or not");
    assert_eq!(
        scene.act(&scene.admin(), |tx, env, actor| get(tx, env, actor, ids[0])),
        Err(ViewError::NotFound)
    );
}

#[test]
fn parts_of_a_list_follow_each_other_in_either_order() {
    let scene = Scene::new();
    let ids: Vec<InvitationId> = (0..5)
        .map(|n| scene.invite(&scene.admin(), &format!("p{n}@example.com"), &["Auditor"]).unwrap().id)
        .collect();
    for order in [Order::OldestFirst, Order::NewestFirst] {
        let mut wanted = Part { order, ..part(2, 0) };
        let (mut seen, mut sizes) = (Vec::new(), Vec::new());
        loop {
            let listing = scene.act(&scene.admin(), |tx, env, actor| list(tx, env, actor, &wanted)).unwrap();
            assert_eq!(listing.count, 5);
            sizes.push(listing.items.len());
            seen.extend(listing.items.iter().map(|view| view.id));
            let Some(next) = listing.next() else { break };
            wanted.start = Start::Behind(next.clone());
        }
        if order == Order::NewestFirst {
            seen.reverse();
        }
        assert_eq!((seen, sizes), (ids.clone(), vec![2, 2, 1]), "{order:?}");
    }
}

#[test]
fn a_place_in_the_list_of_another_account_is_unknown() {
    let scene = Scene::new();
    scene.add_account("upside", "Upside");
    scene.add_member("upside", "ann@example.com", grant(["superuser"]));
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let behind = Part { start: Start::Behind(invitation.public_id.clone()), ..part(2, 0) };
    let ann = scene.actor("upside", "ann@example.com");
    let listed = |actor: &Actor| scene.act(actor, |tx, env, actor| list(tx, env, actor, &behind));
    assert_eq!(listed(&ann), Err(ViewError::UnknownPlace));
    assert_eq!(listed(&scene.admin()).unwrap().items, []);
}

#[test]
fn results_of_a_batch_are_in_the_order_of_its_requests() {
    let scene = Scene::new();
    scene.add_account("upside", "Upside");
    scene.add_member("upside", "ann@example.com", grant(["superuser"]));
    scene.add_member("onward", "usr@example.com", grant(["user"]));
    let (jane, ann) = (scene.admin(), scene.actor("upside", "ann@example.com"));
    let user = scene.actor("onward", "usr@example.com");
    let invitation = scene.invite(&jane, "joe@example.com", &["Auditor"]).unwrap();
    let (whole, unknown) = (part(2, 0), InvitationId::new(77));
    let got = scene.write(|tx| {
        let wanted =
            [(&user, &invitation.id), (&jane, &unknown), (&jane, &invitation.id), (&ann, &invitation.id)];
        get_all(tx, &scene.env, &wanted)
    });
    let found: Vec<_> = got.unwrap().into_iter().map(|got| got.map(|view| view.id)).collect();
    let nothing = Err(ViewError::NotFound);
    assert_eq!(found, [Err(ViewError::Forbidden), nothing.clone(), Ok(invitation.id), nothing]);
    let deep = part(2, 1);
    let listed = scene.write(|tx| {
        let wanted = [(&jane, &deep), (&user, &whole), (&ann, &whole), (&jane, &whole)];
        list_all(tx, &scene.env, &wanted)
    });
    let counts: Vec<_> =
        listed.unwrap().into_iter().map(|listed| listed.map(|part| (part.count, part.items.len()))).collect();
    assert_eq!(counts, [Ok((1, 0)), Err(ViewError::Forbidden), Ok((0, 0)), Ok((1, 1))]);
}

#[test]
fn equal_lists_of_one_batch_show_each_actor_what_its_rights_allow() {
    let scene = Scene::new();
    scene.add_member("onward", "eng@example.com", grant(["Auditor"]));
    scene.add_account("upside", "Upside");
    scene.add_member("upside", "ann@example.com", grant(["superuser"]));
    let (jane, auditor) = (scene.admin(), scene.actor("onward", "eng@example.com"));
    let ann = scene.actor("upside", "ann@example.com");
    scene.invite(&jane, "joe@example.com", &["GlobalAdmin"]).unwrap();
    let whole = part(2, 0);
    let newest = Part { order: Order::NewestFirst, ..whole.clone() };
    let wanted = [(&jane, &whole), (&auditor, &whole), (&ann, &whole), (&jane, &newest), (&jane, &whole)];
    let together = scene.write(|tx| list_all(tx, &scene.env, &wanted)).unwrap();
    let alone = wanted.map(|(actor, part)| scene.write(|tx| list(tx, &scene.env, actor, part)));
    assert_eq!(together, alone);
    let secrets = together.iter().map(|listed| {
        let items = &listed.as_ref().unwrap().items;
        items.iter().map(|view| view.secure_id.is_some()).collect::<Vec<_>>()
    });
    assert_eq!(secrets.collect::<Vec<_>>(), [vec![true], vec![false], vec![], vec![true], vec![true]]);
}

#[test]
fn an_invitation_of_another_account_is_not_found() {
    let scene = Scene::new();
    scene.add_account("upside", "Upside");
    scene.add_member("upside", "ann@example.com", grant(["superuser"]));
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["Auditor"]).unwrap();
    let ann = scene.actor("upside", "ann@example.com");
    assert_eq!(scene.write(|tx| get(tx, &scene.env, &ann, invitation.id)), Err(ViewError::NotFound));
    assert_eq!(
        scene.write(|tx| revoke(tx, &scene.env, &ann, &invitation.id.into())),
        Err(RevokeError::NotFound)
    );
}

#[test]
fn only_an_actor_who_could_make_the_invitation_sees_its_secure_id() {
    let scene = Scene::new();
    scene.add_member("onward", "aud@example.com", grant(["Auditor"]));
    scene.add_member("onward", "eng@example.com", grant(["engineer"]));
    scene.add_member("onward", "usr@example.com", grant(["user"]));
    let admin = scene.invite(&scene.admin(), "a@example.com", &["GlobalAdmin"]).unwrap();
    let user = scene.invite(&scene.admin(), "b@example.com", &["user"]).unwrap();
    let sees = |who: &str, id| {
        scene
            .act(&scene.actor("onward", who), |tx, env, actor| get(tx, env, actor, id))
            .map(|view| view.secure_id.is_some())
    };
    assert_eq!(sees("jane@example.com", admin.id), Ok(true));
    assert_eq!(sees("aud@example.com", admin.id), Ok(false));
    assert_eq!(sees("eng@example.com", admin.id), Ok(false));
    assert_eq!(sees("eng@example.com", user.id), Ok(true));
    assert_eq!(sees("usr@example.com", user.id), Err(ViewError::Forbidden));
}

#[test]
fn only_an_actor_who_could_make_the_invitation_revokes_it() {
    let scene = Scene::new();
    scene.add_member("onward", "aud@example.com", grant(["Auditor"]));
    scene.add_member("onward", "eng@example.com", grant(["engineer"]));
    let admin = scene.invite(&scene.admin(), "a@example.com", &["GlobalAdmin"]).unwrap();
    let revoke_as = |who: &str| {
        scene.act(&scene.actor("onward", who), |tx, env, actor| revoke(tx, env, actor, &admin.id.into()))
    };
    assert_eq!(revoke_as("aud@example.com"), Err(RevokeError::Forbidden));
    assert_eq!(revoke_as("eng@example.com"), Err(RevokeError::AboveCeiling));
    assert_eq!(revoke_as("jane@example.com"), Ok(()));
    assert_eq!(revoke_as("jane@example.com"), Err(RevokeError::NotFound), "it is gone");
}

#[test]
fn an_expired_invitation_is_revoked() {
    let scene = Scene::new();
    let invitation = scene.invite(&scene.admin(), "a@example.com", &["Auditor"]).unwrap();
    scene.clock.advance(TimeDelta::days(30));
    assert_eq!(
        scene.act(&scene.admin(), |tx, env, actor| revoke(tx, env, actor, &invitation.id.into())),
        Ok(())
    );
}

#[test]
fn the_summary_shows_open_invitations_only() {
    let scene = Scene::new();
    let invitation = scene.invite(&scene.admin(), "a@example.com", &["Auditor"]).unwrap();
    let title = || scene.write(|tx| summary(tx, &scene.env, &invitation.secure_id)).unwrap();
    assert_eq!(title().unwrap().as_str(), "Onward, Inc.");
    scene.clock.advance(TimeDelta::days(14));
    assert_eq!(title(), None);
}

#[test]
fn a_principal_resolves_to_one_account() {
    let scene = Scene::new();
    scene.add_account("upside", "Upside");
    let resolved = |principal: &Principal| {
        let credential = Credential::Principal(principal.clone());
        scene
            .write(|tx| resolve(tx, &credential, scene.env.now()))
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
    scene.add_member("upside", "jane@example.com", grant(["user"]));
    assert_eq!(resolved(&principal("jane@example.com")), Err(ResolveError::ChooseAccount));
    assert_eq!(resolved(&in_account("upside")), Ok("upside".to_owned()));
    let foreign = Principal { person_id: Some(PersonId::new(77)), ..in_account("upside") };
    assert_eq!(resolved(&foreign), Err(ResolveError::UnknownPerson), "the number of another person");
    scene.remove(&scene.actor("upside", "jane@example.com"));
    scene.remove(&scene.admin());
    assert_eq!(resolved(&principal("jane@example.com")), Err(ResolveError::NoMembership));
    assert_eq!(resolved(&in_account("onward")), Err(ResolveError::NotAMember("onward".to_owned())));
}
