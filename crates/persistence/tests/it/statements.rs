//! How many statements an operation costs, and which index answers it.

use std::cell::RefCell;

use chrono::TimeDelta;
use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation},
    sql_query, sql_types,
};
use usher_domain::{
    account::{AccountName, NewAccount},
    audit::{AuditAction, AuditActor, AuditEvent},
    invitation::{Invitation, NewInvitation, SecureId},
    outbox::{LeaseToken, MailState, NewMail},
    person::{NewPerson, Person},
    port::{
        Store, StoreError, Tx,
        store::{
            Mode::{self, Read, Write},
            Page, Settlement, Verdict,
        },
    },
    principal::Actor,
    token::Token,
    usecase::open_link::{LinkView, open_link},
};

use crate::{
    support::{Place, Postgres, Sqlite, on_both},
    world::{World, grant, new_person, text},
};

on_both! {
    every_operation_is_one_statement,
    a_stranger_at_a_link_costs_one_look_up,
}

thread_local! {
    /// What this thread has sent, while it listens.
    static SENT: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

struct Listener;

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        let sent = match event {
            InstrumentationEvent::StartQuery { query, .. } => query.to_string(),
            InstrumentationEvent::CacheQuery { sql, .. } => format!("PREPARE {sql}"),
            _ => return,
        };
        SENT.with_borrow_mut(|heard| heard.iter_mut().for_each(|heard| heard.push(sent.clone())));
    }
}

/// Listens on every connection that is made from now on.
fn listen() {
    set_default_instrumentation(|| Some(Box::new(Listener))).unwrap();
}

/// What an operation sends to the database, its begin and end included.
fn statements(store: &dyn Store, sample: &Sample, operation: &Operation) -> Vec<String> {
    sent_by(store, operation.name, operation.mode, |tx| (operation.run)(tx, sample))
}

/// What a unit sends to the database, its begin and end included, once every statement has been prepared.
fn sent_by(
    store: &dyn Store,
    name: &'static str,
    mode: Mode,
    run: impl Fn(&mut dyn Tx) -> Result<(), StoreError>,
) -> Vec<String> {
    let unit = || {
        let mut work = |tx: &mut dyn Tx| run(tx).map(|()| Verdict::Rollback);
        store.run(name, mode, &mut work).unwrap();
    };
    unit();
    SENT.set(Some(Vec::new()));
    unit();
    SENT.take().unwrap()
}

/// One operation of the port, and how many statements it may cost.
struct Operation {
    name: &'static str,
    mode: Mode,
    most: usize,
    run: fn(&mut dyn Tx, &Sample) -> Result<(), StoreError>,
}

const fn operation(
    name: &'static str,
    mode: Mode,
    most: usize,
    run: fn(&mut dyn Tx, &Sample) -> Result<(), StoreError>,
) -> Operation {
    Operation { name, mode, most, run }
}

const OPERATIONS: [Operation; 28] = [
    operation("insert_account", Write, 1, |tx, s| tx.insert_account(&s.new_account).map(drop)),
    operation("account", Read, 1, |tx, s| tx.account(s.owner.account.id).map(drop)),
    operation("account_by_name", Read, 1, |tx, s| tx.account_by_name(&s.owner.account.name).map(drop)),
    operation("accounts", Read, 1, |tx, _| tx.accounts().map(drop)),
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
    operation("memberships_of", Read, 1, |tx, s| tx.memberships_of(s.owner.person.id).map(drop)),
    operation("insert_person", Write, 1, |tx, s| tx.insert_person(&s.new_person).map(drop)),
    operation("person", Read, 1, |tx, s| tx.person(s.member.id).map(drop)),
    operation("person_by_email", Read, 1, |tx, s| tx.person_by_email(&s.member.email).map(drop)),
    operation("update_person", Write, 1, |tx, s| tx.update_person(&s.member)),
    operation("insert_invitation", Write, 1, |tx, s| tx.insert_invitation(&s.new_invitation).map(drop)),
    operation("update_invitation", Write, 1, |tx, s| tx.update_invitation(&s.invitation)),
    operation("invitation", Read, 1, |tx, s| {
        tx.invitation(s.invitation.account_id, s.invitation.id).map(drop)
    }),
    operation("invitation_by_secure_id", Read, 1, |tx, s| {
        tx.invitation_by_secure_id(&s.invitation.secure_id).map(drop)
    }),
    operation("pending_invitation", Read, 1, |tx, s| {
        tx.pending_invitation(s.invitation.account_id, &s.invitation.email).map(drop)
    }),
    operation("open_invitations", Read, 1, |tx, s| {
        let page = Page { limit: Some(10), offset: 5 };
        tx.open_invitations(s.invitation.account_id, s.invitation.created_at, page).map(drop)
    }),
    operation("count_open_invitations", Read, 1, |tx, s| {
        tx.count_open_invitations(s.invitation.account_id, s.invitation.created_at).map(drop)
    }),
    operation("overdue_invitations", Read, 1, |tx, s| {
        tx.overdue_invitations(s.invitation.expires_at, 10).map(drop)
    }),
    operation("enqueue", Write, 1, |tx, s| tx.enqueue(&s.new_mail).map(drop)),
    operation("claim_mails", Write, 2, |tx, s| {
        let now = s.invitation.created_at;
        assert_eq!(tx.claim_mails(now, now + TimeDelta::seconds(60), &s.lease, 10)?.len(), 1);
        Ok(())
    }),
    operation("claim_mails without any", Write, 1, |tx, s| {
        let now = s.invitation.created_at - TimeDelta::seconds(1);
        assert_eq!(tx.claim_mails(now, now + TimeDelta::seconds(60), &s.lease, 10)?, []);
        Ok(())
    }),
    operation("settle_mail", Write, 1, |tx, s| {
        let at = s.invitation.created_at;
        let relayed = Settlement { state: MailState::Relayed, attempts: 1, due_at: at, error: None, at };
        tx.settle_mail(usher_domain::id::MailId::new(1), &s.lease, &relayed).map(drop)
    }),
    operation("mails_of", Read, 1, |tx, s| tx.mails_of(s.invitation.id).map(drop)),
    operation("next_mail_due", Read, 1, |tx, _| tx.next_mail_due().map(drop)),
    operation("record", Write, 1, |tx, s| tx.record(&s.event)),
    operation("audit_events", Read, 1, |tx, s| tx.audit_events(s.owner.account.id).map(drop)),
];

/// What the operations work on.
struct Sample {
    owner: Actor,
    /// Known, but not a member.
    member: Person,
    invitation: Invitation,
    lease: LeaseToken,
    new_account: NewAccount,
    new_person: NewPerson,
    new_invitation: NewInvitation,
    new_mail: NewMail,
    event: AuditEvent,
}

impl Sample {
    fn new(place: &dyn Place) -> Self {
        let world = World::new(place);
        let store: &dyn Store = place.store();
        let member = new_person(&world.env, "ada@example.com");
        let member = store.write("sample", |tx| tx.insert_person(&member)).unwrap();
        let invitation = world.invite(store, "grace@example.com").unwrap();
        let (now, entropy) = (world.now(), world.env.entropy.as_ref());
        Self {
            lease: Token::generate(entropy),
            new_account: NewAccount {
                public_id: Token::generate(entropy),
                name: AccountName::parse("elsewhere").unwrap(),
                title: text("Elsewhere"),
                created_at: now,
            },
            new_person: new_person(&world.env, "new@example.com"),
            new_invitation: NewInvitation {
                public_id: Token::generate(entropy),
                secure_id: Token::generate(entropy),
                account_id: world.owner.account.id,
                email: member.email.clone(),
                name: None,
                grant: grant("user"),
                sponsor: world.owner.person.id,
                created_at: now,
                expires_at: now,
            },
            new_mail: NewMail {
                reference: Token::generate(entropy),
                account_id: world.owner.account.id,
                invitation_id: invitation.id,
                generation: 0,
                created_at: now,
            },
            event: AuditEvent {
                at: now,
                actor: AuditActor::System,
                action: AuditAction::InvitationExpired,
                account: Some(world.owner.account.id),
                invitation: Some(invitation.id),
                person: None,
            },
            owner: world.owner,
            member,
            invitation,
        }
    }
}

fn every_operation_is_one_statement(place: &dyn Place) {
    listen();
    let sample = Sample::new(place);
    let store = place.replica();
    for operation in &OPERATIONS {
        let sent = statements(&store, &sample, operation);
        // And one each to begin and to end the unit.
        assert_eq!(sent.len(), operation.most + 2, "{}: {sent:#?}", operation.name);
    }
}

/// Open, ended or unknown: what the answer costs must not tell them apart either.
fn a_stranger_at_a_link_costs_one_look_up(place: &dyn Place) {
    listen();
    let world = World::new(place);
    let store: &dyn Store = place.store();
    let open = world.invite(store, "ada@example.com").unwrap();
    let ended = world.invite(store, "grace@example.com").unwrap();
    world.revoke(store, ended.id).unwrap();
    let unknown = SecureId::parse(&"x".repeat(30)).unwrap();
    let replica = place.replica();
    for secure_id in [&open.secure_id, &ended.secure_id, &unknown] {
        for key in [None, Some("wrong")] {
            let sent = sent_by(&replica, "open_link", Read, |tx| {
                assert_eq!(open_link(tx, &world.env, secure_id, key)?, LinkView::Unknown);
                Ok(())
            });
            assert_eq!(sent.len(), 3, "{secure_id} with {key:?}: {sent:#?}");
        }
    }
}

/// Which index has to answer which operation.
const INDEXES: [(&str, &str); 13] = [
    ("account_by_name", "unique_account_name"),
    ("memberships_of", "membership_of_person"),
    ("person_by_email", "unique_person_email_key"),
    ("invitation_by_secure_id", "unique_invitation_secure_id"),
    ("pending_invitation", "unique_pending_invitation"),
    ("open_invitations", "invitation_open"),
    ("count_open_invitations", "invitation_open"),
    ("overdue_invitations", "invitation_overdue"),
    ("claim_mails without any", "mail_due"),
    ("mails_of", "mail_of_invitation"),
    ("next_mail_due", "mail_next"),
    ("audit_events", "audit_event_of_account"),
    ("accounts", "unique_account_name"),
];

/// The statements of [`INDEXES`], as they are sent.
fn queries(place: &dyn Place) -> Vec<(&'static str, &'static str, String)> {
    listen();
    let sample = Sample::new(place);
    let store = place.replica();
    let mut queries = Vec::new();
    for (name, index) in INDEXES {
        let operation = OPERATIONS.iter().find(|operation| operation.name == name).unwrap();
        let sent = statements(&store, &sample, operation);
        let (sql, _) = sent[1].split_once(" -- binds").unwrap();
        queries.push((name, index, sql.to_owned()));
    }
    queries
}

mod plans {
    use super::*;

    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = sql_types::Text)]
        detail: String,
    }

    #[test]
    fn sqlite() {
        let place = Sqlite::migrated();
        let queries = queries(&place);
        let url = place.url();
        let mut connection = SqliteConnection::establish(url.strip_prefix("sqlite:").unwrap()).unwrap();
        for (name, index, sql) in queries {
            let steps: Vec<Step> =
                sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(&mut connection).unwrap();
            let plan: Vec<_> = steps.into_iter().map(|step| step.detail).collect();
            assert!(plan.iter().any(|step| step.contains(index)), "{name}: {plan:#?} for {sql}");
            assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{name} sorts: {plan:#?}");
        }
    }

    /// A year's history of twenty accounts, in which a twentieth is pending and a hundredth is queued.
    const HISTORY: &str = "
        INSERT INTO account (public_id, name, title, created_at)
            SELECT 'a' || n, 'a' || n, 'A', now() FROM generate_series(1, 20) n;
        INSERT INTO person (public_id, email, email_key, email_verified, name, created_at, version)
            SELECT 'p' || n, 'p' || n, 'p' || n, true, 'P', now(), 0 FROM generate_series(1, 1000) n;
        INSERT INTO membership (account_id, person_id, roles, limit_services, services, created_at)
            SELECT account.id, person.id, 'user', false, '', now() FROM account, person
            ON CONFLICT DO NOTHING;
        INSERT INTO invitation (public_id, secure_id, account_id, email, email_key, roles, limit_services, services,
                status, generation, created_at, updated_at, sent_at, expires_at, closed_at, version)
            SELECT 'i' || n, 's' || n, 1 + n % 20, 'e' || n, 'e' || n, 'user', false, '',
                CASE WHEN n % 19 = 0 THEN 'pending' ELSE 'accepted' END, 0, now(), now(), now(),
                now() + n * interval '1 minute', CASE WHEN n % 19 = 0 THEN NULL ELSE now() END, 0
            FROM generate_series(1, 20000) n;
        INSERT INTO mail (reference, account_id, invitation_id, generation, state, attempts, due_at, created_at,
                updated_at)
            SELECT 'm' || id, account_id, id, 0, CASE WHEN id % 97 = 0 THEN 'queued' ELSE 'relayed' END, 0,
                created_at + id * interval '1 minute', created_at, created_at
            FROM invitation;
        INSERT INTO audit_event (at, actor, action, account_id, invitation_id)
            SELECT created_at, 'system', 'invitation.created', account_id, id FROM invitation;
        ANALYZE";

    /// With a plan for any values, as a prepared statement gets it: a condition on a bound value would fit no partial
    /// index there.
    #[test]
    fn postgres() {
        let place = Postgres::migrated();
        let queries = queries(&place);
        place.execute(HISTORY);
        for (name, index, sql) in queries {
            let values = vec!["NULL"; sql.matches('$').count()].join(", ");
            let values = if values.is_empty() { values } else { format!("({values})") };
            let plan = place
                .database
                .sql(&format!(
                    "SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan;
                     PREPARE query AS {sql}; EXPLAIN (COSTS OFF) EXECUTE query{values}"
                ))
                .unwrap();
            assert!(plan.contains(index), "{name}: {plan} for {sql}");
        }
    }
}
