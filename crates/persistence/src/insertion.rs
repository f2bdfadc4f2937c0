//! Insertions of several rows in one statement, from one list of columns per table.
//!
//! [`new_row`] takes the list. It defines the struct of a new row, and everything that [`insert`] and
//! [`insert_numbered`] need to build the statement for either database. The SQL types come from [`crate::schema`], so
//! the compiler checks the struct against the schema.
//!
//! On PostgreSQL each column is bound as one array. The statement has the same text for any number of rows, so it is
//! prepared once; diesel's own insertion binds one value per cell, and PostgreSQL would parse and plan it anew for each
//! number of rows.
//!
//! On SQLite the statement has up to [`MOST`] rows of values. A statement that can fail after its first change keeps a copy of
//! every page that it changes, and so does each statement on a table with a trigger. Several rows in one statement share these
//! copies.

use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Text},
    sqlite::Sqlite,
};
use usher_postgres::PostgresConnection;

use crate::connection::AnyConnection;

/// The maximum number of rows in one statement on SQLite. Each number of rows has its own statement, which stays
/// prepared.
const MOST: usize = 32;

/// A row that can be inserted together with others. Implemented by [`new_row`].
pub(crate) trait NewRow {
    /// Identifies PostgreSQL's prepared statement.
    type Table: 'static;
    /// The values of several rows: one array per column.
    type Arrays<'r>: QueryFragment<Pg>
    where
        Self: 'r;

    const TABLE: &'static str;
    const COLUMNS: &'static [&'static str];
    /// The order in which PostgreSQL inserts the rows; empty for the order of the slice. Two statements that insert the
    /// same keys in the same order cannot deadlock.
    const ORDER: &'static str;
    /// The SQL that follows the rows, such as a conflict clause.
    const ENDING: &'static str;
    /// The SQL around the whole insertion on PostgreSQL, such as a second insertion with what the first one returns.
    const WITHIN: (&'static str, &'static str);

    fn arrays(rows: &[Self]) -> Self::Arrays<'_>
    where
        Self: Sized;

    /// Binds the values of one row, in the order of the columns.
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()>;
}

/// The values of one column of several rows.
pub(crate) type ColumnValues<'r, T> = Vec<&'r T>;

/// Inserts the rows.
pub(crate) fn insert<Row: NewRow>(connection: &mut AnyConnection, rows: &[Row]) -> QueryResult<()> {
    match connection {
        AnyConnection::Postgres(connection) => InsertArrays::<Row>::new(rows).execute(connection).map(drop),
        AnyConnection::Sqlite(connection) => {
            rows.chunks(MOST).try_for_each(|rows| InsertValues(rows).execute(connection).map(drop))
        }
    }
}

/// Inserts the rows and returns the number and public id of each inserted row, in any order. Only for tables whose list ends
/// with `RETURNING id,` and the column of the public id.
pub(crate) fn insert_numbered<Row: NewRow>(
    connection: &mut AnyConnection,
    rows: &[Row],
) -> QueryResult<Vec<(i64, String)>> {
    match connection {
        AnyConnection::Postgres(connection) => InsertArrays::<Row>::new(rows).load(connection),
        AnyConnection::Sqlite(connection) => {
            let mut numbered = Vec::with_capacity(rows.len());
            for rows in rows.chunks(MOST) {
                numbered.append(&mut InsertValues(rows).load(connection)?);
            }
            Ok(numbered)
        }
    }
}

/// `INSERT INTO table (columns) SELECT * FROM unnest(arrays) AS new (columns) ORDER BY … …`
struct InsertArrays<'r, Row: NewRow + 'r>(Row::Arrays<'r>);

impl<'r, Row: NewRow> InsertArrays<'r, Row> {
    fn new(rows: &'r [Row]) -> Self {
        Self(Row::arrays(rows))
    }
}

impl<Row: NewRow> QueryFragment<Pg> for InsertArrays<'_, Row> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(Row::WITHIN.0);
        out.push_sql("INSERT INTO ");
        out.push_sql(Row::TABLE);
        push_columns::<Row, Pg>(&mut out);
        out.push_sql(" SELECT * FROM unnest(");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS new");
        push_columns::<Row, Pg>(&mut out);
        out.push_sql(Row::ORDER);
        out.push_sql(Row::ENDING);
        out.push_sql(Row::WITHIN.1);
        Ok(())
    }
}

/// Identifies the prepared insertion into a table.
struct InsertionInto<Table>(Table);

impl<Row: NewRow> QueryId for InsertArrays<'_, Row> {
    type QueryId = InsertionInto<Row::Table>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Row: NewRow> Query for InsertArrays<'_, Row> {
    type SqlType = (BigInt, Text);
}

impl<Row: NewRow> RunQueryDsl<PostgresConnection> for InsertArrays<'_, Row> {}

/// `INSERT INTO table (columns) VALUES (…), (…) …`
struct InsertValues<'r, Row>(&'r [Row]);

impl<Row: NewRow> QueryFragment<Sqlite> for InsertValues<'_, Row> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("INSERT INTO ");
        out.push_sql(Row::TABLE);
        push_columns::<Row, Sqlite>(&mut out);
        let mut start = " VALUES (";
        for row in self.0 {
            out.push_sql(start);
            row.bind(&mut out)?;
            start = "), (";
        }
        out.push_sql(")");
        out.push_sql(Row::ENDING);
        Ok(())
    }
}

/// The text depends on the number of rows, so the type identifies no prepared statement.
impl<Row> QueryId for InsertValues<'_, Row> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Row: NewRow> Query for InsertValues<'_, Row> {
    type SqlType = (BigInt, Text);
}

impl<Row> RunQueryDsl<SqliteConnection> for InsertValues<'_, Row> {}

fn push_columns<Row: NewRow, DB: diesel::backend::Backend>(out: &mut AstPass<'_, '_, DB>) {
    out.push_sql(" (");
    let mut commas = Commas::default();
    for column in Row::COLUMNS {
        commas.push(out);
        out.push_sql(column);
    }
    out.push_sql(")");
}

/// Separates the elements of a list.
#[derive(Default)]
pub(crate) struct Commas {
    is_behind_first: bool,
}

impl Commas {
    /// Call this before writing each element.
    pub(crate) fn push<DB: diesel::backend::Backend>(&mut self, out: &mut AstPass<'_, '_, DB>) {
        if self.is_behind_first {
            out.push_sql(", ");
        }
        self.is_behind_first = true;
    }
}

/// Defines the struct of a new row and implements [`NewRow`] for it. The list of columns is written once:
///
/// ```ignore
/// new_row! {
///     /// A new mail.
///     pub(crate) struct NewMailRow<'a> for mail {
///         reference: &'a str,
///         account_id: i64,
///     }
///     order "account_id"                  // ORDER of NewRow; optional
///     ending " RETURNING id, public_id"   // ENDING of NewRow; optional
///     within "WITH new AS (" ") SELECT …" // WITHIN of NewRow; optional
/// }
/// ```
///
/// Each field is a column of the table in `schema` with the same name. Its type is a Rust type that diesel binds as the column's
/// SQL type.
macro_rules! new_row {
    (
        $(#[$doc:meta])*
        pub(crate) struct $row:ident $(<$life:lifetime>)? for $table:ident {
            $($column:ident: $type:ty,)+
        }
        $(order $order:literal)?
        $(ending $ending:literal)?
        $(within $opening:literal $closing:literal)?
    ) => {
        $(#[$doc])*
        pub(crate) struct $row $(<$life>)? {
            $($column: $type,)+
        }

        const _: () = {
            use diesel::{QueryResult, dsl::SqlTypeOf, pg::Pg, query_builder::AstPass, sql_types::Array, sqlite::Sqlite};

            use crate::{insertion::{ColumnValues, Commas, NewRow}, schema::$table};

            pub(crate) struct Arrays<'r $(, $life)?> {
                $($column: ColumnValues<'r, $type>,)+
            }

            impl $(<$life>)? diesel::query_builder::QueryFragment<Pg> for Arrays<'_ $(, $life)?> {
                fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
                    let mut commas = Commas::default();
                    $(
                        commas.push(&mut out);
                        out.push_bind_param::<Array<SqlTypeOf<$table::$column>>, _>(&self.$column)?;
                    )+
                    Ok(())
                }
            }

            impl $(<$life>)? NewRow for $row $(<$life>)? {
                type Table = $table::table;
                type Arrays<'r> = Arrays<'r $(, $life)?> where Self: 'r;

                const TABLE: &'static str = stringify!($table);
                const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),+];
                const ORDER: &'static str = concat!($(" ORDER BY ", $order)?);
                const ENDING: &'static str = concat!($($ending)?);
                const WITHIN: (&'static str, &'static str) = (concat!($($opening)?), concat!($($closing)?));

                fn arrays(rows: &[Self]) -> Self::Arrays<'_> {
                    Arrays { $($column: rows.iter().map(|row| &row.$column).collect(),)+ }
                }

                fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
                    let mut commas = Commas::default();
                    $(
                        commas.push(out);
                        out.push_bind_param::<SqlTypeOf<$table::$column>, _>(&self.$column)?;
                    )+
                    Ok(())
                }
            }
        };
    };
}
pub(crate) use new_row;
