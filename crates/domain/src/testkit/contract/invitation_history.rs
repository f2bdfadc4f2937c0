use super::{
    Outcome,
    sample::{Scene, found, insert, second, sound, start, stored, update},
};
use crate::{
    Timestamp,
    id::InvitationId,
    invitation::{NewInvitation, Status},
    port::{
        Store, StoreError,
        store::{HistoryPage, OpenList, Order},
    },
};

fn history(
    store: &dyn Store,
    scene: &Scene,
    now: Timestamp,
    page: HistoryPage,
) -> Result<Vec<InvitationId>, StoreError> {
    let listed = store.read("history", |tx| tx.invitation_history(scene.account.id, now, page))?;
    Ok(listed.into_iter().map(|invitation| invitation.id).collect())
}

pub(super) fn every_status_comes_the_newest_first(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let elsewhere = scene.other_account(store)?;
    let invited = |address: &str| scene.invited(store, &format!("{address}@example.com"));
    let (mut accepted, mut declined, mut revoked) = (invited("a")?, invited("b")?, invited("c")?);
    let mut expired = invited("d")?;
    let overdue =
        insert(store, &NewInvitation { expires_at: second(50), ..scene.new_invitation("e@example.com") })?;
    let pending = invited("f")?;
    insert(store, &NewInvitation { account_id: elsewhere.id, ..scene.new_invitation("g@example.com") })?;
    sound(accepted.accept(scene.sponsor.id, second(1)));
    sound(declined.decline(None, second(1)));
    sound(revoked.revoke(None, second(1)));
    assert!(expired.expire(expired.expires_at));
    for ended in [&accepted, &declined, &revoked, &expired] {
        update(store, ended)?;
    }
    let all = [&pending, &overdue, &expired, &revoked, &declined, &accepted].map(|one| one.id);
    let list =
        |status, before, limit| history(store, &scene, second(50), HistoryPage { status, before, limit });
    assert_eq!(list(None, None, 10)?, all);
    assert_eq!(list(None, None, 2)?, all.get(..2).unwrap_or_default());
    assert_eq!(list(None, all.get(1).copied(), 3)?, all.get(2..5).unwrap_or_default());
    assert_eq!(list(None, all.get(5).copied(), 3)?, []);
    for (status, expected) in [
        (Status::Pending, vec![pending.id]),
        (Status::Expired, vec![overdue.id, expired.id]),
        (Status::Revoked, vec![revoked.id]),
        (Status::Declined, vec![declined.id]),
        (Status::Accepted, vec![accepted.id]),
    ] {
        assert_eq!(list(Some(status), None, 10)?, expected, "{status:?}");
    }
    // It was pending at an earlier moment.
    let page = HistoryPage { status: Some(Status::Pending), before: None, limit: 10 };
    assert_eq!(history(store, &scene, second(49), page)?, [pending.id, overdue.id]);
    Ok(())
}

pub(super) fn a_reopened_one_is_open_again(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let mut declined = scene.invited(store, "joe@example.com")?;
    sound(declined.decline(Some(scene.sponsor.id), second(1)));
    update(store, &declined)?;
    let mut reopened = stored(store, &declined)?;
    sound(reopened.reopen(second(2)));
    update(store, &reopened)?;
    let after = stored(store, &reopened)?;
    assert_eq!((after.status, after.closed_at, after.closed_by), (Status::Pending, None, None));
    assert_eq!(after.expires_at, declined.expires_at);
    let list = OpenList { account: scene.account.id, after: None, limit: 10, order: Order::OldestFirst };
    let part = store.read("list", |tx| tx.open_parts(start(), &[list]))?.pop();
    let part = found(found(part));
    assert_eq!((part.count, part.invitations.len()), (1, 1));
    Ok(())
}
