use std::process::Command;

/// How an SMTP server protects its connections.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Security {
    /// No TLS at all.
    Plain,
    /// STARTTLS is offered, and not required.
    StartTlsOffered,
    /// STARTTLS is required: other commands without TLS fail with 530.
    StartTlsRequired,
    /// TLS from the first octet, as on port 465.
    ImplicitTls,
}

impl Security {
    fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::StartTlsOffered => "starttls-offered",
            Self::StartTlsRequired => "starttls-required",
            Self::ImplicitTls => "implicit-tls",
        }
    }
}

/// A deliberate failure, for all addresses with the same prefix.
#[derive(Clone, Debug)]
pub struct Refusal {
    stage: &'static str,
    prefix: String,
    code: u16,
    times: u32,
}

impl Refusal {
    /// Replies to `RCPT TO` of an address with this prefix with the code, such as 550 or 451, and the status x.1.1 (no such
    /// mailbox).
    #[must_use]
    pub fn recipient(prefix: &str, code: u16) -> Self {
        Self { stage: "recipient", prefix: prefix.into(), code, times: 0 }
    }

    /// Replies to the final dot of a message to such an address with the code and the status x.7.1 (policy), and drops the
    /// message.
    #[must_use]
    pub fn message(prefix: &str, code: u16) -> Self {
        Self { stage: "message", ..Self::recipient(prefix, code) }
    }

    /// Fails only the first `times` attempts for each address, as greylisting does. The minimum is one.
    #[must_use]
    pub fn first(self, times: u32) -> Self {
        Self { times: times.max(1), ..self }
    }
}

/// The behavior of an [`SmtpServer`](super::SmtpServer).
///
/// ```
/// use usher_testbed::{Refusal, Security, SmtpOptions};
///
/// let options = SmtpOptions::new(Security::StartTlsRequired)
///     .login("usher", "secret")
///     .refuse(Refusal::recipient("gone", 550))
///     .refuse(Refusal::recipient("grey", 451).first(1));
/// ```
#[derive(Clone, Debug)]
pub struct SmtpOptions {
    pub(super) security: Security,
    login: Option<(String, String)>,
    login_in_clear: bool,
    ascii_only: bool,
    pub(super) self_signed: bool,
    port: u16,
    refusals: Vec<Refusal>,
}

impl SmtpOptions {
    /// A server that accepts every mail, on a free port.
    #[must_use]
    pub fn new(security: Security) -> Self {
        Self {
            security,
            login: None,
            login_in_clear: false,
            ascii_only: false,
            self_signed: false,
            port: 0,
            refusals: Vec::new(),
        }
    }

    /// Requires this login (AUTH PLAIN or LOGIN), and offers AUTH only with TLS.
    #[must_use]
    pub fn login(mut self, user: &str, password: &str) -> Self {
        self.login = Some((user.into(), password.into()));
        self
    }

    /// Offers AUTH without TLS too, as a misconfigured server does.
    #[must_use]
    pub fn login_in_clear(mut self) -> Self {
        self.login_in_clear = true;
        self
    }

    /// Does not offer SMTPUTF8 (RFC 6531).
    #[must_use]
    pub fn ascii_only(mut self) -> Self {
        self.ascii_only = true;
        self
    }

    /// Presents a self-signed certificate that is marked as one of an authority, as `openssl req -x509` makes them.
    #[must_use]
    pub fn self_signed(mut self) -> Self {
        self.self_signed = true;
        self
    }

    /// Adds a failure. The first failure that matches an address applies.
    #[must_use]
    pub fn refuse(mut self, refusal: Refusal) -> Self {
        self.refusals.push(refusal);
        self
    }

    /// Listens on this port, to replace a server that has ended.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Passes the options to the program of the server.
    pub(super) fn pass_to(&self, command: &mut Command) {
        command.args(["--security", self.security.name()]).args(["--port", &self.port.to_string()]);
        if let Some((user, password)) = &self.login {
            // One argument each, because a password may start with a dash.
            command.arg(format!("--user={user}")).arg(format!("--password={password}"));
        }
        if self.login_in_clear {
            command.arg("--login-in-clear");
        }
        if self.ascii_only {
            command.arg("--ascii-only");
        }
        for Refusal { stage, prefix, code, times } in &self.refusals {
            command.args(["--refuse", stage, prefix, &code.to_string(), &times.to_string()]);
        }
    }
}
