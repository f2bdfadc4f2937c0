//! The contract of the store, on both databases.

mod sqlite {
    use crate::support::Sqlite;

    fn empty_store() -> Sqlite {
        Sqlite::migrated()
    }

    usher_domain::store_contract!(empty_store);
}

mod postgres {
    use crate::support::Postgres;

    fn empty_store() -> Postgres {
        Postgres::migrated()
    }

    usher_domain::store_contract!(empty_store);
}
