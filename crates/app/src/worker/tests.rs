use std::sync::{Mutex, PoisonError};

use usher_domain::{
    account::AccountName,
    address::EmailAddress,
    outbox::InvitationMail,
    port::{
        SendFuture, Store,
        store::{CountedWork, Counting, Mode, Verdict},
    },
    principal::Credential,
    role::Grant,
    testkit::{self, CapturingMailer, memory::MemoryStore},
    text::DisplayText,
    usecase::{
        add_member::{AddMember, add_member},
        create_account::{CreateAccount, create_account},
        invite::{Invite, invite},
        resolve::resolve,
    },
};

use super::*;

/// Remembers the names of the units that it ran.
#[derive(Default)]
struct Recording {
    store: MemoryStore,
    units: Mutex<Vec<&'static str>>,
}

impl Recording {
    fn units_of(&self, name: &str) -> usize {
        let units = self.units.lock().unwrap_or_else(PoisonError::into_inner);
        units.iter().filter(|unit| **unit == name).count()
    }
}

impl Store for Recording {
    fn run(
        &self,
        name: &'static str,
        mode: Mode,
        work: &mut dyn FnMut(&mut dyn Tx) -> Result<Verdict, StoreError>,
    ) -> Result<(), StoreError> {
        self.units.lock().unwrap_or_else(PoisonError::into_inner).push(name);
        self.store.run(name, mode, work)
    }

    fn run_counted(
        &self,
        name: &'static str,
        counting: &Counting<'_>,
        work: &mut CountedWork<'_>,
    ) -> Result<(), StoreError> {
        self.store.run_counted(name, counting, work)
    }

    fn writes_in_parallel(&self) -> bool {
        self.store.writes_in_parallel()
    }
}

/// Stops the worker with its last mail.
struct StopAfter {
    mails: usize,
    sent: CapturingMailer,
    stop: CancellationToken,
}

impl Mailer for StopAfter {
    fn send<'a>(&'a self, mail: &'a InvitationMail) -> SendFuture<'a> {
        let sending = self.sent.send(mail);
        Box::pin(async move {
            sending.await?;
            if self.sent.sent().len() == self.mails {
                self.stop.cancel();
            }
            Ok(())
        })
    }
}

/// A worker of one mail at a time that polls once an hour, and its store with so many mails to send.
fn worker(mails: usize, stop: &CancellationToken) -> (Arc<Recording>, Worker) {
    let (env, _) = testkit::env();
    let recording = Arc::new(Recording::default());
    let store: &dyn Store = &recording.store;
    let (account, email) =
        (AccountName::parse("onward").unwrap(), EmailAddress::parse("jane@example.com").unwrap());
    let title = DisplayText::parse("Onward, Inc.").unwrap();
    let create = CreateAccount { name: account.clone(), title: title.clone() };
    store.write("account", |tx| create_account(tx, &env, &create)).unwrap();
    let grant = Grant::of_roles(["GlobalAdmin"]).unwrap();
    let member =
        AddMember { account, email: email.clone(), name: Some(title), grant: grant.clone(), password: None };
    store.write("member", |tx| add_member(tx, &env, &member)).unwrap();
    let jane = usher_domain::principal::Principal {
        email,
        email_verified: true,
        person_id: None,
        account: None,
        name: None,
    };
    let jane = Credential::Principal(jane);
    let jane = store.read("jane", |tx| resolve(tx, &jane, env.now())).unwrap();
    for n in 0..mails {
        let email = EmailAddress::parse(&format!("guest{n}@example.com")).unwrap();
        let validity = chrono::TimeDelta::days(14);
        let command = Invite { email, name: None, grant: grant.clone(), validity };
        store.write("invite", |tx| invite(tx, &env, &jane, &command)).unwrap();
    }
    let gate = Gate::new(Arc::clone(&recording) as _, env, 4, Duration::from_secs(30));
    let mailer = StopAfter { mails, sent: CapturingMailer::default(), stop: stop.clone() };
    (recording, Worker::new(gate, Arc::new(mailer), 1, Duration::from_hours(1), Arc::default()))
}

fn assert_swept_once(store: &Recording, mails: usize) {
    assert!(store.units_of("worker.claim") >= mails, "mails are claimed one by one");
    assert_eq!(store.units_of("worker.settle"), mails);
    assert_eq!((store.units_of("worker.expire"), store.units_of("worker.forget")), (1, 1));
}

#[tokio::test]
async fn deliveries_between_two_polls_are_followed_by_no_sweep() {
    let stop = CancellationToken::new();
    let (store, worker) = worker(5, &stop);
    worker.run(stop).await;
    assert_swept_once(&store, 5);
}

#[tokio::test]
async fn draining_sweeps_once() {
    let (store, mut worker) = worker(5, &CancellationToken::new());
    worker.drain().await;
    assert_swept_once(&store, 5);
}
