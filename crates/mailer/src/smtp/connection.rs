use std::time::Duration;

use lettre::transport::smtp::{
    client::AsyncSmtpConnection,
    commands::{Data, Mail, Quit, Rcpt, Rset},
    extension::{Extension, MailBodyParameter, MailParameter},
};
use tokio::time::Instant;

use super::{
    fault::{Fault, within},
    journal::Journal,
    step::Step,
    wire::HandedOver,
};
use crate::compose::ComposedMail;

/// Longest time for QUIT.
const QUIT_TIMEOUT: Duration = Duration::from_secs(5);

/// An SMTP session for one mail after another.
pub(super) struct Connection {
    smtp: AsyncSmtpConnection,
    handed_over: HandedOver,
    opened: Instant,
    /// Whether a mail was begun but not finished. If so, RSET precedes the next mail.
    unfinished: bool,
}

impl Connection {
    /// A session after its greeting, before its first mail.
    pub(super) fn new(smtp: AsyncSmtpConnection, handed_over: HandedOver) -> Self {
        Self { smtp, handed_over, opened: Instant::now(), unfinished: false }
    }

    pub(super) fn opened(&self) -> Instant {
        self.opened
    }

    /// Whether the last octet of the mail was sent.
    pub(super) fn handed_over(&self) -> bool {
        self.handed_over.get()
    }

    /// Begins a mail with MAIL FROM. If this fails, the relay has received nothing of the mail.
    pub(super) async fn begin(
        &mut self,
        mail: &ComposedMail,
        deadline: Instant,
        journal: &mut Journal,
    ) -> Result<(), Fault> {
        self.handed_over.set(false);
        if self.unfinished {
            let response = within(deadline, Step::Reset, self.smtp.command(Rset)).await?;
            Fault::unless_completed(&response, Step::Reset)?;
            self.unfinished = false;
        }
        let mut parameters = Vec::new();
        if mail.needs_smtputf8() {
            if !self.smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(Fault::inexpressible(
                    "the address has letters before the @ that the relay cannot carry (it does not offer SMTPUTF8)",
                ));
            }
            parameters.push(MailParameter::SmtpUtfEight);
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let command = Mail::new(Some(mail.from().clone()), parameters);
        let response = within(deadline, Step::Mail, self.smtp.command(command)).await?;
        self.unfinished = true;
        Fault::unless_completed(&response, Step::Mail)?;
        journal.answered(Step::Mail, &response);
        Ok(())
    }

    /// Sends the rest of the mail. After `Ok` the relay is responsible for it.
    pub(super) async fn hand_over(
        &mut self,
        mail: &ComposedMail,
        deadline: Instant,
        journal: &mut Journal,
    ) -> Result<(), Fault> {
        let command = Rcpt::new(mail.to().clone(), Vec::new());
        let response = within(deadline, Step::Recipient, self.smtp.command(command)).await?;
        Fault::unless_completed(&response, Step::Recipient)?;
        journal.answered(Step::Recipient, &response);
        let response = within(deadline, Step::Data, self.smtp.command(Data)).await?;
        Fault::unless_intermediate(&response, Step::Data)?;
        journal.answered(Step::Data, &response);
        let response = within(deadline, Step::Content, self.smtp.message(mail.as_bytes())).await?;
        Fault::unless_completed(&response, Step::Content)?;
        journal.answered(Step::Content, &response);
        self.unfinished = false;
        Ok(())
    }

    /// Ends the session with QUIT.
    pub(super) async fn quit(mut self) {
        let deadline = Instant::now() + QUIT_TIMEOUT;
        // The connection ends, whatever the reply is.
        let _ = within(deadline, Step::Quit, self.smtp.command(Quit)).await;
    }
}
