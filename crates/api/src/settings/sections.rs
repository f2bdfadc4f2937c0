//! The small sections.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Deserializer};
use tracing_subscriber::EnvFilter;

use super::types::{DAY, HOUR, MINUTE, duration, number, parsed, retention};

/// Longest validity of an invitation: ten years.
const MAX_VALIDITY: u64 = 10 * 366 * DAY;

/// `[invitations]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationSection {
    /// How long an invitation is open; [`FastlySection`] has its own validity.
    #[serde(deserialize_with = "duration::<_, MINUTE, MAX_VALIDITY>")]
    pub validity: Duration,
    /// Shortest time between two mails of one invitation.
    #[serde(deserialize_with = "duration::<_, 0, DAY>")]
    pub resend_interval: Duration,
    /// The proof that acceptance requires.
    pub acceptance: Acceptance,
}

/// The proof that acceptance requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Acceptance {
    /// The key of the mail, or a verified e-mail claim.
    Mailbox,
    /// A login and the `secure_id`.
    Possession,
}

/// `[limits]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSection {
    /// Writes of one person in an hour, across both dialects and all replicas; 0 for no limit.
    #[serde(deserialize_with = "number::<_, _, 0, 1_000_000_000>")]
    pub writes_per_hour: u32,
    /// Mails to one mailbox within an hour, over all accounts; 0 for no limit.
    #[serde(deserialize_with = "number::<_, _, 0, 100>")]
    pub mails_per_mailbox_per_hour: u32,
    /// Mails to one mailbox within 24 hours, over all accounts; 0 for no limit.
    #[serde(deserialize_with = "number::<_, _, 0, 100>")]
    pub mails_per_mailbox_per_day: u32,
    /// Mails of one account in a UTC day; 0 for no limit.
    #[serde(deserialize_with = "number::<_, _, 0, 1_000_000_000>")]
    pub mails_per_account_per_day: u32,
    /// Mails of one inviter in a UTC day; 0 for no limit.
    #[serde(deserialize_with = "number::<_, _, 0, 1_000_000_000>")]
    pub mails_per_inviter_per_day: u32,
    /// Failed look-ups of links in a minute of one client, in this process; 0 for no limit.
    #[serde(deserialize_with = "number::<_, _, 0, 1_000_000>")]
    pub failed_links_per_client_and_minute: u32,
    /// Failed look-ups of links in a minute of all clients, in this process; 0 for no limit.
    #[serde(deserialize_with = "number::<_, _, 0, 1_000_000>")]
    pub failed_links_per_minute: u32,
    /// Failed logins of an address that delay nothing; 0 for no delays.
    #[serde(deserialize_with = "number::<_, _, 0, 1_000_000>")]
    pub failed_logins_per_address: u32,
    /// Failed logins from a network that delay nothing; 0 for no delays.
    #[serde(deserialize_with = "number::<_, _, 0, 1_000_000>")]
    pub failed_logins_per_network: u32,
    /// Failed logins in total that delay nothing; 0 for no delays.
    #[serde(deserialize_with = "number::<_, _, 0, 1_000_000>")]
    pub failed_logins: u32,
}

/// `[retention]`: how long data is kept; `None` for ever.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionSection {
    /// Address, name and locale of an invitation, after its end.
    #[serde(deserialize_with = "retention::<_, MIN_INVITATIONS>")]
    pub invitations: Option<Duration>,
    /// Mails that are not queued.
    #[serde(deserialize_with = "retention::<_, MIN_MAILS>")]
    pub mails: Option<Duration>,
    /// Entries of the audit log.
    #[serde(deserialize_with = "retention::<_, DAY>")]
    pub audit_events: Option<Duration>,
    /// Answers to requests with an idempotency key.
    #[serde(deserialize_with = "duration::<_, HOUR, MAX_IDEMPOTENCY>")]
    pub idempotency_keys: Duration,
}

/// A declined address is refused for 30 days, which its invitation tells.
const MIN_INVITATIONS: u64 = 30 * DAY;
/// Longer than a mail is attempted.
const MIN_MAILS: u64 = 7 * DAY;
/// A month.
const MAX_IDEMPOTENCY: u64 = 31 * DAY;

/// `[landscape]`: Landscape's dialect.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LandscapeSection {
    /// Whether a body without `Content-Type: application/json` is rejected with 415, as newer versions of Landscape do.
    pub strict_content_type: bool,
}

/// `[fastly]`: Fastly's dialect.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FastlySection {
    /// How long an invitation of this dialect is open.
    #[serde(deserialize_with = "duration::<_, MINUTE, MAX_VALIDITY>")]
    pub validity: Duration,
}

/// `[worker]`: the loop that delivers mails and records expiry.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerSection {
    /// Whether `serve` runs it.
    pub enabled: bool,
    /// Concurrent deliveries.
    #[serde(deserialize_with = "number::<_, _, 1, 256>")]
    pub concurrency: usize,
    /// Further concurrent deliveries while others take long.
    #[serde(deserialize_with = "number::<_, _, 0, 256>")]
    pub slow_concurrency: usize,
    /// Time between two polls for work when no signal arrives.
    #[serde(deserialize_with = "duration::<_, 10, HOUR>")]
    pub poll_interval: Duration,
}

/// `[log]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSection {
    /// The form of a line.
    pub format: LogFormat,
    /// Directives such as `info,usher_api=debug`.
    #[serde(deserialize_with = "filter")]
    pub filter: String,
}

/// The form of a line of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text for people.
    Text,
    /// A JSON object for programs.
    Json,
}

fn filter<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    parsed(deserializer, "a level or directives, such as info or info,usher_api=debug", |text| {
        EnvFilter::builder().parse(text).is_ok().then(|| text.to_owned())
    })
}

/// `[development]`: settings of development mode only.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DevelopmentSection {
    /// The folder of the generated secret and of the mails.
    pub directory: PathBuf,
}

impl DevelopmentSection {
    /// The folder of the mails that development mode keeps instead of sending them.
    #[must_use]
    pub fn mailbox(&self) -> PathBuf {
        self.directory.join("mailbox")
    }
}
