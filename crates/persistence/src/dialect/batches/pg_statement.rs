/// Defines a statement for PostgreSQL that diesel cannot express: pieces of SQL with bound values between them. Unlike diesel's
/// `sql_query`, it is prepared once per connection.
macro_rules! pg_statement {
    (
        $(#[$doc:meta])* struct $name:ident$(<$life:lifetime>)? -> $answer:ty;
        $first:expr $(, $field:ident: $type:ty as $sql_type:ty, $text:expr)+
    ) => {
        $(#[$doc])*
        struct $name$(<$life>)? {
            $($field: $type,)+
        }

        const _: () = {
            /// Identifies the prepared statement.
            struct Id;

            impl$(<$life>)? diesel::query_builder::QueryId for $name$(<$life>)? {
                type QueryId = Id;

                const HAS_STATIC_QUERY_ID: bool = true;
            }
        };

        impl$(<$life>)? diesel::query_builder::Query for $name$(<$life>)? {
            type SqlType = $answer;
        }

        impl$(<$life>)? diesel::RunQueryDsl<usher_postgres::PostgresConnection> for $name$(<$life>)? {}

        impl$(<$life>)? diesel::query_builder::QueryFragment<diesel::pg::Pg> for $name$(<$life>)? {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::QueryResult<()> {
                out.push_sql($first);
                $(
                    out.push_bind_param::<$sql_type, _>(&self.$field)?;
                    out.push_sql($text);
                )+
                Ok(())
            }
        }
    };
}
pub(in crate::dialect) use pg_statement;
