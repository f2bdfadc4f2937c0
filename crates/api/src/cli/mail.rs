//! `usher mail …`

use serde_json::{Value, json};
use usher_domain::{
    account::AccountName,
    address::EmailAddress,
    outbox::MailQuota,
    usecase::mails::{ListMails, ListedMail, MailsError, RetryMails},
};
use usher_http_kit::moment::iso;

use super::{
    arguments::{
        ListMailsArguments, MailCommand, MailboxArguments, ResultArguments, RetryMailsArguments,
        ShowMailArguments,
    },
    blocking_app::BlockingApp,
    failure::Failure,
    mail_test,
    output::Output,
};
use crate::settings::Settings;

/// Runs a command of `usher mail`.
pub(super) fn run(settings: &Settings, command: MailCommand) -> Result<(), Failure> {
    match command {
        MailCommand::Test(arguments) => mail_test::run(settings, arguments),
        MailCommand::List(arguments) => list(settings, arguments),
        MailCommand::Show(arguments) => show(settings, &arguments),
        MailCommand::Retry(arguments) => retry(settings, arguments),
        MailCommand::Block(arguments) => set_blocked(settings, &arguments, true),
        MailCommand::Unblock(arguments) => set_blocked(settings, &arguments, false),
        MailCommand::Blocked(arguments) => blocked(settings, &arguments.result),
    }
}

fn list(settings: &Settings, arguments: ListMailsArguments) -> Result<(), Failure> {
    let ListMailsArguments { state, account, limit, result } = arguments;
    let app = BlockingApp::open(settings)?;
    let listed = app.block_on(app.inner.mail_queue().list(ListMails { state, account, limit }));
    let listed = listed.map_err(|error| explain(&error))?;
    let text: Vec<String> = listed.iter().map(line).collect();
    let json: Vec<Value> = listed.iter().map(describe).collect();
    Output::from_arguments(&result).lines(&text, &json.into())
}

fn show(settings: &Settings, arguments: &ShowMailArguments) -> Result<(), Failure> {
    let app = BlockingApp::open(settings)?;
    let shown = app.block_on(app.inner.mail_queue().get(arguments.reference.clone()));
    let shown = shown.map_err(|error| explain(&error))?;
    let json = describe(&shown);
    let text: Vec<String> = json
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| {
            format!("{key}: {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        })
        .collect();
    Output::from_arguments(&arguments.result).lines(&text, &json)
}

fn retry(settings: &Settings, arguments: RetryMailsArguments) -> Result<(), Failure> {
    let command = match (arguments.reference, arguments.account) {
        (Some(reference), _) => RetryMails::One(reference),
        (None, Some(account)) => RetryMails::OfAccount(account),
        (None, None) => RetryMails::All,
    };
    let app = BlockingApp::open(settings)?;
    let retried = app.block_on(app.inner.mail_queue().retry(command));
    let retried = retried.map_err(|error| explain(&error))?;
    let text = match retried {
        0 => "no mail is dead".to_owned(),
        1 => "1 mail is queued again".to_owned(),
        more => format!("{more} mails are queued again"),
    };
    Output::from_arguments(&arguments.result).result(&text, &json!({ "retried": retried }))
}

fn set_blocked(settings: &Settings, arguments: &MailboxArguments, blocked: bool) -> Result<(), Failure> {
    let MailboxArguments { email, result } = arguments;
    let app = BlockingApp::open(settings)?;
    let changed = app
        .block_on(app.inner.mail_queue().set_blocked(email.clone(), blocked))
        .map_err(|error| Failure::from_error(&error))?;
    let json = json!({ "email": email.as_str(), "blocked": blocked, "changed": changed });
    Output::from_arguments(result).result(&blocked_text(email, blocked, changed), &json)
}

fn blocked_text(email: &EmailAddress, blocked: bool, changed: bool) -> String {
    match (blocked, changed) {
        (true, true) => format!("the mailbox of {email} is blocked: invitations to it are rejected"),
        (true, false) => format!("the mailbox of {email} was blocked already"),
        (false, true) => format!("the mailbox of {email} is no longer blocked"),
        (false, false) => format!("the mailbox of {email} was not blocked"),
    }
}

fn blocked(settings: &Settings, result: &ResultArguments) -> Result<(), Failure> {
    let app = BlockingApp::open(settings)?;
    let blocked =
        app.block_on(app.inner.mail_queue().blocked()).map_err(|error| Failure::from_error(&error))?;
    let mailbox = |quota: &MailQuota| quota.subject.trim_start_matches("mailbox:").to_owned();
    let text: Vec<String> = blocked.iter().map(mailbox).collect();
    let entry =
        |quota: &MailQuota| json!({ "mailbox": mailbox(quota), "blocked_at": quota.blocked_at.map(iso) });
    let json: Vec<Value> = blocked.iter().map(entry).collect();
    Output::from_arguments(result).lines(&text, &json.into())
}

fn explain(error: &MailsError) -> Failure {
    match error {
        MailsError::UnknownAccount(_) => {
            Failure::Failed(format!("{error}: `usher account list` lists all accounts"))
        }
        MailsError::UnknownMail(_) => {
            Failure::Failed(format!("{error}: `usher mail list` lists the newest mails"))
        }
        MailsError::NotDead(..) | MailsError::Store(_) => Failure::from_error(error),
    }
}

fn line(listed: &ListedMail) -> String {
    let ListedMail { mail, account, to } = listed;
    let to = to.as_ref().map_or("-", EmailAddress::as_str);
    let account = account.as_ref().map_or("-", AccountName::as_str);
    let reason = mail.last_error.as_deref().unwrap_or_default();
    let line = format!(
        "{}  {:9}  {}  {account}  {to}  attempts: {}  {reason}",
        mail.reference,
        mail.state.as_str(),
        iso(mail.created_at),
        mail.attempts
    );
    line.trim_end().to_owned()
}

fn describe(listed: &ListedMail) -> Value {
    let ListedMail { mail, account, to } = listed;
    json!({
        "reference": mail.reference.as_str(),
        "state": mail.state.as_str(),
        "account": account.as_ref().map(AccountName::as_str),
        "invitation": mail.invitation_id.get(),
        "to": to.as_ref().map(EmailAddress::as_str),
        "destination": mail.destination.as_str(),
        "attempts": mail.attempts,
        "last_error": mail.last_error,
        "due_at": iso(mail.due_at),
        "created_at": iso(mail.created_at),
        "updated_at": iso(mail.updated_at),
    })
}
