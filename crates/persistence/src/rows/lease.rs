use chrono::NaiveDateTime;

use crate::insertion::new_row;

new_row! {
    /// The first lease on a kind of work.
    pub(crate) struct NewLeaseRow<'a> for lease {
        name: &'a str,
        lease_token: &'a str,
        lease_until: NaiveDateTime,
    }
    ending " ON CONFLICT (name) DO NOTHING"
}

impl<'a> NewLeaseRow<'a> {
    pub(crate) fn new(name: &'a str, lease_token: &'a str, lease_until: NaiveDateTime) -> Self {
        Self { name, lease_token, lease_until }
    }
}
