use super::{
    Outcome,
    sample::{Scene, insert, only, second, sound, start, stored, update},
};
use crate::{
    id::InvitationId,
    invitation::{Invitation, NewInvitation},
    port::{
        Store, StoreError,
        store::{OpenList, OpenPart, Order, Page},
    },
};

fn ids(part: &OpenPart) -> Vec<InvitationId> {
    part.invitations.iter().map(|invitation| invitation.id).collect()
}

/// The first address has two forms, as typed and as key, and the list must keep both.
fn five(store: &dyn Store, scene: &Scene) -> Result<Vec<Invitation>, StoreError> {
    ["A", "b", "c", "d", "e"]
        .iter()
        .map(|name| scene.invited(store, &format!("{name}@example.com")))
        .collect()
}

fn list<'a>(scene: &Scene, after: Option<&'a Invitation>, limit: u32, order: Order) -> OpenList<'a> {
    OpenList { account: scene.account.id, after: after.map(|invitation| &invitation.public_id), limit, order }
}

fn parts(store: &dyn Store, lists: &[OpenList<'_>]) -> Result<Vec<Option<OpenPart>>, StoreError> {
    store.look("parts", |tx| tx.open_parts(start(), lists))
}

pub(super) fn parts_begin_behind_any_invitation_of_the_account(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let all = five(store, &scene)?;
    let [ann, bob, cid, dot, eve] = all.as_slice() else { panic!("{all:?}") };
    let mut ended = bob.clone();
    sound(ended.revoke(scene.sponsor.id, second(1)));
    update(store, &ended)?;
    for (after, limit, order, expected, more) in [
        (None, 2, Order::OldestFirst, vec![ann.id, cid.id], true),
        (None, 4, Order::OldestFirst, vec![ann.id, cid.id, dot.id, eve.id], false),
        (None, 3, Order::NewestFirst, vec![eve.id, dot.id, cid.id], true),
        (Some(ann), 2, Order::OldestFirst, vec![cid.id, dot.id], true),
        (Some(bob), 2, Order::OldestFirst, vec![cid.id, dot.id], true),
        (Some(cid), 2, Order::OldestFirst, vec![dot.id, eve.id], false),
        (Some(eve), 2, Order::OldestFirst, vec![], false),
        (Some(cid), 2, Order::NewestFirst, vec![ann.id], false),
        (Some(bob), 1, Order::NewestFirst, vec![ann.id], false),
        (Some(ann), 2, Order::NewestFirst, vec![], false),
        (None, 0, Order::OldestFirst, vec![], true),
        (None, u32::MAX, Order::NewestFirst, vec![eve.id, dot.id, cid.id, ann.id], false),
    ] {
        let part = only(parts(store, &[list(&scene, after, limit, order)])?);
        let part = sound(part.ok_or("the place is not known"));
        let what = format!("{limit} behind {:?}, {order:?}", after.map(|after| after.id));
        assert_eq!((ids(&part), part.more, part.count), (expected, more, 4), "{what}");
    }
    let whole = only(parts(store, &[list(&scene, None, 1, Order::OldestFirst)])?);
    let invitations = sound(whole.ok_or("nothing")).invitations;
    assert_eq!(invitations, [stored(store, ann)?.into()]);
    let addresses: Vec<_> = invitations.iter().map(|one| (one.email.as_str(), one.email.key())).collect();
    assert_eq!(addresses, [("A@example.com", "a@example.com")]);
    Ok(())
}

/// Nearly all invitations of an account have ended, and the sweep has not expired them yet.
pub(super) fn few_open_ones_among_many_overdue_are_listed(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let end = |n: u32| if n % 500 == 7 { second(100) } else { second(10) };
    let new = |n| NewInvitation { expires_at: end(n), ..scene.new_invitation(&format!("p{n}@example.com")) };
    let new: Vec<_> = (0..1100).map(new).collect();
    let mut all = Vec::new();
    for some in new.chunks(100) {
        let inserted = store.write("insert", |tx| tx.insert_invitations(some))?;
        all.extend(inserted.into_iter().map(|one| sound(one.ok_or("a conflict"))));
    }
    let [ann, ended, bob, cid] = [7, 500, 507, 1007].map(|n| sound(all.get(n).ok_or("too few")));
    let now = second(20);
    for (after, limit, order, expected, more) in [
        (None, 2, Order::OldestFirst, vec![ann.id, bob.id], true),
        (None, 3, Order::NewestFirst, vec![cid.id, bob.id, ann.id], false),
        (Some(ann), 1, Order::OldestFirst, vec![bob.id], true),
        (Some(ended), 2, Order::OldestFirst, vec![bob.id, cid.id], false),
        (Some(ended), 2, Order::NewestFirst, vec![ann.id], false),
        (Some(cid), 2, Order::OldestFirst, vec![], false),
    ] {
        let lists = [list(&scene, after, limit, order)];
        let part = only(store.look("parts", |tx| tx.open_parts(now, &lists))?);
        let part = sound(part.ok_or("the place is not known"));
        let what = format!("{limit} behind {:?}, {order:?}", after.map(|after| after.id));
        assert_eq!((ids(&part), part.more, part.count), (expected, more, 3), "{what}");
    }
    for (offset, order, expected) in [
        (0, Order::OldestFirst, [ann, bob]),
        (1, Order::OldestFirst, [bob, cid]),
        (0, Order::NewestFirst, [cid, bob]),
    ] {
        let page = Page { limit: Some(2), offset, order };
        let found = store.read("page", |tx| tx.open_invitations(scene.account.id, now, page))?;
        let found: Vec<_> = found.iter().map(|one| one.id).collect();
        assert_eq!(found, expected.map(|one| one.id), "{page:?}");
    }
    Ok(())
}

pub(super) fn a_place_that_the_account_never_had_is_not_known(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let elsewhere = scene.other_account(store)?;
    let own = scene.invited(store, "a@example.com")?;
    let unknown = Invitation { public_id: scene.token(), ..own.clone() };
    assert_eq!(parts(store, &[list(&scene, Some(&unknown), 2, Order::OldestFirst)])?, [None]);
    let foreign = OpenList { account: elsewhere.id, ..list(&scene, Some(&own), 2, Order::NewestFirst) };
    assert_eq!(parts(store, &[foreign])?, [None]);
    Ok(())
}

pub(super) fn lists_of_every_kind_are_answered_at_once(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let elsewhere = scene.other_account(store)?;
    let all = five(store, &scene)?;
    let [ann, bob, cid, dot, eve] = all.as_slice() else { panic!("{all:?}") };
    let unknown = Invitation { public_id: scene.token(), ..ann.clone() };
    let first = list(&scene, None, 2, Order::OldestFirst);
    let lists = [
        OpenList { account: elsewhere.id, ..first },
        first,
        list(&scene, None, 2, Order::NewestFirst),
        list(&scene, Some(&unknown), 2, Order::OldestFirst),
        list(&scene, Some(cid), 3, Order::OldestFirst),
        list(&scene, Some(bob), 2, Order::OldestFirst),
        first,
    ];
    let found = parts(store, &lists)?;
    let numbers: Vec<_> =
        found.iter().map(|part| part.as_ref().map(|part| (ids(part), part.count))).collect();
    let expected = [
        Some((vec![], 0)),
        Some((vec![ann.id, bob.id], 5)),
        Some((vec![eve.id, dot.id], 5)),
        None,
        Some((vec![dot.id, eve.id], 5)),
        Some((vec![cid.id, dot.id], 5)),
        Some((vec![ann.id, bob.id], 5)),
    ];
    assert_eq!(numbers, expected);
    assert_eq!(parts(store, &[])?, []);
    Ok(())
}

/// Both ways to read the count agree, before and after housekeeping.
pub(super) fn the_count_follows_every_change(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let elsewhere = scene.other_account(store)?;
    let counted = |expected: u64, seconds: i64| -> Outcome {
        for settled in [false, true] {
            if settled {
                store.write("settle", |tx| tx.settle_open_counts())?;
            }
            let lists = [list(&scene, None, 9, Order::OldestFirst)];
            let part = only(store.look("part", |tx| tx.open_parts(second(seconds), &lists))?);
            let count =
                store.read("count", |tx| tx.count_open_invitations(scene.account.id, second(seconds)))?;
            let listed = sound(part.ok_or("nothing"));
            assert_eq!((listed.count, count), (expected, expected), "settled: {settled}");
            assert_eq!(listed.invitations.len(), usize::try_from(expected).unwrap_or_default());
        }
        Ok(())
    };
    counted(0, 0)?;
    let all = five(store, &scene)?;
    insert(store, &NewInvitation { account_id: elsewhere.id, ..scene.new_invitation("a@example.com") })?;
    counted(5, 0)?;
    let [a, b, c, d, _] = all.as_slice() else { panic!("{all:?}") };
    let (mut accepted, mut declined, mut revoked) = (a.clone(), b.clone(), c.clone());
    sound(accepted.accept(scene.sponsor.id, second(1)));
    sound(declined.decline(None, second(1)));
    sound(revoked.revoke(scene.sponsor.id, second(1)));
    for ended in [&accepted, &declined, &revoked] {
        update(store, ended)?;
    }
    counted(2, 0)?;
    let rejected: Result<(), StoreError> = store.write("give up", |tx| {
        let mut gone = d.clone();
        sound(gone.decline(None, second(1)));
        tx.update_invitation(&gone)?;
        Err(StoreError::Unreachable("given up".to_owned()))
    });
    assert!(rejected.is_err());
    counted(2, 0)?;
    // All terms have ended, and no expiry is stored; then one expiry is stored; then that invitation is open again.
    let over = (d.expires_at - start()).num_seconds();
    counted(0, over)?;
    let mut expired = d.clone();
    assert!(expired.expire(d.expires_at));
    update(store, &expired)?;
    counted(0, over)?;
    counted(1, 0)?;
    let mut renewed = stored(store, d)?;
    sound(renewed.renew(scene.sponsor.id, second(over)));
    update(store, &renewed)?;
    counted(1, over)?;
    counted(2, 0)
}
