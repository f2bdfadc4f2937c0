use std::{error::Error as _, future::Future, io};

use lettre::transport::smtp::response::{Response, Severity};
use tokio::time::{Instant, timeout_at};
use usher_domain::port::SendError;

use super::{plain_words, reason::Secrets, refusal::Refusal, step::Step};
use crate::catching::{Panicked, catch_async};

/// A failure of one step of the dialogue.
#[derive(Debug)]
pub(super) struct Fault {
    step: Step,
    kind: FaultKind,
}

#[derive(Debug)]
enum FaultKind {
    /// The relay rejected the step with this code and text.
    Refused(u16, String),
    /// No valid reply: the connection broke, the deadline passed, or the reply was not SMTP.
    Broken(String),
    /// The relay does not support the mail.
    Inexpressible(&'static str),
}

impl Fault {
    pub(super) fn broken(step: Step, why: impl Into<String>) -> Self {
        Self { step, kind: FaultKind::Broken(why.into()) }
    }

    pub(super) fn inexpressible(why: &'static str) -> Self {
        Self { step: Step::Mail, kind: FaultKind::Inexpressible(why) }
    }

    /// Returns a 2yz or 3yz reply.
    pub(super) fn unless_positive(response: Response, step: Step) -> Result<Response, Self> {
        if response.is_positive() {
            return Ok(response);
        }
        let text = response.message().collect::<Vec<_>>().join(" ");
        Err(Self { step, kind: FaultKind::Refused(response.code().into(), text) })
    }

    /// Requires a 2yz reply. lettre accepts 3yz, too.
    pub(super) fn unless_completed(response: &Response, step: Step) -> Result<(), Self> {
        Self::unless_severity(response, Severity::PositiveCompletion, step)
    }

    /// Requires a 3yz reply.
    pub(super) fn unless_intermediate(response: &Response, step: Step) -> Result<(), Self> {
        Self::unless_severity(response, Severity::PositiveIntermediate, step)
    }

    fn unless_severity(response: &Response, due: Severity, step: Step) -> Result<(), Self> {
        if response.code().severity == due {
            Ok(())
        } else {
            Err(Self::broken(step, format!("unexpected reply {} of the relay", response.code())))
        }
    }

    /// Whether the connection can be used again. 421 announces its end (RFC 5321, 3.8).
    pub(super) fn leaves_connection(&self) -> bool {
        match self.kind {
            FaultKind::Refused(code, _) => code != 421 && self.step != Step::Reset,
            FaultKind::Broken(_) => false,
            FaultKind::Inexpressible(_) => true,
        }
    }

    /// Converts the failure into the result for the mail. `handed_over`: the last octet of the mail was sent.
    pub(super) fn into_send_error(self, handed_over: bool, secrets: &Secrets<'_>) -> SendError {
        let reason = match &self.kind {
            FaultKind::Refused(code, text) => secrets.reason(self.step, &format!("{code} {text}")),
            FaultKind::Broken(text) => secrets.reason(self.step, text),
            FaultKind::Inexpressible(text) => (*text).to_owned(),
        };
        match self.kind {
            FaultKind::Inexpressible(_) => SendError::Unsendable { reason },
            _ if self.step.is_before_mail() => SendError::Unreachable { reason },
            FaultKind::Refused(code, text) => match Refusal::classify(self.step, code, &text) {
                Refusal::Login => SendError::Unreachable { reason },
                Refusal::Recipient => SendError::Permanent { reason },
                Refusal::Sender => SendError::Refused { reason },
                Refusal::Temporary => SendError::Deferred { reason },
            },
            FaultKind::Broken(_) if handed_over => SendError::Ambiguous { reason },
            FaultKind::Broken(_) => SendError::Deferred { reason },
        }
    }
}

/// Runs one step of the dialogue. An error, a panic or the deadline becomes a [`Fault`].
pub(super) async fn within<T, E: StepError>(
    deadline: Instant,
    step: Step,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, Fault> {
    match timeout_at(deadline, catch_async(work)).await {
        Ok(Ok(outcome)) => outcome.map_err(|error| error.at(step)),
        Ok(Err(Panicked)) => Err(Fault::broken(step, "internal error")),
        Err(_) => Err(Fault::broken(step, "no reply in time")),
    }
}

/// An error of a step.
pub(super) trait StepError {
    fn at(self, step: Step) -> Fault;
}

impl StepError for io::Error {
    fn at(self, step: Step) -> Fault {
        Fault::broken(step, plain_words::io_error(&self))
    }
}

impl StepError for lettre::transport::smtp::Error {
    fn at(self, step: Step) -> Fault {
        match self.status() {
            Some(code) => {
                // The source is the relay's text.
                let text = self.source().map(ToString::to_string).unwrap_or_default();
                Fault { step, kind: FaultKind::Refused(code.into(), text) }
            }
            None => Fault::broken(step, plain_words::smtp_error(&self)),
        }
    }
}

impl StepError for Fault {
    fn at(self, _: Step) -> Fault {
        self
    }
}
