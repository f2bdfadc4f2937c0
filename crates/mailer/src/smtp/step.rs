/// A step of a delivery. The steps up to [`Step::Reset`] concern the relay, the others one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Name resolution and TCP.
    Connect,
    /// STARTTLS.
    StartTls,
    /// The TLS handshake.
    Secure,
    /// The relay's greeting, and EHLO.
    Greeting,
    /// AUTH.
    Login,
    /// RSET on a reused connection.
    Reset,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Recipient,
    /// DATA, up to the 354 reply.
    Data,
    /// The message, its final dot and the reply.
    Content,
    /// QUIT.
    Quit,
}

impl Step {
    /// The name for the operator.
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

    /// Whether the step precedes MAIL FROM.
    pub(super) const fn is_before_mail(self) -> bool {
        matches!(
            self,
            Self::Connect | Self::StartTls | Self::Secure | Self::Greeting | Self::Login | Self::Reset
        )
    }
}
