//! Settings: what an operator decides. One place reads them, checks them all, and reports every mistake at once.
//!
//! Order, the later wins: `config/default.toml` (embedded; it lists every key with its meaning), the file named by
//! `--config` or `USHER_CONFIG`, then the environment (`USHER__SECTION__KEY`). Each secret `key` has a twin `key_file`
//! that names a file holding it. An empty text counts as not set.
//!
//! To add a key: a field here, its line with a comment in `config/default.toml`, and its line in the file under `load/`
//! that reads the section. A test compares what is read with what that file lists.

mod development;
mod load;
mod notices;
mod problem;
mod reader;
mod secrets;
mod suggest;
#[cfg(test)]
mod tests;
mod tree;

pub use load::{Mode, Sources};
pub use problem::{Problem, SettingsErrors};

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use secrecy::SecretString;
use url::Url;
use usher_domain::{address::EmailAddress, text::DisplayText};

/// Everything that can be decided.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `[server]`
    pub server: Server,
    /// `[database]`
    pub database: Database,
    /// `[auth]`
    pub auth: Auth,
    /// `[mail]`; `None` keeps mails in the development mailbox, which only development mode allows.
    pub mail: Option<Mail>,
    /// `[invitations]`
    pub invitations: Invitations,
    /// `[limits]`
    pub limits: Limits,
    /// `[landscape]`
    pub landscape: Landscape,
    /// `[fastly]`
    pub fastly: Fastly,
    /// `[worker]`
    pub worker: Worker,
    /// `[log]`
    pub log: Log,
    /// `[development]`
    pub development: Development,
}

/// How the service is reached.
#[derive(Debug, Clone)]
pub struct Server {
    /// Address and port to listen on; port 0 takes a free one.
    pub bind: SocketAddr,
    /// Where people and clients reach it; `None` only where production does not run. See [`Server::base_url`].
    pub public_url: Option<Url>,
    /// Threads that handle connections; at least one.
    pub threads: usize,
    /// How long a client may take to send a request's body.
    pub body_timeout: Duration,
    /// How long running requests and deliveries may take to end after the first signal.
    pub shutdown_timeout: Duration,
    /// Where the page after acceptance sends the new member, if anywhere.
    pub continue_url: Option<Url>,
}

impl Server {
    /// What links in mails begin with, without a trailing slash: the configured URL, or where none is configured the
    /// address that the server listens on.
    #[must_use]
    pub fn base_url(&self, bound: SocketAddr) -> String {
        match &self.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{bound}"),
        }
    }
}

/// The database.
#[derive(Debug, Clone)]
pub struct Database {
    /// `sqlite:path` or `postgres://…`.
    pub url: SecretString,
    /// Most connections.
    pub pool_size: u32,
    /// How long a request waits for a connection before it is answered 503.
    pub acquire_timeout: Duration,
    /// Whether prepared statements are kept; off behind `PgBouncer` before 1.21 in transaction mode.
    pub statement_cache: bool,
    /// Whether `serve` and `worker` apply pending migrations at start; otherwise they refuse to start with any.
    pub migrate: bool,
}

/// Who may call, and how it is proven.
#[derive(Debug, Clone)]
pub struct Auth {
    /// Signs and verifies HS256 tokens, and makes the keys of links. At least 32 bytes.
    pub secret: SecretString,
    /// Former secrets: still accepted, never used to make anything.
    pub previous_secrets: Vec<SecretString>,
    /// `iss` of the tokens under the secret: written and demanded when set.
    pub issuer: Option<String>,
    /// `aud` of the tokens under the secret: written and demanded when set.
    pub audience: Option<String>,
    /// How far clocks may differ.
    pub leeway: Duration,
    /// How long tokens of `POST /api/v2/login` live, unless the caller asks for less.
    pub token_lifetime: Duration,
    /// Further issuers whose tokens are accepted.
    pub issuers: Vec<Issuer>,
}

/// Another service whose tokens are accepted.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// `iss`, demanded.
    pub issuer: String,
    /// `aud`, demanded when set.
    pub audience: Option<String>,
    /// Where its keys are, unless they are given as files.
    pub jwks_url: Option<Url>,
    /// Public keys as PEM files.
    pub key_files: Vec<PathBuf>,
    /// Claim that holds the e-mail address.
    pub email_claim: String,
    /// Claim that says whether the address is verified.
    pub email_verified_claim: String,
    /// Claim that names the account.
    pub account_claim: String,
    /// Claim that holds the person's name.
    pub name_claim: String,
}

/// The relay that mails leave through.
#[derive(Debug, Clone)]
pub struct Mail {
    /// `smtp://host:port` (STARTTLS) or `smtps://host:port`, without credentials; the port is always there.
    pub url: Url,
    /// Sender of every mail.
    pub from: Sender,
    /// User name at the relay.
    pub username: Option<String>,
    /// Password at the relay.
    pub password: Option<SecretString>,
    /// Whether mails leave without TLS: so configured, or the relay is this machine and no authority is named for its
    /// certificate. Only with a relay on this machine is there a login then.
    pub insecure: bool,
    /// The name of this host in EHLO; `None` is the domain of the sender.
    pub hello_name: Option<String>,
    /// A certificate authority to trust besides the system's, as PEM.
    pub ca_file: Option<PathBuf>,
    /// Longest time for one mail, connecting included.
    pub deadline: Duration,
}

/// Whom mails come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Shown before the address.
    pub name: Option<DisplayText>,
    /// ASCII before the `@`.
    pub address: EmailAddress,
}

/// How invitations behave.
#[derive(Debug, Clone)]
pub struct Invitations {
    /// How long one is open; [`Fastly`] has its own.
    pub validity: Duration,
    /// Least time between two mails of one invitation.
    pub resend_interval: Duration,
    /// What acceptance demands.
    pub acceptance: Acceptance,
}

/// What acceptance demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// `mailbox`: the key of the mail, or a verified e-mail claim.
    Mailbox,
    /// `possession`: a login and the `secure_id`.
    Possession,
}

/// What one person may do at most.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Writes of one person in an hour, over both dialects and all replicas; 0 for no limit.
    pub writes_per_hour: u32,
}

/// Fastly's dialect.
#[derive(Debug, Clone)]
pub struct Fastly {
    /// How long an invitation that is made there is open.
    pub validity: Duration,
}

/// Landscape's dialect.
#[derive(Debug, Clone)]
pub struct Landscape {
    /// Whether a body without `Content-Type: application/json` is answered 415, as newer Landscape does.
    pub strict_content_type: bool,
}

/// The loop that delivers mails and writes down expiry.
#[derive(Debug, Clone)]
pub struct Worker {
    /// Whether `serve` runs it.
    pub enabled: bool,
    /// Mails sent at the same time.
    pub concurrency: usize,
    /// How often it looks without being told.
    pub poll_interval: Duration,
}

/// What is logged.
#[derive(Debug, Clone)]
pub struct Log {
    /// `text` or `json`.
    pub format: LogFormat,
    /// Directives such as `info,usher_api=debug`.
    pub filter: String,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One object a line.
    Json,
}

/// What only development mode uses.
#[derive(Debug, Clone)]
pub struct Development {
    /// Where it keeps the secret that it made for itself, and the mails.
    pub directory: PathBuf,
}

impl Development {
    /// The folder of the mails that development mode keeps instead of sending them.
    #[must_use]
    pub fn mailbox(&self) -> PathBuf {
        self.directory.join("mailbox")
    }
}
