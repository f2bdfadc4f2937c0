//! The history of a scenario: the outcomes that its clients saw.

use std::collections::BTreeMap;

use usher_tooling::Failure;

use crate::{relay::SmtpRelay, session::DatabaseSession};

/// The outcome of a creation, as its client saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CreationOutcome {
    /// Status 2xx, with the secure id: the first half of the link.
    Acknowledged(String),
    /// No response, or status 5xx: the invitation may or may not exist.
    Unknown,
    /// Status 4xx.
    Rejected(u16),
}

/// What a scenario records while it runs.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// The outcome of each creation, by email address.
    pub(crate) creations: BTreeMap<String, CreationOutcome>,
    /// By email address, the number of copies of a mail that the relay had at the time of a kill, if the mail was not
    /// yet settled. Such a kill allows one more copy; any further copy is a violation.
    pub(crate) unsettled_copies: BTreeMap<String, usize>,
}

impl History {
    /// Records the copies of all queued mails. Call this after each kill, once the database has ended the transactions
    /// of the killed process.
    pub(crate) fn record_unsettled_copies(
        &mut self,
        session: &mut DatabaseSession,
        relay: &SmtpRelay,
    ) -> Result<(), Failure> {
        let queued = session.rows(
            "SELECT i.email AS line FROM delivery m JOIN invitation i ON i.id = m.invitation_id WHERE m.state = 'queued'",
        )?;
        for email in queued {
            let copies = relay.count(&email);
            let most = self.unsettled_copies.entry(email).or_default();
            *most = copies.max(*most);
        }
        Ok(())
    }
}
