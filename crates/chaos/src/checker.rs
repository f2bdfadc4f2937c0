//! Checks a scenario's history against the stored rows and the relayed mails.

use std::collections::BTreeMap;

use usher_tooling::Failure;

use crate::{
    history::{CreationOutcome, History},
    relay::RelayedMail,
    session::DatabaseSession,
};

/// A stored invitation and its mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredInvitation {
    pub(crate) email: String,
    pub(crate) secure_id: String,
    pub(crate) mails: u64,
    /// The state of the mail; empty without a mail.
    pub(crate) mail_state: String,
}

/// The figures of a scenario, and its violations.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) acknowledged: u64,
    pub(crate) unknown: u64,
    /// Acknowledged invitations that are not stored.
    pub(crate) lost_invitations: u64,
    /// Stored invitations whose mail was not relayed.
    pub(crate) lost_mails: u64,
    /// Copies of mails after the first copy.
    pub(crate) duplicates: u64,
    /// Each kind of violation, with its count and its first example.
    pub(crate) violations: Vec<String>,
}

/// Reads all invitations, in SQL for both databases.
pub(crate) fn stored_invitations(session: &mut DatabaseSession) -> Result<Vec<StoredInvitation>, Failure> {
    let rows = session.rows(
        "SELECT i.email || '|' || i.secure_id || '|' || count(m.id) || '|' || coalesce(min(m.state), '') AS line
         FROM invitation i LEFT JOIN delivery m ON m.invitation_id = i.id GROUP BY i.id, i.email, i.secure_id",
    )?;
    rows.iter().map(|row| parse(row).ok_or_else(|| format!("not an invitation: {row}").into())).collect()
}

fn parse(row: &str) -> Option<StoredInvitation> {
    let mut columns = row.split('|').map(str::to_owned);
    let (email, secure_id) = (columns.next()?, columns.next()?);
    let (mails, mail_state) = (columns.next()?.parse().ok()?, columns.next()?);
    Some(StoredInvitation { email, secure_id, mails, mail_state })
}

/// Checks all guarantees. Call this once no mail is queued.
pub(crate) fn check(
    history: &History,
    stored: &[StoredInvitation],
    relayed: &BTreeMap<String, Vec<RelayedMail>>,
) -> Verdict {
    let by_email = stored.iter().map(|row| (row.email.as_str(), row)).collect();
    let mut check = Check { by_email, verdict: Verdict::default(), kinds: BTreeMap::new() };
    if check.by_email.len() < stored.len() {
        check.violation("invitations stored twice", "");
    }
    for (email, outcome) in &history.creations {
        check.creation(email, outcome);
    }
    for row in stored {
        check.invitation(row, relayed.get(&row.email).map_or(0, Vec::len));
    }
    for (email, copies) in relayed {
        let allowed = history.unsettled_copies.get(email).copied().unwrap_or_default();
        check.copies(email, copies, allowed);
    }
    check.finish()
}

struct Check<'s> {
    by_email: BTreeMap<&'s str, &'s StoredInvitation>,
    verdict: Verdict,
    /// The count and the first example of each kind of violation.
    kinds: BTreeMap<&'static str, (u64, String)>,
}

impl Check<'_> {
    fn creation(&mut self, email: &str, outcome: &CreationOutcome) {
        match outcome {
            CreationOutcome::Acknowledged(secure_id) => {
                self.verdict.acknowledged += 1;
                if self.by_email.get(email).is_none_or(|row| row.secure_id != *secure_id) {
                    self.verdict.lost_invitations += 1;
                    self.violation("acknowledged invitations lost", email);
                }
            }
            CreationOutcome::Unknown => self.verdict.unknown += 1,
            CreationOutcome::Rejected(_) => self.violation("creations rejected", email),
        }
    }

    fn invitation(&mut self, row: &StoredInvitation, copies: usize) {
        if row.mails != 1 {
            self.violation("invitations without exactly one mail", &row.email);
        }
        if copies == 0 {
            self.verdict.lost_mails += 1;
            self.violation("mails lost", &row.email);
        }
        if row.mail_state != "relayed" {
            self.violation("mails not settled as relayed", &row.email);
        }
    }

    fn copies(&mut self, email: &str, copies: &[RelayedMail], allowed_duplicates: usize) {
        let duplicates = copies.len().saturating_sub(1);
        self.verdict.duplicates += u64::try_from(duplicates).unwrap_or(u64::MAX);
        let row = self.by_email.get(email);
        let has_invitation = |copy: &RelayedMail| row.is_some_and(|row| row.secure_id == copy.secure_id());
        if !copies.iter().all(has_invitation) {
            self.violation("mails without their invitation", email);
        }
        if copies.windows(2).any(|pair| pair.first() != pair.last()) {
            self.violation("copies that differ", email);
        }
        if duplicates > allowed_duplicates {
            self.violation("duplicates that no kill explains", email);
        }
    }

    fn violation(&mut self, kind: &'static str, example: &str) {
        self.kinds.entry(kind).or_insert_with(|| (0, example.to_owned())).0 += 1;
    }

    fn finish(self) -> Verdict {
        let kinds = self.kinds.into_iter();
        let violations = kinds.map(|(kind, (count, example))| format!("{count} {kind}, such as {example}"));
        Verdict { violations: violations.collect(), ..self.verdict }
    }
}

#[cfg(test)]
mod tests;
