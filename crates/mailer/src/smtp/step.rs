/// Where a delivery is. The steps up to [`Step::Login`] are about the relay, the others about one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Name resolution and TCP.
    Connect,
    /// STARTTLS, when it is not there or not granted.
    StartTls,
    /// The TLS handshake.
    Secure,
    /// The relay's greeting, and EHLO.
    Greeting,
    /// AUTH.
    Login,
    /// RSET on a connection that is used again.
    Reset,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Recipient,
    /// DATA, up to the permission to go on.
    Data,
    /// The message, its final dot, and the answer to that.
    Content,
    /// QUIT.
    Quit,
}

impl Step {
    /// What the operator reads.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Connect => "connecting",
            Self::StartTls => "STARTTLS",
            Self::Secure => "TLS",
            Self::Greeting => "greeting",
            Self::Login => "login",
            Self::Reset => "RSET",
            Self::Mail => "MAIL",
            Self::Recipient => "RCPT",
            Self::Data => "DATA",
            Self::Content => "message",
            Self::Quit => "QUIT",
        }
    }

    /// Whether nothing was said about any mail yet.
    pub(super) const fn is_before_mail(self) -> bool {
        matches!(
            self,
            Self::Connect | Self::StartTls | Self::Secure | Self::Greeting | Self::Login | Self::Reset
        )
    }
}
