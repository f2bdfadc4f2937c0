//! Every operation of the port, on a sample of each kind of row.

use std::slice;

use chrono::TimeDelta;
use usher_domain::{
    access_token::{AccessToken, NewAccessToken, TokenDigest},
    account::{AccountName, NewAccount, PublicId},
    audit::{AuditAction, AuditActor, AuditEvent, AuditSubject},
    idempotency::{Answer, KeyDigest, NewKey, RequestMac, stale_at},
    invitation::{Invitation, NewInvitation},
    outbox::{Destination, LeaseToken, Mail, MailQuota, MailState, NewMail},
    person::{NewPerson, Person},
    port::{
        Store, StoreError, Tx,
        store::{
            Addressee, DeadMails, LeasedWork, MailClaim, MailFilter,
            Mode::{self, Read, Write},
            NewFailureCount, OpenList, Order, Page, Settlement,
        },
    },
    principal::{Actor, Credential},
    sign_in::FailureCount,
    testkit,
    token::Token,
};

use crate::{
    scene::{Scene, grant, new_person, text},
    support::TestDatabase,
};

/// One operation of the port, and its number of statements.
#[derive(Clone, Copy)]
pub(super) struct Operation {
    pub(super) name: &'static str,
    pub(super) mode: Mode,
    /// The maximum on PostgreSQL, where each statement is a round trip.
    pub(super) most: usize,
    /// The maximum on SQLite.
    pub(super) most_on_sqlite: usize,
    pub(super) run: fn(&mut dyn Tx, &Sample) -> Result<(), StoreError>,
}

const fn operation(
    name: &'static str,
    mode: Mode,
    most: usize,
    run: fn(&mut dyn Tx, &Sample) -> Result<(), StoreError>,
) -> Operation {
    Operation { name, mode, most, most_on_sqlite: most, run }
}

/// For operations that are several statements on SQLite, where a statement costs no round trip.
const fn on_sqlite(most: usize, operation: Operation) -> Operation {
    Operation { most_on_sqlite: most, ..operation }
}

pub(super) const OPERATIONS: [Operation; 72] = [
    operation("insert_access_token", Write, 1, |tx, s| tx.insert_access_token(&s.new_token).map(drop)),
    operation("token_holders", Read, 1, |tx, s| {
        assert!(matches!(tx.token_holders(&[&s.digest])?[..], [Some(_)]));
        Ok(())
    }),
    on_sqlite(
        2,
        operation("known", Read, 1, |tx, s| {
            assert!(matches!(tx.people_with_memberships(&[&s.owner.person.email])?[..], [Some(_)]));
            Ok(())
        }),
    ),
    operation("access_tokens", Read, 1, |tx, s| tx.access_tokens(s.token.account_id).map(drop)),
    operation("revoke_access_token", Write, 1, |tx, s| {
        let whose = tx.revoke_access_token(s.token.account_id, &s.token.public_id, s.token.created_at)?;
        assert_eq!(whose, Some(s.token.person_id));
        Ok(())
    }),
    operation("insert_account", Write, 1, |tx, s| tx.insert_account(&s.new_account).map(drop)),
    operation("account", Read, 1, |tx, s| tx.account(s.owner.account.id).map(drop)),
    operation("account_by_name", Read, 1, |tx, s| tx.account_by_name(&s.owner.account.name).map(drop)),
    operation("accounts", Read, 1, |tx, _| tx.accounts().map(drop)),
    operation("lock_account", Write, 1, |tx, s| tx.lock_account(s.owner.account.id)),
    operation("insert_membership", Write, 1, |tx, s| {
        let person = s.member.id;
        tx.insert_membership(&usher_domain::membership::Membership {
            person_id: person,
            ..s.owner.membership.clone()
        })
    }),
    operation("delete_membership", Write, 1, |tx, s| {
        tx.delete_membership(s.owner.account.id, s.owner.person.id).map(drop)
    }),
    operation("membership", Read, 1, |tx, s| tx.membership(s.owner.account.id, s.owner.person.id).map(drop)),
    operation("are_members", Read, 1, |tx, s| {
        assert_eq!(tx.are_members(&[s.addressee()])?, [false]);
        Ok(())
    }),
    operation("memberships_of", Read, 1, |tx, s| tx.memberships_of(s.owner.person.id).map(drop)),
    operation("update_membership", Write, 1, |tx, s| {
        assert!(tx.update_membership(&s.owner.membership)?);
        Ok(())
    }),
    operation("members", Read, 1, |tx, s| tx.members(s.owner.account.id).map(drop)),
    operation("delete_person", Write, 1, |tx, s| tx.delete_person(s.member.id)),
    operation("delete_invitations_to", Write, 1, |tx, s| {
        tx.delete_invitations_to(&s.invitation.email).map(drop)
    }),
    operation("newest_audit_events", Read, 1, |tx, s| {
        tx.newest_audit_events(AuditSubject::Account(s.owner.account.id), 10).map(drop)
    }),
    operation("failed_sign_ins", Read, 1, |tx, s| tx.failed_sign_ins(&s.counter.name).map(drop)),
    operation("put_failed_sign_ins", Write, 1, |tx, s| tx.put_failed_sign_ins(slice::from_ref(&s.counter))),
    operation("delete_failed_sign_ins", Write, 1, |tx, s| tx.delete_failed_sign_ins(&s.counter.name)),
    operation("is_known_network", Read, 1, |tx, s| {
        tx.is_known_network(&s.member.email, &s.counter.name).map(drop)
    }),
    operation("remember_network", Write, 1, |tx, s| {
        tx.remember_network(s.member.id, &s.counter.name, s.member.created_at)
    }),
    operation("forget_sign_ins", Write, 2, |tx, s| {
        tx.forget_sign_ins(s.member.created_at, s.member.created_at, 10).map(drop)
    }),
    operation("insert_person", Write, 1, |tx, s| tx.insert_person(&s.new_person).map(drop)),
    operation("person", Read, 1, |tx, s| tx.person(s.member.id).map(drop)),
    operation("person_by_email", Read, 1, |tx, s| tx.person_by_email(&s.member.email).map(drop)),
    operation("update_person", Write, 1, |tx, s| tx.update_person(&s.member)),
    operation("insert_invitations", Write, 1, |tx, s| {
        assert!(matches!(tx.insert_invitations(slice::from_ref(&s.new_invitation))?[..], [Some(_)]));
        Ok(())
    }),
    operation("update_invitation", Write, 1, |tx, s| tx.update_invitation(&s.invitation)),
    operation("invitation", Read, 1, |tx, s| {
        tx.invitation(s.invitation.account_id, s.invitation.id).map(drop)
    }),
    operation("invitations", Read, 1, |tx, s| {
        assert!(matches!(tx.invitations(&[(s.invitation.account_id, s.invitation.id)])?[..], [Some(_)]));
        Ok(())
    }),
    operation("invitation_by_public_id", Read, 1, |tx, s| {
        tx.invitation_by_public_id(s.invitation.account_id, &s.invitation.public_id).map(drop)
    }),
    operation("invitation_by_secure_id", Read, 1, |tx, s| {
        tx.invitation_by_secure_id(&s.invitation.secure_id).map(drop)
    }),
    operation("pending_invitations", Read, 1, |tx, s| {
        assert!(matches!(tx.pending_invitations(&[s.addressee()])?[..], [Some(_)]));
        Ok(())
    }),
    on_sqlite(3, operation("open_parts", Read, 1, |tx, s| s.part(tx, None, Order::OldestFirst))),
    on_sqlite(
        3,
        operation("open_parts, newest first", Read, 1, |tx, s| s.part(tx, None, Order::NewestFirst)),
    ),
    on_sqlite(
        4,
        operation("open_parts behind one", Read, 1, |tx, s| {
            s.part(tx, Some(&s.invitation.public_id), Order::OldestFirst)
        }),
    ),
    operation("open_invitations", Read, 1, |tx, s| s.page(tx, Order::OldestFirst)),
    operation("open_invitations, newest first", Read, 1, |tx, s| s.page(tx, Order::NewestFirst)),
    operation("count_open_invitations", Read, 3, |tx, s| {
        tx.count_open_invitations(s.invitation.account_id, s.invitation.created_at).map(drop)
    }),
    operation("overdue_invitations", Read, 1, |tx, s| {
        tx.overdue_invitations(s.invitation.expires_at, 10).map(drop)
    }),
    on_sqlite(2, operation("enqueue", Write, 1, |tx, s| tx.enqueue(slice::from_ref(&s.new_mail)))),
    // Two passes over the accounts, and the update. On SQLite a pass steps from account to account.
    on_sqlite(
        7,
        operation("claim_mails", Write, 3, |tx, s| {
            assert_eq!(tx.claim_mails(&s.claim(TimeDelta::zero()))?.len(), 1);
            Ok(())
        }),
    ),
    on_sqlite(
        2,
        operation("claim_mails without any", Write, 1, |tx, s| {
            assert_eq!(tx.claim_mails(&s.claim(TimeDelta::seconds(-1)))?, []);
            Ok(())
        }),
    ),
    operation("settle_mail without the lease", Write, 1, |tx, s| {
        let at = s.invitation.created_at;
        let (error, refused_at) = (None, None);
        let relayed =
            Settlement { state: MailState::Relayed, attempts: 1, due_at: at, error, refused_at, at };
        assert!(!tx.settle_mail(&s.mail, &s.lease, &relayed)?);
        Ok(())
    }),
    operation("mails", Read, 1, |tx, s| {
        let filter = MailFilter { state: None, account: Some(s.invitation.account_id), limit: 10 };
        assert_eq!(tx.mails(&filter)?.len(), 1);
        Ok(())
    }),
    operation("mails that are dead", Read, 1, |tx, _| {
        let filter = MailFilter { state: Some(MailState::Dead), account: None, limit: 10 };
        assert_eq!(tx.mails(&filter)?, []);
        Ok(())
    }),
    operation("mail_by_reference", Read, 1, |tx, s| {
        assert!(tx.mail_by_reference(&s.mail.reference)?.is_some());
        Ok(())
    }),
    operation("retry_dead_mails of an account", Write, 1, |tx, s| {
        let which = DeadMails::OfAccount(s.invitation.account_id);
        assert_eq!(tx.retry_dead_mails(which, s.invitation.created_at, 10)?, 0);
        Ok(())
    }),
    operation("delete_old_mails", Write, 1, |tx, s| {
        assert_eq!(tx.delete_old_mails(s.invitation.created_at, 10)?, 0);
        Ok(())
    }),
    operation("mail_quotas", Read, 1, |tx, s| {
        assert_eq!(tx.mail_quotas(slice::from_ref(&s.quota.subject))?.len(), 1);
        Ok(())
    }),
    operation("put_mail_quotas", Write, 1, |tx, s| tx.put_mail_quotas(slice::from_ref(&s.quota))),
    operation("delete_old_mail_quotas", Write, 1, |tx, s| {
        assert_eq!(tx.delete_old_mail_quotas(s.quota.window_start, 10)?, 0);
        Ok(())
    }),
    operation("take_lease", Write, 3, |tx, s| {
        let now = s.invitation.created_at;
        assert!(tx.take_lease(LeasedWork::Sweep, &s.lease, now, now + TimeDelta::seconds(1))?);
        Ok(())
    }),
    operation("erase_ended", Write, 1, |tx, s| {
        let now = s.invitation.created_at;
        assert_eq!(tx.erase_ended(now, now, 10)?, 0);
        Ok(())
    }),
    operation("delete_old_events", Write, 1, |tx, s| {
        assert_eq!(tx.delete_old_events(s.event.at, 10)?, 0);
        Ok(())
    }),
    operation("histories", Read, 1, |tx, s| {
        let since = s.invitation.created_at;
        assert!(tx.histories(&[s.addressee()], since)?[0].pending.is_some());
        Ok(())
    }),
    operation("mails_of", Read, 1, |tx, s| tx.mails_of(s.invitation.account_id, s.invitation.id).map(drop)),
    on_sqlite(4, operation("next_mail_due", Read, 1, |tx, _| tx.next_mail_due().map(drop))),
    on_sqlite(3, operation("due_mails", Read, 1, |tx, s| tx.due_mails(s.event.at, 10).map(drop))),
    operation("dead_mails", Read, 1, |tx, _| tx.dead_mails(10).map(drop)),
    on_sqlite(0, operation("unsettled_changes", Read, 1, |tx, _| tx.unsettled_changes(10).map(drop))),
    operation("take_key", Write, 1, |tx, s| {
        assert!(tx.take_key(&s.new_key, stale_at(s.new_key.created_at))?);
        Ok(())
    }),
    operation("take_key with an answer", Write, 1, |tx, s| {
        assert!(!tx.take_key(&s.key, stale_at(s.key.created_at))?);
        Ok(())
    }),
    operation("keep_answer", Write, 1, |tx, s| tx.keep_answer(&s.key.digest, &s.answer)),
    operation("kept_answer", Read, 1, |tx, s| {
        assert!(tx.kept_answer(&s.key.digest)?.is_some());
        Ok(())
    }),
    operation("forget_answers", Write, 1, |tx, s| {
        assert_eq!(tx.forget_answers(s.key.created_at, 10)?, 1);
        Ok(())
    }),
    operation("record", Write, 1, |tx, s| tx.record(slice::from_ref(&s.event))),
    operation("audit_events", Read, 1, |tx, s| tx.audit_events(s.owner.account.id).map(drop)),
];

/// The rows that the operations work on.
pub(super) struct Sample {
    owner: Actor,
    /// The owner's credentials.
    pub(super) credentials: [Credential; 2],
    /// A person who is not a member.
    member: Person,
    invitation: Invitation,
    token: AccessToken,
    digest: TokenDigest,
    new_token: NewAccessToken,
    lease: LeaseToken,
    new_account: NewAccount,
    new_person: NewPerson,
    new_invitation: NewInvitation,
    new_mail: NewMail,
    /// The mail of the invitation.
    mail: Mail,
    quota: MailQuota,
    event: AuditEvent,
    /// A key with an answer.
    key: NewKey,
    new_key: NewKey,
    answer: Answer,
    counter: NewFailureCount,
}

impl Sample {
    fn part(&self, tx: &mut dyn Tx, after: Option<&PublicId>, order: Order) -> Result<(), StoreError> {
        let list = OpenList { account: self.invitation.account_id, after, limit: 10, order };
        assert!(matches!(tx.open_parts(self.invitation.created_at, &[list])?[..], [Some(_)]));
        Ok(())
    }

    /// A page beyond the last row.
    fn page(&self, tx: &mut dyn Tx, order: Order) -> Result<(), StoreError> {
        let page = Page { limit: Some(10), offset: 5, order };
        assert_eq!(tx.open_invitations(self.invitation.account_id, self.invitation.created_at, page)?, []);
        Ok(())
    }

    /// A claim of mails that are due some time after the invitation's creation.
    fn claim(&self, later: TimeDelta) -> MailClaim<'_> {
        let now = self.invitation.created_at + later;
        let until = now + TimeDelta::seconds(60);
        MailClaim { now, until, token: &self.lease, limit: 10, after: None, except: &[] }
    }

    /// The addressee of the open invitation.
    fn addressee(&self) -> Addressee<'_> {
        Addressee { account: self.invitation.account_id, email: &self.invitation.email }
    }

    pub(super) fn new(place: &dyn TestDatabase) -> Self {
        let scene = Scene::new(place);
        let store: &dyn Store = place.store();
        let member = new_person(&scene.env, "ada@example.com");
        let member = store.write("sample", |tx| tx.insert_person(&member)).unwrap();
        let invitation = scene.invite(store, "grace@example.com").unwrap();
        let digest = TokenDigest::new([1; 32]);
        let token = scene.new_access_token(&digest);
        let token = store.write("sample", |tx| tx.insert_access_token(&token)).unwrap();
        let (now, entropy) = (scene.now(), scene.env.entropy.as_ref());
        let key = |n: u8| NewKey {
            digest: KeyDigest::new([n; 32]),
            request: RequestMac::new(&[n; 32]),
            account: Some(scene.owner.account.id),
            created_at: now,
        };
        let (key, new_key) = (key(1), key(2));
        let count = FailureCount { failures: 1, last_at: now };
        let counter = NewFailureCount { name: KeyDigest::new([3; 32]), count, forgotten_at: now };
        let answer = Answer { status: 204, content_type: None, body: String::new() };
        let first = store.write("sample", |tx| {
            let first = tx.take_key(&key, stale_at(now))?;
            tx.keep_answer(&key.digest, &answer)?;
            Ok::<_, StoreError>(first)
        });
        assert_eq!(first, Ok(true));
        Self {
            lease: Token::generate(entropy),
            new_account: NewAccount {
                public_id: Token::generate(entropy),
                name: AccountName::parse("elsewhere").unwrap(),
                title: text("Elsewhere"),
                created_at: now,
            },
            new_person: new_person(&scene.env, "new@example.com"),
            new_invitation: testkit::new_invitation(
                entropy,
                (scene.owner.account.id, scene.owner.person.id),
                member.email.clone(),
                grant("user"),
                now,
            ),
            mail: store
                .read("sample", |tx| tx.mails_of(invitation.account_id, invitation.id))
                .unwrap()
                .remove(0),
            quota: MailQuota::empty("mailbox:grace@example.com".to_owned(), now),
            new_mail: NewMail {
                reference: Token::generate(entropy),
                destination: Destination::of_mail(&invitation.email),
                account_id: scene.owner.account.id,
                invitation_id: invitation.id,
                generation: 0,
                created_at: now,
            },
            event: AuditEvent {
                at: now,
                actor: AuditActor::System,
                action: AuditAction::InvitationExpired,
                account: Some(scene.owner.account.id),
                invitation: Some(invitation.id),
                person: None,
            },
            new_token: scene.new_access_token(&TokenDigest::new([2; 32])),
            credentials: [scene.credential(), Credential::AccessToken(digest.clone())],
            owner: scene.owner,
            member,
            invitation,
            token,
            digest,
            key,
            new_key,
            answer,
            counter,
        }
    }
}
