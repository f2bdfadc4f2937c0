//! Counts writes at the start of the unit that serves them.

use diesel::QueryResult;
use usher_domain::{port::store::Counting, principal::Credential, quota::WriteCount};

use crate::{
    connection::AnyConnection,
    dialect::{self, CredentialKind},
};

/// The writes of a unit: counted once, however often the unit runs.
pub(crate) struct Writes<'a> {
    uncounted: Option<&'a Counting<'a>>,
    counts: Vec<Option<WriteCount>>,
}

impl<'a> Writes<'a> {
    /// For a unit that counts nothing.
    pub(crate) fn none() -> Self {
        Self { uncounted: None, counts: Vec::new() }
    }

    /// For a unit whose writes are counted. Without writers nothing is counted.
    pub(crate) fn of(counting: &'a Counting<'a>) -> Self {
        let uncounted = Some(counting).filter(|counting| !counting.credentials.is_empty());
        Self { uncounted, counts: Vec::new() }
    }

    /// Counts the writes unless they are counted already. Returns whether it did.
    pub(crate) fn count(&mut self, connection: &mut AnyConnection) -> QueryResult<bool> {
        let Some(counting) = self.uncounted else { return Ok(false) };
        self.counts = count(connection, counting)?;
        self.uncounted = None;
        Ok(true)
    }

    /// The counts, one per writer.
    pub(crate) fn counts(&self) -> &[Option<WriteCount>] {
        &self.counts
    }
}

fn count(connection: &mut AnyConnection, counting: &Counting<'_>) -> QueryResult<Vec<Option<WriteCount>>> {
    let mut counts = vec![None; counting.credentials.len()];
    for kind in [CredentialKind::Address, CredentialKind::TokenDigest] {
        let numbered = counting.credentials.iter().zip(0..);
        let writes: Vec<_> =
            numbered.filter_map(|(writer, position)| Some((position, key(writer, kind)?))).collect();
        for (position, window, number) in dialect::count_writes(connection, kind, &writes, counting)? {
            let count = usize::try_from(position).ok().and_then(|position| counts.get_mut(position));
            if let Some(count) = count {
                let writes = u64::try_from(number).unwrap_or_default();
                *count = Some(WriteCount { window: window.and_utc(), writes });
            }
        }
    }
    Ok(counts)
}

/// The key by which the writer is looked up, if the credential is of this kind.
fn key(writer: &Credential, kind: CredentialKind) -> Option<&str> {
    match (writer, kind) {
        (Credential::Principal(principal), CredentialKind::Address) => Some(principal.email.key()),
        (Credential::AccessToken(digest), CredentialKind::TokenDigest) => Some(digest.as_str()),
        _ => None,
    }
}
