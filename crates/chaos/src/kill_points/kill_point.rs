use crate::arguments::DatabaseKind;

/// A point at which a process is killed. The names appear in email addresses and messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KillPoint {
    /// The claim is committed, and the relay has not greeted yet. A test from outside cannot keep the worker from connecting,
    /// so this point and the next one differ only in what the test waits for.
    Claimed,
    /// The relay has accepted the connection, and has not greeted yet.
    Connected,
    /// The relay has received DATA, and has not replied yet.
    Data,
    /// The relay has received the whole mail, and has not replied yet.
    EndOfData,
    /// The relay has replied 250. A lock keeps the worker from settling the mail, and the worker may be waiting for it already.
    Relayed,
    /// The worker waits for the lock to settle the mail. On SQLite nothing shows who waits for the lock of the file, so this
    /// point exists only on PostgreSQL.
    Settling,
    /// The mail is settled as relayed.
    Settled,
    /// Inside the transaction of a creation; see [`mid_transaction`](super::mid_transaction).
    MidTransaction,
}

impl KillPoint {
    pub(super) const ALL: [Self; 8] = [
        Self::Claimed,
        Self::Connected,
        Self::Data,
        Self::EndOfData,
        Self::Relayed,
        Self::Settling,
        Self::Settled,
        Self::MidTransaction,
    ];

    pub(super) fn exists_on(self, kind: DatabaseKind) -> bool {
        self != Self::Settling || kind == DatabaseKind::Postgres
    }
}
