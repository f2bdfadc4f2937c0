use chrono::NaiveDateTime;

use crate::insertion::new_row;

new_row! {
    /// A network from which a person has signed in.
    pub(crate) struct KnownNetworkRow for known_network {
        person_id: i64,
        network: String,
        last_at: NaiveDateTime,
    }
    ending " ON CONFLICT (person_id, network) DO UPDATE SET last_at = excluded.last_at"
}

impl KnownNetworkRow {
    pub(crate) const fn new(person_id: i64, network: String, last_at: NaiveDateTime) -> Self {
        Self { person_id, network, last_at }
    }
}
