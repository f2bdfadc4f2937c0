//! Insertions of several rows into SQLite.
//!
//! A statement whose end may take back what it wrote keeps a copy of every page that it changes, and so does each that inserts
//! into a table with a trigger. Several rows in one statement share these copies, and what a statement costs otherwise.
//!
//! A moment is a text there, and making the text costs as much as a short statement. The rows of a unit mostly are of one moment, in
//! several columns: each moment is spelled once for all of them.

use chrono::NaiveDateTime;
use diesel::{
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Bool, Nullable, Text, Untyped},
    sqlite::Sqlite,
};

use crate::rows::{NewAuditEventRow, NewInvitationRow, NewMailRow};

/// Most rows in one statement. Each number of rows is a statement of its own, which stays prepared: so many for each table.
const MOST: usize = 16;

/// A row that is inserted.
pub(super) trait Cells {
    /// What comes before the rows.
    const INTO: &'static str;
    /// What comes behind them.
    const END: &'static str;
    /// What the statement answers.
    type Answer;

    /// Its moments, in the order of their columns, which are the last ones.
    fn moments(&self) -> impl Iterator<Item = NaiveDateTime>;

    /// Binds the other values, in the order of the columns.
    fn cells<'b>(&'b self, out: &mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()>;
}

/// Inserts rows: at most [`MOST`] at once.
pub(super) struct Insertion<'a, Row> {
    rows: &'a [Row],
    spellings: Spellings,
}

/// The insertions that write these rows, in this order.
pub(super) fn insertions<Row: Cells>(rows: &[Row]) -> impl Iterator<Item = Insertion<'_, Row>> {
    rows.chunks(MOST)
        .map(|rows| Insertion { rows, spellings: Spellings::of(rows.iter().flat_map(Row::moments)) })
}

/// How moments are stored: as diesel spells them.
struct Spellings(Vec<(NaiveDateTime, String)>);

impl Spellings {
    fn of(moments: impl Iterator<Item = NaiveDateTime>) -> Self {
        let mut spellings = Self(Vec::new());
        for moment in moments {
            if spellings.find(moment).is_none() {
                spellings.0.push((moment, moment.format("%F %T%.f").to_string()));
            }
        }
        spellings
    }

    fn find(&self, moment: NaiveDateTime) -> Option<&str> {
        self.0.iter().find(|(other, _)| *other == moment).map(|(_, text)| text.as_str())
    }
}

impl<Row: Cells> QueryFragment<Sqlite> for Insertion<'_, Row> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(Row::INTO);
        let mut before = " VALUES (";
        for row in self.rows {
            out.push_sql(before);
            row.cells(&mut out)?;
            for moment in row.moments() {
                out.push_sql(", ");
                let spelling = self.spellings.find(moment).ok_or(diesel::result::Error::NotFound)?;
                out.push_bind_param::<Text, str>(spelling)?;
            }
            before = "), (";
        }
        out.push_sql(")");
        out.push_sql(Row::END);
        Ok(())
    }
}

/// The number of rows decides the text, so the type is none by which a prepared statement could be found.
impl<Row> QueryId for Insertion<'_, Row> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Row: Cells> Query for Insertion<'_, Row> {
    type SqlType = Row::Answer;
}

impl<Row> RunQueryDsl<SqliteConnection> for Insertion<'_, Row> {}

/// The columns of a row: each with its type, and the moments behind them.
macro_rules! cells {
    (
        $row:ty => $answer:ty,
        $table:literal ($first:ident: $first_type:ty $(, $column:ident: $type:ty)*; $($moment:ident),+) $end:literal
    ) => {
        impl Cells for $row {
            const INTO: &'static str =
                concat!("INSERT INTO ", $table, " (", stringify!($first) $(, ", ", stringify!($column))* $(, ", ", stringify!($moment))+, ")");
            const END: &'static str = $end;
            type Answer = $answer;

            fn moments(&self) -> impl Iterator<Item = NaiveDateTime> {
                [$(self.$moment),+].into_iter()
            }

            fn cells<'b>(&'b self, out: &mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
                out.push_bind_param::<$first_type, _>(&self.$first)?;
                $(
                    out.push_sql(", ");
                    out.push_bind_param::<$type, _>(&self.$column)?;
                )*
                Ok(())
            }
        }
    };
}

cells! {
    NewInvitationRow<'_> => (BigInt, Text),
    "invitation" (
        public_id: Text, secure_id: Text, account_id: BigInt, email: Text, email_key: Text, name: Nullable<Text>, roles: Text,
        limit_services: Bool, services: Text, sponsor: BigInt, status: Text, generation: BigInt, version: BigInt;
        created_at, updated_at, sent_at, expires_at
    )
    " ON CONFLICT (account_id, email_key) WHERE status = 'pending' DO NOTHING RETURNING id, public_id"
}

cells! {
    NewMailRow<'_> => Untyped,
    "mail" (
        reference: Text, account_id: BigInt, invitation_id: BigInt, generation: BigInt, state: Text, attempts: BigInt;
        due_at, created_at, updated_at
    )
    ""
}

cells! {
    NewAuditEventRow => Untyped,
    "audit_event" (
        actor: Text, actor_person: Nullable<BigInt>, action: Text, account_id: Nullable<BigInt>, invitation_id: Nullable<BigInt>,
        person_id: Nullable<BigInt>; at
    )
    ""
}
