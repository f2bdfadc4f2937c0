use std::process::Command;

/// How an SMTP server protects its connections.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Security {
    /// No TLS at all.
    Plain,
    /// STARTTLS is there for those who ask.
    StartTlsOffered,
    /// Nothing but STARTTLS is answered in clear (530).
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

/// A failure that the server shows on purpose, to all addresses that start alike.
#[derive(Clone, Debug)]
pub struct Refusal {
    stage: &'static str,
    prefix: String,
    code: u16,
    times: u32,
}

impl Refusal {
    /// Answers `RCPT TO` of an address with that prefix by the code, such as 550 or 451.
    #[must_use]
    pub fn recipient(prefix: &str, code: u16) -> Self {
        Self { stage: "recipient", prefix: prefix.into(), code, times: 0 }
    }

    /// Answers the final dot of a message to such an address by the code, and does not keep the message.
    #[must_use]
    pub fn message(prefix: &str, code: u16) -> Self {
        Self { stage: "message", ..Self::recipient(prefix, code) }
    }

    /// Gives in to an address after so many refusals, as greylisting does; at least one.
    #[must_use]
    pub fn first(self, times: u32) -> Self {
        Self { times: times.max(1), ..self }
    }
}

/// How an [`SmtpServer`](super::SmtpServer) is to behave.
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
    port: u16,
    refusals: Vec<Refusal>,
}

impl SmtpOptions {
    /// A server that takes any mail from anybody, on a free port.
    #[must_use]
    pub fn new(security: Security) -> Self {
        Self {
            security,
            login: None,
            login_in_clear: false,
            ascii_only: false,
            port: 0,
            refusals: Vec::new(),
        }
    }

    /// Demands this login (AUTH PLAIN or LOGIN) before a mail, and offers AUTH only under TLS.
    #[must_use]
    pub fn login(mut self, user: &str, password: &str) -> Self {
        self.login = Some((user.into(), password.into()));
        self
    }

    /// Offers AUTH without TLS too, as a careless server would.
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

    /// Adds a failure; the first one that applies to an address counts.
    #[must_use]
    pub fn refuse(mut self, refusal: Refusal) -> Self {
        self.refusals.push(refusal);
        self
    }

    /// Listens on this port: the one of a server that has ended, to come back in its place.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Hands the options to the server's program.
    pub(super) fn pass_to(&self, command: &mut Command) {
        command.args(["--security", self.security.name()]).args(["--port", &self.port.to_string()]);
        if let Some((user, password)) = &self.login {
            // One word each: a password may start with a dash.
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
