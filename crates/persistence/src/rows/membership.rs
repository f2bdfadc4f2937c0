use chrono::NaiveDateTime;
use diesel::prelude::*;
use usher_domain::{
    id::{AccountId, PersonId},
    membership::Membership,
    port::StoreError,
};

use super::{grant, row_ref::RowRef};
use crate::{insertion::new_row, schema::membership};

#[derive(Queryable, Selectable)]
#[diesel(table_name = membership)]
pub(crate) struct MembershipRow {
    account_id: i64,
    person_id: i64,
    roles: String,
    limit_services: bool,
    services: String,
    created_at: NaiveDateTime,
}

impl TryFrom<MembershipRow> for Membership {
    type Error = StoreError;

    fn try_from(row: MembershipRow) -> Result<Self, StoreError> {
        // Half of the key is enough to find the row: a person has few memberships.
        let row_ref = RowRef { table: "membership", id: row.person_id };
        Ok(Self {
            account_id: AccountId::new(row.account_id),
            person_id: PersonId::new(row.person_id),
            grant: grant::read(row_ref, &row.roles, row.limit_services, &row.services)?,
            created_at: row.created_at.and_utc(),
        })
    }
}

new_row! {
    /// A new membership.
    pub(crate) struct NewMembershipRow for membership {
        account_id: i64,
        person_id: i64,
        roles: String,
        limit_services: bool,
        services: String,
        created_at: NaiveDateTime,
    }
}

impl From<&Membership> for NewMembershipRow {
    fn from(membership: &Membership) -> Self {
        Self {
            account_id: membership.account_id.get(),
            person_id: membership.person_id.get(),
            roles: grant::roles(&membership.grant),
            limit_services: membership.grant.limit_services(),
            services: grant::services(&membership.grant),
            created_at: membership.created_at.naive_utc(),
        }
    }
}
