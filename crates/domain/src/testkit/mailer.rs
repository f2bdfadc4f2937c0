use std::sync::{Mutex, PoisonError};

use crate::{
    outbox::InvitationMail,
    port::{Mailer, SendError, SendFuture},
};

/// Keeps mails instead of sending them, and fails if a test says so.
#[derive(Debug, Default)]
pub struct CapturingMailer {
    sent: Mutex<Vec<InvitationMail>>,
    failure: Mutex<Option<SendError>>,
}

impl CapturingMailer {
    /// The mails that were sent so far, in order.
    #[must_use]
    pub fn sent(&self) -> Vec<InvitationMail> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets the error with which every further mail fails. `None` for success.
    pub fn fail_with(&self, failure: Option<SendError>) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }
}

impl Mailer for CapturingMailer {
    fn send<'a>(&'a self, mail: &'a InvitationMail) -> SendFuture<'a> {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            if let Some(failure) = failure {
                return Err(failure);
            }
            self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
            Ok(())
        })
    }
}
