//! The tables of both databases, and the literals in the conditions of their partial indexes.

use diesel::{
    backend::Backend,
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping},
    query_builder::{AstPass, QueryFragment, QueryId},
    result::QueryResult,
    sql_types::Text,
};

diesel::table! {
    account (id) {
        id -> BigInt,
        public_id -> Text,
        name -> Text,
        title -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    person (id) {
        id -> BigInt,
        public_id -> Text,
        email -> Text,
        email_key -> Text,
        email_verified -> Bool,
        name -> Text,
        password_hash -> Nullable<Text>,
        tokens_not_before -> Nullable<Timestamp>,
        created_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    membership (account_id, person_id) {
        account_id -> BigInt,
        person_id -> BigInt,
        roles -> Text,
        limit_services -> Bool,
        services -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    access_token (id) {
        id -> BigInt,
        public_id -> Text,
        digest -> Text,
        account_id -> BigInt,
        person_id -> BigInt,
        name -> Text,
        scope -> Text,
        created_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    write_count (person_id) {
        person_id -> BigInt,
        window_start -> Timestamp,
        writes -> BigInt,
    }
}

diesel::table! {
    failed_sign_in (name) {
        name -> Text,
        failures -> BigInt,
        last_at -> Timestamp,
        forgotten_at -> Timestamp,
    }
}

diesel::table! {
    known_network (id) {
        id -> BigInt,
        person_id -> BigInt,
        network -> Text,
        last_at -> Timestamp,
    }
}

diesel::table! {
    idempotency_key (id) {
        id -> BigInt,
        digest -> Text,
        request -> Text,
        status -> BigInt,
        content_type -> Nullable<Text>,
        body -> Text,
        account_id -> Nullable<BigInt>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    invitation (id) {
        id -> BigInt,
        public_id -> Text,
        secure_id -> Text,
        account_id -> BigInt,
        email -> Text,
        email_key -> Text,
        name -> Nullable<Text>,
        locale -> Nullable<Text>,
        roles -> Text,
        limit_services -> Bool,
        services -> Text,
        sponsor -> Nullable<BigInt>,
        status -> Text,
        generation -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        sent_at -> Timestamp,
        expires_at -> Timestamp,
        closed_at -> Nullable<Timestamp>,
        closed_by -> Nullable<BigInt>,
        erased_at -> Nullable<Timestamp>,
        version -> BigInt,
    }
}

diesel::table! {
    open_count (account_id) {
        account_id -> BigInt,
        invitations -> BigInt,
    }
}

diesel::table! {
    // The table has no primary key, but diesel needs one.
    open_change (account_id) {
        account_id -> BigInt,
        change -> BigInt,
    }
}

diesel::table! {
    delivery (id) {
        id -> BigInt,
        reference -> Text,
        kind -> Text,
        destination -> Text,
        account_id -> BigInt,
        invitation_id -> BigInt,
        generation -> BigInt,
        state -> Text,
        attempts -> BigInt,
        due_at -> Timestamp,
        lease_until -> Nullable<Timestamp>,
        lease_token -> Nullable<Text>,
        last_error -> Nullable<Text>,
        refused_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        queued_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    queued_delivery (kind, account_id, due_at, delivery_id) {
        kind -> Text,
        account_id -> BigInt,
        due_at -> Timestamp,
        delivery_id -> BigInt,
    }
}

diesel::table! {
    dead_delivery (delivery_id) {
        delivery_id -> BigInt,
        account_id -> BigInt,
    }
}

diesel::table! {
    mail_quota (subject) {
        subject -> Text,
        window_start -> Timestamp,
        mails -> BigInt,
        recent -> Text,
        blocked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    lease (name) {
        name -> Text,
        lease_token -> Text,
        lease_until -> Timestamp,
    }
}

diesel::table! {
    audit_event (id) {
        id -> BigInt,
        at -> Timestamp,
        actor -> Text,
        actor_person -> Nullable<BigInt>,
        action -> Text,
        account_id -> Nullable<BigInt>,
        invitation_id -> Nullable<BigInt>,
        person_id -> Nullable<BigInt>,
    }
}

diesel::joinable!(membership -> account (account_id));
diesel::joinable!(membership -> person (person_id));
diesel::joinable!(known_network -> person (person_id));
diesel::allow_tables_to_appear_in_same_query!(
    access_token,
    account,
    invitation,
    known_network,
    membership,
    person
);
diesel::allow_tables_to_appear_in_same_query!(dead_delivery, delivery, queued_delivery);

/// Defines an expression that is part of the statement's text. With a bound value the planner could not use a partial
/// index, and with diesel's own `sql` literals the statement would be prepared for every execution.
macro_rules! literal {
    ($(#[$doc:meta])* $name:ident = $sql:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, QueryId, ValidGrouping)]
        pub(crate) struct $name;

        impl Expression for $name {
            type SqlType = Text;
        }

        impl<Source> SelectableExpression<Source> for $name {}

        impl<Source> AppearsOnTable<Source> for $name {}

        impl<DB: Backend> QueryFragment<DB> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
                out.push_sql($sql);
                Ok(())
            }
        }
    };
}

literal! {
    /// [`usher_domain::invitation::Status::Pending`], as in the conditions of the indexes.
    Pending = "'pending'"
}
