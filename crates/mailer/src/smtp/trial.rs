use tokio::time::Instant;
use usher_domain::port::SendError;

use super::{
    LettreMailer,
    connect::connect,
    fault::Fault,
    journal::{Journal, PassedStep},
    reason::Secrets,
};
use crate::compose::{ComposedMail, TestMail};

/// What a trial of the relay showed.
#[derive(Debug)]
pub struct Trial {
    /// The steps that succeeded, in order.
    pub passed: Vec<PassedStep>,
    /// The failure that ended the trial, if any. Its reason begins with the name of the step.
    pub result: Result<(), SendError>,
}

impl LettreMailer {
    /// Connects to the relay and logs in as configured. Sends no mail.
    pub async fn try_relay(&self) -> Trial {
        let mut journal = Journal::keeping();
        let deadline = Instant::now() + self.deadline;
        let result = match connect(&self.target, deadline, &mut journal).await {
            Ok(connection) => {
                connection.quit().await;
                Ok(())
            }
            Err(fault) => Err(self.trial_error(fault, false)),
        };
        Trial { passed: journal.into_steps(), result }
    }

    /// Sends a test mail on a new connection.
    pub async fn try_mail(&self, mail: &TestMail) -> Trial {
        let mut journal = Journal::keeping();
        let result = match self.composer.test(mail) {
            Ok(composed) => self.send_test(&composed, &mut journal).await,
            Err(error) => Err(error.into()),
        };
        Trial { passed: journal.into_steps(), result }
    }

    async fn send_test(&self, mail: &ComposedMail, journal: &mut Journal) -> Result<(), SendError> {
        let deadline = Instant::now() + self.deadline;
        let connected = connect(&self.target, deadline, journal).await;
        let mut connection = connected.map_err(|fault| self.trial_error(fault, false))?;
        let outcome = match connection.begin(mail, deadline, journal).await {
            Ok(()) => connection.hand_over(mail, deadline, journal).await,
            Err(fault) => Err(fault),
        };
        let handed_over = connection.handed_over();
        if outcome.as_ref().err().is_none_or(Fault::leaves_connection) {
            connection.quit().await;
        }
        outcome.map_err(|fault| self.trial_error(fault, handed_over))
    }

    fn trial_error(&self, fault: Fault, handed_over: bool) -> SendError {
        fault.into_send_error(handed_over, &Secrets::of_login(self.target.relay.login.as_ref()))
    }
}
