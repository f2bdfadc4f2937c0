use diesel::prelude::*;

use super::keys::rows_of_each_key;
use crate::{connection::AnyConnection, rows::MailQuotaRow, schema::mail_quota};

/// The stored quotas of these subjects.
pub(crate) fn mail_quotas(
    connection: &mut AnyConnection,
    subjects: &[&str],
) -> QueryResult<Vec<MailQuotaRow>> {
    match connection {
        AnyConnection::Postgres(connection) => mail_quota::table
            .filter(mail_quota::subject.eq_any(subjects))
            .select(MailQuotaRow::as_select())
            .load(connection),
        AnyConnection::Sqlite(connection) => rows_of_each_key(subjects, |subject| {
            mail_quota::table.find(subject).select(MailQuotaRow::as_select()).load(connection)
        }),
    }
}
