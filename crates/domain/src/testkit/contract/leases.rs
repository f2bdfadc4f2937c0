use super::{
    Outcome,
    sample::{INSTANT, Scene, claim, insert, mails, second},
};
use crate::{
    Timestamp,
    id::MailId,
    invitation::{Invitation, NewInvitation},
    outbox::{LeaseToken, Mail, MailState},
    port::{Store, StoreError, store::Settlement},
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

fn relay(store: &dyn Store, id: MailId, lease: &LeaseToken, at: Timestamp) -> Result<bool, StoreError> {
    let relayed = Settlement { state: MailState::Relayed, attempts: 0, due_at: at, error: None, at };
    store.write("settle", |tx| tx.settle_mail(id, lease, &relayed))
}

pub(super) fn mails_are_claimed_the_earliest_due_first(store: &dyn Store) -> Outcome {
    let (scene, _, queued) = queue(store, [40, 10, 30, 10, 20])?;
    let elsewhere = scene.other_account(store)?;
    let foreign = NewInvitation { account_id: elsewhere.id, ..scene.new_invitation("b@example.com") };
    let foreign = insert(store, &foreign)?;
    let foreign = scene.queued(store, &foreign, 5)?;
    let sorted: Vec<_> =
        [1, 3, 4, 2, 0].into_iter().filter_map(|index: usize| queued.get(index).copied()).collect();
    let mut expected = vec![foreign];
    expected.extend(sorted);

    let (lease, term) = (scene.lease(), (second(50), second(90)));
    assert_eq!(claim(store, term, &lease, 0)?, []);
    for chunk in [0..1, 1..4, 4..6] {
        let limit = u32::try_from(chunk.len()).unwrap_or_default();
        assert_eq!(ids(&claim(store, term, &lease, limit)?), expected.get(chunk).unwrap_or_default());
    }
    assert_eq!(claim(store, term, &lease, u32::MAX)?, []);
    Ok(())
}

/// A mail with an expired lease is ordered by the end of the lease, not by its due time.
pub(super) fn a_mail_whose_lease_is_over_comes_after_those_that_were_due_before(
    store: &dyn Store,
) -> Outcome {
    let (scene, _, queued) = queue(store, [1, 30, 65])?;
    let claimed = claim(store, (second(10), second(60)), &scene.lease(), 10)?;
    assert_eq!(ids(&claimed), queued[..1]);
    let again = claim(store, (second(70), second(90)), &scene.lease(), 10)?;
    assert_eq!(ids(&again), [queued[1], queued[0], queued[2]]);
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
    assert!(!relay(store, queued[0], &stranger, second(11))?);
    assert!(!relay(store, queued[1], &lease, second(11))?);
    assert!(!relay(store, MailId::new(queued[1].get() + 1), &lease, second(11))?);
    assert_eq!(mails(store, &invitation)?, before);
    assert!(relay(store, queued[0], &lease, second(11))?);
    // Once only.
    assert!(!relay(store, queued[0], &lease, second(12))?);
    Ok(())
}

pub(super) fn a_lost_lease_settles_nothing(store: &dyn Store) -> Outcome {
    let (scene, invitation, queued) = queue(store, [1])?;
    let (slow, next) = (scene.lease(), scene.lease());
    claim(store, (second(10), second(60)), &slow, 1)?;
    claim(store, (second(60), second(120)), &next, 1)?;
    let before = mails(store, &invitation)?;
    assert!(!relay(store, queued[0], &slow, second(61))?);
    assert_eq!(mails(store, &invitation)?, before);
    assert!(relay(store, queued[0], &next, second(62))?);
    assert!(!relay(store, queued[0], &slow, second(63))?);
    Ok(())
}

pub(super) fn a_lapsed_lease_counts_until_it_is_lost(store: &dyn Store) -> Outcome {
    let (scene, invitation, queued) = queue(store, [1])?;
    let lease = scene.lease();
    claim(store, (second(10), second(60)), &lease, 1)?;
    // The lease has expired, but no other worker claimed the mail: the result is stored.
    assert!(relay(store, queued[0], &lease, second(100))?);
    let states: Vec<_> = mails(store, &invitation)?.iter().map(|mail| mail.state).collect();
    assert_eq!(states, [MailState::Relayed]);
    Ok(())
}
