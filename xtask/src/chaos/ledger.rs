//! What was promised, what is stored and what arrived: the judgement over a scenario.

use std::collections::BTreeMap;

use super::{
    relay::{Relay, Taken},
    session::Session,
};
use crate::shell::Failure;

/// What a creation was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// 2xx, with the first half of the link.
    Acknowledged(String),
    /// No answer, or one of 5xx: it may have been done.
    Unknown,
    /// 4xx.
    Refused(u16),
}

/// An invitation as it is stored, with its mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) email: String,
    pub(super) secure_id: String,
    pub(super) mails: u64,
    /// Of its one mail.
    pub(super) state: String,
}

/// What a scenario noted while it went on.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// By address.
    pub(super) answers: BTreeMap<String, Outcome>,
    /// How many copies the relay had of a mail that a kill found between the relay's acceptance and the commit of it: then,
    /// and only then, there may be one more.
    pub(super) windows: BTreeMap<String, usize>,
}

impl Ledger {
    /// To be called after each kill, when the database has ended what the process had begun.
    pub(super) fn note_windows(&mut self, session: &mut Session, relay: &Relay) -> Result<(), Failure> {
        let queued = session.rows(
            "SELECT i.email AS line FROM mail m JOIN invitation i ON i.id = m.invitation_id WHERE m.state = 'queued'",
        )?;
        for email in queued {
            let copies = relay.count(&email);
            let most = self.windows.entry(email).or_default();
            *most = copies.max(*most);
        }
        Ok(())
    }
}

/// The figures; what must not be, each with its first example in `faults`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) acknowledged: u64,
    pub(super) unknown: u64,
    /// Acknowledged and not stored.
    pub(super) lost_invitations: u64,
    /// Stored and not arrived.
    pub(super) lost_mails: u64,
    /// Copies after the first.
    pub(super) duplicates: u64,
    pub(super) faults: Vec<String>,
}

/// Reads all invitations, in SQL that both databases know.
pub(super) fn stored(session: &mut Session) -> Result<Vec<Stored>, Failure> {
    let rows = session.rows(
        "SELECT i.email || '|' || i.secure_id || '|' || count(m.id) || '|' || coalesce(min(m.state), '') AS line
         FROM invitation i LEFT JOIN mail m ON m.invitation_id = i.id GROUP BY i.id, i.email, i.secure_id",
    )?;
    rows.iter().map(|row| parse(row).ok_or_else(|| format!("not an invitation: {row}").into())).collect()
}

fn parse(row: &str) -> Option<Stored> {
    let mut columns = row.split('|').map(str::to_owned);
    let (email, secure_id) = (columns.next()?, columns.next()?);
    Some(Stored { email, secure_id, mails: columns.next()?.parse().ok()?, state: columns.next()? })
}

/// Judges when everything has come to rest.
pub(super) fn judge(ledger: &Ledger, stored: &[Stored], arrived: &BTreeMap<String, Vec<Taken>>) -> Verdict {
    let mut verdict = Verdict::default();
    let mut faults = Faults::default();
    let by_email: BTreeMap<&str, &Stored> = stored.iter().map(|row| (row.email.as_str(), row)).collect();
    if by_email.len() < stored.len() {
        faults.note("invitations stored twice", "");
    }
    for (email, outcome) in &ledger.answers {
        match (outcome, by_email.get(email.as_str())) {
            (Outcome::Acknowledged(secure_id), row) => {
                verdict.acknowledged += 1;
                if row.is_none_or(|row| row.secure_id != *secure_id) {
                    verdict.lost_invitations += 1;
                    faults.note("acknowledged invitations lost", email);
                }
            }
            (Outcome::Unknown, _) => verdict.unknown += 1,
            (Outcome::Refused(_), _) => faults.note("creations refused", email),
        }
    }
    for row in stored {
        let copies = arrived.get(&row.email).map_or(0, Vec::len);
        if row.mails != 1 {
            faults.note("invitations without their one mail", &row.email);
        }
        if copies == 0 {
            verdict.lost_mails += 1;
            faults.note("mails lost", &row.email);
        }
        if row.state != "relayed" {
            faults.note("mails not settled as relayed", &row.email);
        }
    }
    for (email, copies) in arrived {
        let further = copies.len().saturating_sub(1);
        verdict.duplicates += u64::try_from(further).unwrap_or(u64::MAX);
        let fits =
            |copy: &Taken| by_email.get(email.as_str()).is_some_and(|row| row.secure_id == copy.secure_id());
        if !copies.iter().all(fits) {
            faults.note("mails without their invitation", email);
        }
        if copies.windows(2).any(|pair| pair.first() != pair.last()) {
            faults.note("copies that differ", email);
        }
        if further > ledger.windows.get(email).copied().unwrap_or_default() {
            faults.note("duplicates that no kill explains", email);
        }
    }
    verdict.faults = faults.lines();
    verdict
}

/// Counts faults by kind, and keeps an example of each.
#[derive(Default)]
struct Faults(BTreeMap<&'static str, (u64, String)>);

impl Faults {
    fn note(&mut self, kind: &'static str, example: &str) {
        self.0.entry(kind).or_insert_with(|| (0, example.to_owned())).0 += 1;
    }

    fn lines(self) -> Vec<String> {
        self.0
            .into_iter()
            .map(|(kind, (count, example))| format!("{count} {kind}, such as {example}"))
            .collect()
    }
}

#[cfg(test)]
mod tests;
