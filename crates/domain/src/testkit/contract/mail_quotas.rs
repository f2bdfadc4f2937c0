use super::{
    Outcome,
    sample::{Scene, second},
};
use crate::{
    Timestamp,
    outbox::MailQuota,
    port::{Store, StoreError},
};

fn quota(subject: &str, window_start: Timestamp, mails: u32) -> MailQuota {
    MailQuota {
        mails,
        recent: vec![window_start; mails as usize],
        ..MailQuota::empty(subject.to_owned(), window_start)
    }
}

fn put(store: &dyn Store, quotas: &[MailQuota]) -> Outcome {
    store.write("put", |tx| tx.put_mail_quotas(quotas))
}

fn look(store: &dyn Store, subjects: &[&str]) -> Result<Vec<MailQuota>, StoreError> {
    let subjects: Vec<String> = subjects.iter().map(|subject| (*subject).to_owned()).collect();
    let mut found = store.read("look", |tx| tx.mail_quotas(&subjects))?;
    found.sort_by(|a, b| a.subject.cmp(&b.subject));
    Ok(found)
}

pub(super) fn quotas_are_inserted_and_replaced(store: &dyn Store) -> Outcome {
    let (first, other) = (quota("mailbox:a@example.com", second(1), 2), quota("account:1", second(0), 7));
    put(store, &[first.clone(), other.clone()])?;
    assert_eq!(
        look(store, &["account:1", "mailbox:a@example.com", "inviter:1"])?,
        [other.clone(), first.clone()]
    );
    let blocked = MailQuota { blocked_at: Some(second(9)), recent: Vec::new(), ..first };
    put(store, std::slice::from_ref(&blocked))?;
    assert_eq!(look(store, &["mailbox:a@example.com"])?, std::slice::from_ref(&blocked));
    assert_eq!(look(store, &["account:1"])?, [other]);
    assert_eq!(store.read("blocked", |tx| tx.blocked_mailboxes())?, [blocked]);
    Ok(())
}

pub(super) fn old_quotas_are_deleted_unless_they_block(store: &dyn Store) -> Outcome {
    let blocked = MailQuota { blocked_at: Some(second(1)), ..quota("mailbox:c@example.com", second(1), 1) };
    let quotas = [
        quota("mailbox:a@example.com", second(1), 1),
        quota("mailbox:b@example.com", second(1), 1),
        blocked.clone(),
        quota("mailbox:d@example.com", second(2), 1),
    ];
    put(store, &quotas)?;
    let delete = |limit| store.write("delete", |tx| tx.delete_old_mail_quotas(second(2), limit));
    assert_eq!((delete(1)?, delete(10)?, delete(10)?), (1, 1, 0));
    let names = quotas.each_ref().map(|quota| quota.subject.as_str());
    assert_eq!(look(store, &names)?, [blocked, quotas[3].clone()]);
    Ok(())
}

/// Of concurrent units that count for one subject, none is lost.
pub(super) fn concurrent_counts_add_up(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let subject = "account:1".to_owned();
    let count = || {
        store.write("count", |tx| {
            let stored = tx.mail_quotas(std::slice::from_ref(&subject))?.pop();
            let mut quota = stored.unwrap_or_else(|| MailQuota::empty(subject.clone(), second(0)));
            // A statement between reading and writing.
            tx.account(scene.account.id)?;
            quota.mails += 1;
            tx.put_mail_quotas(&[quota])
        })
    };
    let counted: usize = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|_| scope.spawn(|| (0..5).filter(|_| count().is_ok()).count())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_default()).sum()
    });
    let stored: Vec<_> = look(store, &["account:1"])?.iter().map(|quota| quota.mails as usize).collect();
    assert_eq!(stored, [counted]);
    assert!(counted > 0);
    Ok(())
}
