use super::{
    Outcome,
    sample::{INSTANT, Scene, claim, email, found, insert, mails, pending, second},
};
use crate::{
    Timestamp,
    id::{AccountId, MailId},
    invitation::{Invitation, NewInvitation},
    outbox::{Destination, LeaseToken, Mail, MailState},
    port::{
        Store, StoreError,
        store::{LeasedWork, MailClaim, Settlement},
    },
};

fn ids(mails: &[Mail]) -> Vec<MailId> {
    mails.iter().map(|mail| mail.id).collect()
}

/// One invitation, with mails queued at these seconds.
fn queue(
    store: &dyn Store,
    seconds: impl IntoIterator<Item = i64>,
) -> Result<(Scene, Invitation, Vec<MailId>), StoreError> {
    let scene = Scene::new(store)?;
    let invitation = scene.invited(store, "ada@example.com")?;
    let queued = seconds.into_iter().map(|second| scene.queued(store, &invitation, second));
    let queued = queued.collect::<Result<_, _>>()?;
    Ok((scene, invitation, queued))
}

fn relay(store: &dyn Store, mail: &Mail, lease: &LeaseToken, at: Timestamp) -> Result<bool, StoreError> {
    let relayed =
        Settlement { state: MailState::Relayed, attempts: 0, due_at: at, error: None, refused_at: None, at };
    store.write("settle", |tx| tx.settle_mail(mail, lease, &relayed))
}

/// Queues a mail of another account at that second.
fn queue_elsewhere(
    store: &dyn Store,
    scene: &Scene,
    seconds: i64,
) -> Result<(AccountId, MailId), StoreError> {
    let elsewhere = scene.other_account(store)?;
    let foreign = NewInvitation { account_id: elsewhere.id, ..scene.new_invitation("b@elsewhere.example") };
    let foreign = insert(store, &foreign)?;
    Ok((elsewhere.id, scene.queued(store, &foreign, seconds)?))
}

pub(super) fn mails_are_claimed_the_earliest_due_first(store: &dyn Store) -> Outcome {
    let (scene, _, queued) = queue(store, [40, 10, 30, 10, 20])?;
    let expected: Vec<_> =
        [1, 3, 4, 2, 0].into_iter().filter_map(|index: usize| queued.get(index).copied()).collect();
    let (lease, term) = (scene.lease(), (second(50), second(90)));
    assert_eq!(claim(store, term, &lease, 0)?, []);
    for chunk in [0..1, 1..4, 4..5] {
        let limit = u32::try_from(chunk.len()).unwrap_or_default();
        assert_eq!(ids(&claim(store, term, &lease, limit)?), expected.get(chunk).unwrap_or_default());
    }
    assert_eq!(claim(store, term, &lease, u32::MAX)?, []);
    Ok(())
}

/// Of an account with many mails and one with a single, later mail, both get one mail in turn.
pub(super) fn accounts_take_turns(store: &dyn Store) -> Outcome {
    let (scene, invitation, queued) = queue(store, [1, 2, 3, 4, 5, 6])?;
    let (elsewhere, single) = queue_elsewhere(store, &scene, 20)?;
    let token = scene.lease();
    let claim = |after, limit| {
        let claim =
            MailClaim { now: second(30), until: second(90), token: &token, limit, after, except: &[] };
        store.write("claim", |tx| tx.claim_mails(&claim)).map(|mails| ids(&mails))
    };
    assert_eq!(claim(None, 1)?, [queued[0]]);
    assert_eq!(claim(Some(invitation.account_id), 1)?, [single], "it is the other account's turn");
    assert_eq!(claim(Some(elsewhere), 1)?, [queued[1]], "the turns begin again");
    let other = scene.queued(store, &foreign_of(store, elsewhere)?, 25)?;
    assert_eq!(
        claim(Some(invitation.account_id), 3)?,
        [other, queued[2], queued[3]],
        "the limit is filled up"
    );
    assert_eq!(claim(Some(elsewhere), 10)?, [queued[4], queued[5]]);
    assert_eq!(claim(None, 10)?, []);
    Ok(())
}

/// The invitation of the other account.
fn foreign_of(store: &dyn Store, account: AccountId) -> Result<Invitation, StoreError> {
    store.read("look", |tx| pending(tx, account, &email("b@elsewhere.example"))).map(found)
}

pub(super) fn mails_to_left_out_destinations_wait(store: &dyn Store) -> Outcome {
    let (scene, _, queued) = queue(store, [1, 2])?;
    let (_, single) = queue_elsewhere(store, &scene, 3)?;
    let token = scene.lease();
    let claim = |except: &[Destination]| {
        let claim =
            MailClaim { now: second(30), until: second(90), token: &token, limit: 10, after: None, except };
        store.write("claim", |tx| tx.claim_mails(&claim)).map(|mails| ids(&mails))
    };
    assert_eq!(claim(&[Destination::of_mail(&email("x@example.com"))])?, [single]);
    assert_eq!(claim(&[Destination::of_mail(&email("x@elsewhere.example"))])?, queued);
    Ok(())
}

/// The order of an account's mails does not change when a lease lapses.
pub(super) fn a_mail_whose_lease_is_over_keeps_its_place(store: &dyn Store) -> Outcome {
    let (scene, _, queued) = queue(store, [1, 30, 65])?;
    let claimed = claim(store, (second(10), second(60)), &scene.lease(), 10)?;
    assert_eq!(ids(&claimed), queued[..1]);
    let again = claim(store, (second(70), second(90)), &scene.lease(), 10)?;
    assert_eq!(ids(&again), queued);
    Ok(())
}

pub(super) fn one_process_has_the_lease_on_work(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let (first, other) = (scene.lease(), scene.lease());
    let take = |token: &LeaseToken, now, until| {
        store.write("take", |tx| tx.take_lease(LeasedWork::Sweep, token, second(now), second(until)))
    };
    assert!(take(&first, 0, 30)?);
    assert!(!take(&other, 29, 60)?, "the lease runs");
    assert!(take(&first, 20, 50)?, "its holder prolongs it");
    assert!(!take(&other, 49, 60)?);
    assert!(take(&other, 50, 80)?, "it ended");
    assert!(!take(&first, 51, 90)?);
    assert!(take(&other, 60, 60)?, "its holder ends it");
    assert!(take(&first, 60, 90)?);
    Ok(())
}

pub(super) fn a_mail_is_claimed_from_its_moment_on(store: &dyn Store) -> Outcome {
    let (scene, invitation, _) = queue(store, [10])?;
    let lease = scene.lease();
    assert_eq!(claim(store, (second(10) - INSTANT, second(90)), &lease, 10)?, []);
    let claimed = claim(store, (second(10), second(90)), &lease, 10)?;
    let lease = Some((second(90), lease));
    assert!(matches!(claimed.as_slice(), [mail] if mail.lease == lease && mail.state == MailState::Queued));
    assert_eq!(mails(store, &invitation)?, claimed);
    Ok(())
}

pub(super) fn a_claimed_mail_is_nobody_elses(store: &dyn Store) -> Outcome {
    let (scene, _, queued) = queue(store, [1, 2])?;
    let first = claim(store, (second(10), second(90)), &scene.lease(), 1)?;
    let second_claim = claim(store, (second(10), second(90)), &scene.lease(), 10)?;
    assert_eq!((ids(&first), ids(&second_claim)), (vec![queued[0]], vec![queued[1]]));
    assert_eq!(claim(store, (second(10), second(90)), &scene.lease(), 10)?, []);
    Ok(())
}

pub(super) fn a_lease_ends_at_its_exact_moment(store: &dyn Store) -> Outcome {
    let (scene, _, queued) = queue(store, [1])?;
    claim(store, (second(10), second(60)), &scene.lease(), 10)?;
    assert_eq!(claim(store, (second(60) - INSTANT, second(90)), &scene.lease(), 10)?, []);
    let next = scene.lease();
    let taken_over = claim(store, (second(60), second(90)), &next, 10)?;
    assert_eq!(ids(&taken_over), queued);
    assert_eq!(taken_over.first().and_then(|mail| mail.lease.clone()), Some((second(90), next)));
    Ok(())
}

pub(super) fn only_the_holder_settles(store: &dyn Store) -> Outcome {
    let (scene, invitation, queued) = queue(store, [1, 2])?;
    let (lease, stranger) = (scene.lease(), scene.lease());
    claim(store, (second(10), second(60)), &lease, 1)?;
    let before = mails(store, &invitation)?;
    // Rejected: another lease, the worker's own lease on a mail that is not leased, and an unknown mail.
    let unknown = Mail { id: MailId::new(queued[1].get() + 1), ..before[1].clone() };
    assert!(!relay(store, &before[0], &stranger, second(11))?);
    assert!(!relay(store, &before[1], &lease, second(11))?);
    assert!(!relay(store, &unknown, &lease, second(11))?);
    assert_eq!(mails(store, &invitation)?, before);
    assert!(relay(store, &before[0], &lease, second(11))?);
    // Once only.
    assert!(!relay(store, &before[0], &lease, second(12))?);
    assert_eq!(
        ids(&claim(store, (second(10), second(60)), &lease, 10)?),
        queued[1..],
        "the other is still queued"
    );
    Ok(())
}

pub(super) fn a_lost_lease_settles_nothing(store: &dyn Store) -> Outcome {
    let (scene, invitation, queued) = queue(store, [1])?;
    let (slow, next) = (scene.lease(), scene.lease());
    claim(store, (second(10), second(60)), &slow, 1)?;
    claim(store, (second(60), second(120)), &next, 1)?;
    let before = mails(store, &invitation)?;
    assert_eq!(ids(&before), queued);
    assert!(!relay(store, &before[0], &slow, second(61))?);
    assert_eq!(mails(store, &invitation)?, before);
    assert!(relay(store, &before[0], &next, second(62))?);
    assert!(!relay(store, &before[0], &slow, second(63))?);
    Ok(())
}

pub(super) fn a_lapsed_lease_counts_until_it_is_lost(store: &dyn Store) -> Outcome {
    let (scene, invitation, _) = queue(store, [1])?;
    let lease = scene.lease();
    let claimed = claim(store, (second(10), second(60)), &lease, 1)?;
    // The lease has expired, but no other worker claimed the mail: the result is stored.
    assert!(relay(store, &claimed[0], &lease, second(100))?);
    let states: Vec<_> = mails(store, &invitation)?.iter().map(|mail| mail.state).collect();
    assert_eq!(states, [MailState::Relayed]);
    Ok(())
}
