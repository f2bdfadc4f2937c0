//! An invitation and its mail, in two statements that stay prepared.

use diesel::{
    QueryResult, RunQueryDsl, SqliteConnection,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::Text,
    sqlite::Sqlite,
};
use usher_domain::{invitation::SecureId, testkit::SeededEntropy};

/// The `secure_id` is random. Other names and addresses are consecutive, like those of the load client.
pub(crate) fn insert(connection: &mut SqliteConnection, number: i64) -> QueryResult<()> {
    let name = format!("floor{number:010}@example.com");
    let secure_id = SecureId::generate(&SeededEntropy::new(number.unsigned_abs())).to_string();
    Invitation { name: name.clone(), secure_id }.execute(connection)?;
    Mail { name }.execute(connection)?;
    Ok(())
}

#[derive(QueryId)]
struct Invitation {
    name: String,
    secure_id: String,
}

impl QueryFragment<Sqlite> for Invitation {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO invitation (public_id, secure_id, account_id, email, email_key, name, roles, limit_services, services,
                sponsor, status, generation, created_at, updated_at, sent_at, expires_at, version)
             VALUES (",
        );
        out.push_bind_param::<Text, _>(&self.name)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.secure_id)?;
        out.push_sql(
            ", 1, ?1, ?1, 'Ada Lovelace', 'Auditor', 0, '', 1, 'pending', 0, '2026-11-22 04:00:59.000001',
             '2026-11-22 04:00:59.000001', '2026-11-22 04:00:59.000001', '2126-11-22 04:00:59.000001', 0)",
        );
        Ok(())
    }
}

impl RunQueryDsl<SqliteConnection> for Invitation {}

#[derive(QueryId)]
struct Mail {
    name: String,
}

impl QueryFragment<Sqlite> for Mail {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO delivery (reference, kind, destination, account_id, invitation_id, generation, state, attempts, due_at,
                created_at, queued_at, updated_at) SELECT ",
        );
        out.push_bind_param::<Text, _>(&self.name)?;
        out.push_sql(
            ", 'mail', 'example.com', 1, last_insert_rowid(), 0, 'queued', 0, '2126-11-22 04:00:59.000001',
             '2026-11-22 04:00:59.000001', '2026-11-22 04:00:59.000001', '2026-11-22 04:00:59.000001'",
        );
        Ok(())
    }
}

impl RunQueryDsl<SqliteConnection> for Mail {}
