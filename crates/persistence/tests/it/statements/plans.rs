//! The index of each operation.

use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query, sql_types};

use super::{
    listen,
    operations::{OPERATIONS, Sample},
    sent_by_count, statements,
};
use crate::support::{Postgres, Sqlite, TestDatabase};

/// The index that each operation has to use.
const INDEXES: [(&str, &str); 28] = [
    ("token_holders", "unique_access_token_digest"),
    ("access_tokens", "access_token_of_account"),
    ("revoke_access_token", "unique_access_token_public_id"),
    ("account_by_name", "unique_account_name"),
    ("memberships_of", "membership_of_person"),
    ("person_by_email", "unique_person_email_key"),
    ("invitation_by_public_id", "unique_invitation_public_id"),
    ("invitation_by_secure_id", "unique_invitation_secure_id"),
    ("pending_invitations", "unique_pending_invitation"),
    ("open_invitations", "invitation_open"),
    ("open_invitations, newest first", "invitation_open"),
    ("known", "unique_person_email_key"),
    ("are_members", "unique_person_email_key"),
    ("overdue_invitations", "invitation_overdue"),
    ("mails_of", "delivery_of_invitation"),
    ("mails that are dead", "dead_delivery"),
    ("dead_mails", "dead_delivery"),
    ("mail_by_reference", "unique_delivery_reference"),
    ("retry_dead_mails of an account", "dead_delivery_of_account"),
    ("erase_ended", "invitation_to_erase"),
    ("kept_answer", "unique_idempotency_key_digest"),
    ("forget_answers", "idempotency_key_age"),
    ("audit_events", "audit_event_of_account"),
    ("accounts", "unique_account_name"),
    ("newest_audit_events", "audit_event_of_account"),
    ("is_known_network", "unique_known_network"),
    ("forget_sign_ins", "failed_sign_in_age"),
    ("delete_old_mail_quotas", "mail_quota_age"),
];

/// Like [`INDEXES`], for operations that are one statement on PostgreSQL only.
const INDEXES_ON_POSTGRES: [(&str, &str); 9] = [
    ("claim_mails without any", "unique_queued_delivery"),
    ("next_mail_due", "unique_queued_delivery"),
    ("due_mails", "unique_queued_delivery"),
    ("histories", "unique_pending_invitation"),
    ("histories", "invitation_ended"),
    ("open_parts", "invitation_open"),
    ("open_parts, newest first", "invitation_open"),
    ("open_parts behind one", "unique_invitation_public_id"),
    ("unsettled_changes", "open_change_of_account"),
];

/// The statements of operations as they are sent, each with its index.
fn queries(
    place: &dyn TestDatabase,
    indexes: impl IntoIterator<Item = (&'static str, &'static str)>,
) -> Vec<(&'static str, &'static str, String)> {
    listen();
    let sample = Sample::new(place);
    let store = place.replica();
    let mut queries = Vec::new();
    for (name, index) in indexes {
        let operation = OPERATIONS.iter().find(|operation| operation.name == name).unwrap();
        let sent = statements(&store, &sample, operation);
        let (sql, _) = sent.iter().find_map(|sent| sent.split_once(" -- binds")).unwrap();
        queries.push((name, index, sql.to_owned()));
    }
    let counts = ["unique_person_email_key", "unique_access_token_digest"];
    for (credential, index) in sample.credentials.iter().zip(counts) {
        for (name, writers) in [("count one", &[credential][..]), ("count several", &[credential; 2])] {
            let sent = sent_by_count(&store, writers);
            let (sql, _) = sent.iter().find_map(|sent| sent.split_once(" -- binds")).unwrap();
            queries.push((name, index, sql.to_owned()));
        }
    }
    queries
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = sql_types::Text)]
    detail: String,
}

#[test]
fn sqlite() {
    let place = Sqlite::migrated();
    let queries = queries(&place, INDEXES);
    let url = place.url();
    let mut connection = SqliteConnection::establish(url.strip_prefix("sqlite:").unwrap()).unwrap();
    for (name, index, sql) in queries {
        let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(&mut connection).unwrap();
        let plan: Vec<_> = steps.into_iter().map(|step| step.detail).collect();
        assert!(plan.iter().any(|step| step.contains(index)), "{name}: {plan:#?} for {sql}");
        assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{name} sorts: {plan:#?}");
    }
}

/// A year's history of twenty accounts, in which a third is pending and a hundredth is queued. With fewer rows PostgreSQL would
/// find sorting as cheap as an index.
const HISTORY: &str = "
    INSERT INTO account (public_id, name, title, created_at)
        SELECT 'a' || n, 'a' || n, 'A', now() FROM generate_series(1, 20) n;
    INSERT INTO person (public_id, email, email_key, email_verified, name, created_at, version)
        SELECT 'p' || n, 'p' || n, 'p' || n, true, 'P', now(), 0 FROM generate_series(1, 1000) n;
    INSERT INTO membership (account_id, person_id, roles, limit_services, services, created_at)
        SELECT account.id, person.id, 'user', false, '', now() FROM account, person
        ON CONFLICT DO NOTHING;
    INSERT INTO access_token (public_id, digest, account_id, person_id, name, scope, created_at)
        SELECT concat('t', account_id, '.', person_id, '.', n), concat('d', account_id, '.', person_id, '.', n), account_id,
            person_id, 'T', 'global', now()
        FROM membership, generate_series(1, 2) n WHERE person_id % 20 = 0;
    INSERT INTO invitation (public_id, secure_id, account_id, email, email_key, roles, limit_services, services,
            status, generation, created_at, updated_at, sent_at, expires_at, closed_at, version)
        SELECT 'i' || n, 's' || n, 1 + n % 20, 'e' || n, 'e' || n, 'user', false, '',
            CASE WHEN n % 3 = 0 THEN 'pending' ELSE 'accepted' END, 0, now(), now(), now(),
            now() + n * interval '1 minute', CASE WHEN n % 3 = 0 THEN NULL ELSE now() END, 0
        FROM generate_series(1, 20000) n;
    INSERT INTO delivery (reference, kind, destination, account_id, invitation_id, generation, state, attempts, due_at,
            created_at, queued_at, updated_at)
        SELECT 'm' || id, 'mail', 'example.com', account_id, id, 0,
            CASE WHEN id % 97 = 0 THEN 'queued' WHEN id % 97 = 1 THEN 'dead' ELSE 'relayed' END, 0,
            created_at + id * interval '1 minute', created_at, created_at, created_at
        FROM invitation;
    INSERT INTO queued_delivery (kind, account_id, due_at, delivery_id)
        SELECT kind, account_id, due_at, id FROM delivery WHERE state = 'queued' ON CONFLICT DO NOTHING;
    INSERT INTO dead_delivery (delivery_id, account_id) SELECT id, account_id FROM delivery WHERE state = 'dead';
    INSERT INTO audit_event (at, actor, action, account_id, invitation_id)
        SELECT created_at, 'system', 'invitation.created', account_id, id FROM invitation;
    INSERT INTO idempotency_key (digest, request, status, body, account_id, created_at)
        SELECT 'k' || id, 'r' || id, 204, '', account_id, created_at + id * interval '1 second' FROM invitation;
    ANALYZE";

/// Two accounts, of which one has nearly all rows: a plan for any account expects half of the table.
const ONE_LARGE_ACCOUNT: &str = "
    INSERT INTO account (public_id, name, title, created_at)
        SELECT 'a' || n, 'a' || n, 'A', now() FROM generate_series(1, 2) n;
    INSERT INTO invitation (public_id, secure_id, account_id, email, email_key, roles, limit_services, services,
            status, generation, created_at, updated_at, sent_at, expires_at, version)
        SELECT 'i' || n, 's' || n, CASE WHEN n % 1000 = 0 THEN 2 ELSE 1 END, 'e' || n, 'e' || n, 'user', false, '',
            'pending', 0, now(), now(), now(), now() + n * interval '1 minute', 0
        FROM generate_series(1, 20000) n;
    ANALYZE";

/// The generic plan of a statement, under the planner's settings for units. A condition on a bound value would match no partial
/// index there.
fn plan(place: &Postgres, sql: &str) -> String {
    let values = vec!["NULL"; sql.matches('$').count()].join(", ");
    let values = if values.is_empty() { values } else { format!("({values})") };
    let explain = format!(
        "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off;
         SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;
         SET LOCAL enable_incremental_sort = off;
         PREPARE query AS {sql}; EXPLAIN (COSTS OFF) EXECUTE query{values}"
    );
    place.database.sql(&explain).unwrap()
}

#[test]
fn postgres() {
    let place = Postgres::migrated();
    let queries = queries(&place, INDEXES.into_iter().chain(INDEXES_ON_POSTGRES));
    place.execute(HISTORY);
    for (name, index, sql) in queries {
        let plan = plan(&place, &sql);
        assert!(plan.contains(index), "{name}: {plan} for {sql}");
        // It would run the inner query again for each row of the outer one.
        assert!(!plan.contains("Semi Join"), "{name}: {plan} for {sql}");
    }
}

#[test]
fn a_list_never_scans_other_accounts_rows_on_postgres() {
    let place = Postgres::migrated();
    let lists = INDEXES.into_iter().chain(INDEXES_ON_POSTGRES).filter(|(name, _)| name.starts_with("open_"));
    let queries = queries(&place, lists);
    for history in [HISTORY, ONE_LARGE_ACCOUNT] {
        place.execute("TRUNCATE account, person RESTART IDENTITY CASCADE");
        place.execute(history);
        let lists = queries.iter().filter(|(name, _, _)| name.starts_with("open_"));
        for (name, _, sql) in lists {
            let plan = plan(&place, sql);
            assert!(plan.contains("invitation_open"), "{name}: {plan} for {sql}");
            assert!(!plan.contains("invitation_pkey"), "{name}: {plan} for {sql}");
        }
    }
}
