use super::{
    Outcome,
    sample::{INSTANT, Scene, email, insert, mails, second, sound, start, stored, update},
};
use crate::{
    Timestamp,
    id::{AccountId, InvitationId},
    invitation::{Invitation, NewInvitation, OpenInvitation},
    port::{
        Store, StoreError,
        store::{Addressee, AddresseeHistory, OpenList, Order, Page},
    },
};

fn ids(invitations: impl IntoIterator<Item = OpenInvitation>) -> Vec<InvitationId> {
    invitations.into_iter().map(|invitation| invitation.id).collect()
}

/// The numbers of the open invitations, after checking that the count agrees.
fn open(store: &dyn Store, account: AccountId, now: Timestamp) -> Result<Vec<InvitationId>, StoreError> {
    store.read("list and count", |tx| {
        let open = tx.open_invitations(account, now, Page::default())?;
        assert_eq!(tx.count_open_invitations(account, now)?, u64::try_from(open.len()).unwrap_or(u64::MAX));
        Ok(ids(open))
    })
}

fn overdue(store: &dyn Store, now: Timestamp, limit: u32) -> Result<Vec<InvitationId>, StoreError> {
    store
        .read("list overdue", |tx| tx.overdue_invitations(now, limit))
        .map(|all| all.into_iter().map(|invitation| invitation.id).collect())
}

pub(super) fn open_ones_come_by_number_in_pages(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let mut all = Vec::new();
    for (index, address) in ["e", "d", "c", "b", "a"].into_iter().enumerate() {
        // Later ones expire earlier, because the list must not be ordered by expiry.
        let ends = second(100 - i64::try_from(index).unwrap_or_default());
        let new =
            NewInvitation { expires_at: ends, ..scene.new_invitation(&format!("{address}@example.com")) };
        all.push(OpenInvitation::from(insert(store, &new)?));
    }
    let account = scene.account.id;
    let page = |limit: Option<u32>, offset: u64| {
        store.read("page", |tx| {
            tx.open_invitations(account, start(), Page { limit, offset, ..Page::default() })
        })
    };
    assert_eq!(page(None, 0)?, all);
    let numbers = ids(all);
    for (limit, offset, expected) in [
        (None, 0, 0..5),
        (None, 3, 3..5),
        (None, 5, 5..5),
        (None, u64::MAX, 5..5),
        (Some(2), 0, 0..2),
        (Some(2), 2, 2..4),
        (Some(2), 4, 4..5),
        (Some(0), 0, 0..0),
        (Some(u32::MAX), 1, 1..5),
        (Some(3), u64::MAX, 5..5),
    ] {
        let expected = numbers.get(expected).unwrap_or_default();
        assert_eq!(ids(page(limit, offset)?), expected, "limit {limit:?}, offset {offset}");
    }
    assert_eq!(open(store, account, start())?, numbers);
    Ok(())
}

pub(super) fn the_newest_can_come_first(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let mut all = Vec::new();
    for address in ["a", "c", "b"] {
        all.push(scene.invited(store, &format!("{address}@example.com"))?.id);
    }
    all.reverse();
    for (limit, offset, expected) in
        [(None, 0, 0..3), (Some(2), 0, 0..2), (Some(2), 2, 2..3), (None, 1, 1..3), (Some(2), 3, 3..3)]
    {
        let page = Page { limit, offset, order: Order::NewestFirst };
        let part = store.read("page", |tx| tx.open_invitations(scene.account.id, start(), page))?;
        assert_eq!(ids(part), all.get(expected).unwrap_or_default(), "limit {limit:?}, offset {offset}");
    }
    Ok(())
}

pub(super) fn a_part_is_the_same_from_either_end(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    for address in ["a", "b", "c", "d", "e"] {
        scene.invited(store, &format!("{address}@example.com"))?;
    }
    let limits = (0..7).map(Some).chain([None, Some(u32::MAX)]);
    for (limit, offset, order) in limits.flat_map(|limit| {
        let offsets = (0..8).chain([u64::MAX]);
        offsets.flat_map(move |offset| {
            [Order::OldestFirst, Order::NewestFirst].map(|order| (limit, offset, order))
        })
    }) {
        let page = Page { limit, offset, order };
        let (mirrored, in_reverse) = page.from_nearer_end(5);
        let look = |page| store.read("page", |tx| tx.open_invitations(scene.account.id, start(), page));
        let mut found = ids(look(mirrored)?);
        if in_reverse {
            found.reverse();
        }
        assert_eq!(found, ids(look(page)?), "{page:?} as {mirrored:?}");
        assert!(found.is_empty() || mirrored.offset <= 2, "{page:?} leaves out more than half: {mirrored:?}");
    }
    Ok(())
}

pub(super) fn open_ends_at_the_exact_moment(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let account = scene.account.id;
    // Ends with a fraction of six digits, of three, and of none: as text they have different lengths.
    let whole = sound(Timestamp::from_timestamp(1_800_000_000, 0).ok_or("no such moment"));
    for (index, ends) in [whole - INSTANT, whole, whole + INSTANT * 1_000].into_iter().enumerate() {
        let address = format!("{index}@example.com");
        let invitation =
            insert(store, &NewInvitation { expires_at: ends, ..scene.new_invitation(&address) })?;
        assert_eq!(open(store, account, ends - INSTANT)?, [invitation.id], "before {ends}");
        assert_eq!(overdue(store, ends - INSTANT, 10)?, [], "before {ends}");
        for now in [ends, ends + INSTANT, ends + INSTANT * 1_000_000_000] {
            assert_eq!(open(store, account, now)?, [], "{ends} at {now}");
            assert_eq!(overdue(store, now, 10)?, [invitation.id], "{ends} at {now}");
        }
        let mut expired = invitation;
        assert!(expired.expire(ends));
        update(store, &expired)?;
    }
    Ok(())
}

pub(super) fn ended_ones_and_those_of_other_accounts_are_left_out(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let elsewhere = scene.other_account(store)?;
    let invited = |address: &str| scene.invited(store, &format!("{address}@example.com"));
    let (mut accepted, mut declined, mut revoked) = (invited("a")?, invited("b")?, invited("c")?);
    let (mut expired, open_one) = (invited("d")?, invited("e")?);
    let foreign =
        insert(store, &NewInvitation { account_id: elsewhere.id, ..scene.new_invitation("f@example.com") })?;
    sound(accepted.accept(scene.sponsor.id, second(1)));
    sound(declined.decline(None, second(1)));
    sound(revoked.revoke(scene.sponsor.id, second(1)));
    assert!(expired.expire(expired.expires_at));
    for ended in [&accepted, &declined, &revoked, &expired] {
        update(store, ended)?;
    }
    assert_eq!(open(store, scene.account.id, start())?, [open_one.id]);
    assert_eq!(open(store, elsewhere.id, start())?, [foreign.id]);
    // The sweep covers all accounts, and every row that is stored as pending.
    assert_eq!(overdue(store, second(1_000), 10)?, [open_one.id, foreign.id]);
    Ok(())
}

pub(super) fn overdue_ones_come_by_their_end(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let ends = [40, 10, 30, 10, 20];
    let mut numbers = Vec::new();
    for (index, seconds) in ends.into_iter().enumerate() {
        let address = format!("{index}@example.com");
        let new = NewInvitation { expires_at: second(seconds), ..scene.new_invitation(&address) };
        numbers.push(insert(store, &new)?.id);
    }
    let sorted: Vec<_> =
        [1, 3, 4, 2, 0].into_iter().filter_map(|index: usize| numbers.get(index).copied()).collect();
    for limit in 0..=6 {
        let expected = sorted.get(..limit).unwrap_or(&sorted);
        assert_eq!(overdue(store, second(50), u32::try_from(limit).unwrap_or_default())?, expected);
    }
    assert_eq!(overdue(store, second(20), 10)?, sorted.get(..3).unwrap_or_default());
    assert_eq!(overdue(store, second(9), 10)?, []);
    Ok(())
}

/// A store may count many overdue invitations in another way than a few.
pub(super) fn many_overdue_invitations_are_not_counted(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let new = |number: i64| {
        let ends = if number < 1200 { second(10) } else { second(100) };
        NewInvitation { expires_at: ends, ..scene.new_invitation(&format!("guest{number}@example.com")) }
    };
    let all: Vec<_> = (0..1203).map(new).collect();
    store.write("insert", |tx| tx.insert_invitations(&all).map(drop))?;
    assert_eq!(open(store, scene.account.id, second(10) - INSTANT)?.len(), 1203);
    assert_eq!(open(store, scene.account.id, second(10))?.len(), 3);
    let list = OpenList { account: scene.account.id, after: None, limit: 2, order: Order::OldestFirst };
    let part = store.read("part", |tx| tx.open_parts(second(10), &[list]))?.pop().flatten();
    assert_eq!(part.map(|part| (part.count, part.invitations.len(), part.more)), Some((3, 2, true)));
    Ok(())
}

pub(super) fn histories_tell_what_matters_to_an_address(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let end = |address: &str, at: i64, end: fn(&mut Invitation, Timestamp) -> bool| {
        let mut invitation = scene.invited(store, address)?;
        assert!(end(&mut invitation, second(at)));
        update(store, &invitation)
    };
    end("ada@example.com", 10, |invitation, at| invitation.decline(None, at).is_ok())?;
    end("ada@example.com", 20, |invitation, at| invitation.decline(None, at).is_ok())?;
    end("ada@example.com", 200, Invitation::expire)?;
    end("b@example.com", 5, |invitation, at| invitation.decline(None, at).is_ok())?;
    let pending = scene.invited(store, "ada@example.com")?;
    let (ada, other, unknown) = (email("ada@example.com"), email("b@example.com"), email("c@example.com"));
    let of = |email| Addressee { account: scene.account.id, email };
    let look = |since: i64| {
        store.read("look", |tx| tx.histories(&[of(&other), of(&ada), of(&unknown)], second(since)))
    };
    let none = AddresseeHistory::default();
    let declined = |at: i64| AddresseeHistory {
        pending: Some(pending.clone()),
        last_sent: Some(start()),
        declined_at: Some(second(at)),
    };
    assert_eq!(
        look(5)?,
        [none.clone(), declined(20), none.clone()],
        "an end at the moment itself is too early"
    );
    assert_eq!(look(20)?[1].declined_at, None);
    let mut all = look(0)?;
    assert_eq!(all.remove(0).declined_at, Some(second(5)));
    let elsewhere = scene.other_account(store)?.id;
    let foreign = Addressee { account: elsewhere, email: &ada };
    assert_eq!(store.read("look", |tx| tx.histories(&[foreign], second(0)))?, [none]);
    Ok(())
}

pub(super) fn ended_invitations_are_erased_the_earliest_end_first(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let mut ids = Vec::new();
    for (address, at) in [("a@example.com", 30), ("b@example.com", 20), ("c@example.com", 40)] {
        let mut invitation = scene.invited(store, address)?;
        assert!(invitation.decline(None, second(at)).is_ok());
        update(store, &invitation)?;
        ids.push(invitation);
    }
    let pending = scene.invited(store, "d@example.com")?;
    let erase =
        |before: i64, limit| store.write("erase", |tx| tx.erase_ended(second(before), second(50), limit));
    assert_eq!((erase(20, 10)?, erase(40, 1)?), (0, 1));
    let erased = |invitation: &Invitation| Ok::<_, StoreError>(stored(store, invitation)?.is_erased());
    assert_eq!((erased(&ids[0])?, erased(&ids[1])?), (false, true));
    assert_eq!((erase(40, 10)?, erase(40, 10)?), (1, 0));
    assert_eq!((erased(&ids[0])?, erased(&ids[2])?, erased(&pending)?), (true, false, false));
    let gone = stored(store, &ids[0])?;
    assert_eq!((gone.name, gone.locale, gone.closed_at), (None, None, Some(second(30))));
    Ok(())
}

pub(super) fn those_to_an_address_are_deleted_with_their_mails(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let elsewhere = scene.other_account(store)?;
    let first = scene.invited(store, "Ada@example.com")?;
    scene.queued(store, &first, 1)?;
    let mut ended = first.clone();
    sound(ended.revoke(scene.sponsor.id, second(1)));
    update(store, &ended)?;
    let second_one = scene.invited(store, "ada@example.com")?;
    let foreign = insert(
        store,
        &NewInvitation { account_id: elsewhere.id, ..scene.new_invitation("ADA@example.com") },
    )?;
    let other = scene.invited(store, "grace@example.com")?;
    let ada = email("ada@example.com");
    assert_eq!(store.write("delete", |tx| tx.delete_invitations_to(&ada))?, 3);
    assert_eq!(store.write("delete again", |tx| tx.delete_invitations_to(&ada))?, 0);
    assert_eq!(mails(store, &first)?, []);
    store.read("look", |tx| {
        for deleted in [&first, &second_one, &foreign] {
            assert_eq!(tx.invitation(deleted.account_id, deleted.id)?, None);
        }
        assert_eq!(tx.count_open_invitations(scene.account.id, start())?, 1);
        assert_eq!(tx.count_open_invitations(elsewhere.id, start())?, 0);
        Ok::<_, StoreError>(())
    })?;
    assert_eq!(open(store, scene.account.id, start())?, [other.id]);
    Ok(())
}
