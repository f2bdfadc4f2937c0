//! `usher mail test`

use serde_json::{Value, json};
use tokio::runtime::Builder;
use usher_domain::{
    account::PublicId,
    port::{Clock as _, SendError},
};
use usher_mailer::{LettreMailer, PassedStep, TestMail, Trial};

use super::{arguments::TestMailArguments, failure::Failure, output::Output};
use crate::{
    settings::Settings,
    system::{SystemClock, SystemEntropy},
};

/// Sends a test mail through the configured relay. Does not use the database.
pub(super) fn run(settings: &Settings, arguments: TestMailArguments) -> Result<(), Failure> {
    let output = Output::from_arguments(&arguments.result);
    let Some(relay) = &settings.mail else {
        return Err(Failure::Configuration(
            "mail.url (USHER__MAIL__URL) is missing: without it, mails stay in the development mailbox"
                .to_owned(),
        ));
    };
    let mailer =
        LettreMailer::new(relay.clone()).map_err(|error| Failure::Configuration(format!("mail.{error}")))?;
    let to = arguments.to;
    let mail = TestMail {
        reference: PublicId::generate(&SystemEntropy),
        to: to.clone(),
        created_at: SystemClock.now(),
    };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let Trial { passed, result } = runtime.block_on(mailer.try_mail(&mail));
    let mut text: Vec<String> = passed.iter().map(line).collect();
    if result.is_ok() {
        text.push(format!(
            "the relay accepted the mail to {to}: look into that mailbox, and into its spam folder"
        ));
    }
    output.lines(&text, &describe(&passed, &result))?;
    result.map_err(|error| Failure::Failed(format!("{error}\n{}", advice(&error))))
}

fn line(step: &PassedStep) -> String {
    format!("{:10}  {}", step.name, step.detail)
}

fn describe(passed: &[PassedStep], result: &Result<(), SendError>) -> Value {
    let steps: Vec<Value> =
        passed.iter().map(|step| json!({ "step": step.name, "detail": step.detail })).collect();
    json!({
        "accepted": result.is_ok(),
        "steps": steps,
        "error": result.as_ref().err().map(ToString::to_string),
    })
}

/// What the failure means for the mails of invitations.
pub(super) fn advice(error: &SendError) -> &'static str {
    match error {
        SendError::Unreachable { .. } => {
            "Mails of invitations wait until the relay can be reached and accepts the login."
        }
        SendError::Refused { .. } => {
            "The relay does not refuse the recipient, but this sender, its account or the mail. Mails of invitations wait for \
             up to four days."
        }
        SendError::Permanent { .. } | SendError::Unconfirmed { .. } => {
            "The relay refuses this recipient. A mail to it is given up once it is clear that the relay accepts other mails."
        }
        SendError::Deferred { .. } => {
            "The relay may accept the mail later. Mails of invitations are tried again."
        }
        SendError::Ambiguous { .. } => "The mail may have arrived: look into that mailbox.",
        SendError::Unsendable { .. } => "The mail was not sent.",
    }
}
