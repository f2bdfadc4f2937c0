//! `usher invitation …`

use serde_json::{Value, json};
use usher_domain::{
    Timestamp,
    account::AccountName,
    invitation::Invitation,
    role::{RoleName, ServiceGrant},
    text::DisplayText,
    usecase::{
        operate::{InvitationDetails, ListInvitations, NamedInvitation, OperateError},
        resend::ResendError,
        revoke::RevokeError,
    },
};
use usher_http_kit::moment::iso;

use super::{
    arguments::{ListInvitationsArguments, NamedInvitationArguments},
    blocking_app::BlockingApp,
    failure::Failure,
    output::Output,
    stderr::print_note,
};
use crate::settings::Settings;

/// `usher invitation list`
pub(super) fn list(settings: &Settings, arguments: ListInvitationsArguments) -> Result<(), Failure> {
    let output = Output::from_arguments(&arguments.result);
    let app = BlockingApp::open(settings)?;
    let ListInvitationsArguments { account, status, limit, before, .. } = arguments;
    // One more than the limit tells whether there are older ones.
    let command =
        ListInvitations { account: account.clone(), status, before, limit: limit.saturating_add(1) };
    let listed = app.block_on(app.inner.operators().invitations(command));
    let mut listed = listed.map_err(|error| explain(&account, &error))?;
    let has_more = listed.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if has_more {
        listed.pop();
    }
    if let (true, Some(last)) = (has_more, listed.last()) {
        print_note(&format!("there are older invitations: list them with --before {}", last.public_id));
    }
    let now = app.inner.now();
    let text: Vec<String> = listed.iter().map(|invitation| line(invitation, now)).collect();
    let json: Vec<Value> = listed.iter().map(|invitation| describe(invitation, now)).collect();
    output.lines(&text, &json.into())
}

/// `usher invitation show`
pub(super) fn show(settings: &Settings, arguments: NamedInvitationArguments) -> Result<(), Failure> {
    let (app, named, output) = open(settings, arguments)?;
    let account = named.account.clone();
    let details = app.block_on(app.inner.operators().invitation(named));
    let details = details.map_err(|error| explain(&account, &error))?;
    let json = describe_details(&details, app.inner.now());
    output.result(&paragraph(&json), &json)
}

/// `usher invitation resend`
pub(super) fn resend(settings: &Settings, arguments: NamedInvitationArguments) -> Result<(), Failure> {
    let (app, named, output) = open(settings, arguments)?;
    let account = named.account.clone();
    let resent = app.block_on(app.inner.operators().resend_invitation(named));
    let resent = resent.map_err(|error| explain(&account, &error))?;
    let text = format!(
        "invitation {} to {} is renewed until {}, and its mail is queued",
        resent.public_id,
        resent.email,
        iso(resent.expires_at)
    );
    output.result(&text, &describe(&resent, app.inner.now()))
}

/// `usher invitation revoke`
pub(super) fn revoke(settings: &Settings, arguments: NamedInvitationArguments) -> Result<(), Failure> {
    let (app, named, output) = open(settings, arguments)?;
    let account = named.account.clone();
    let revoked = app.block_on(app.inner.operators().revoke_invitation(named));
    let revoked = revoked.map_err(|error| explain(&account, &error))?;
    let text = format!("invitation {} to {} is revoked", revoked.public_id, revoked.email);
    output.result(&text, &describe(&revoked, app.inner.now()))
}

fn open(
    settings: &Settings,
    arguments: NamedInvitationArguments,
) -> Result<(BlockingApp, NamedInvitation, Output), Failure> {
    let NamedInvitationArguments { account, id, result } = arguments;
    let output = Output::from_arguments(&result);
    Ok((BlockingApp::open(settings)?, NamedInvitation { account, invitation: id }, output))
}

fn explain(account: &AccountName, error: &OperateError) -> Failure {
    let advice = match error {
        OperateError::UnknownAccount(_) => "`usher account list` lists all accounts".to_owned(),
        OperateError::UnknownInvitation => {
            format!("`usher invitation list --account {account}` lists its invitations")
        }
        OperateError::Resend(ResendError::NotFound) | OperateError::Revoke(RevokeError::NotFound) => {
            return Failure::Failed(
                "this invitation is neither pending nor expired; `usher invitation show` shows how it ended"
                    .to_owned(),
            );
        }
        OperateError::Resend(_) | OperateError::Revoke(_) | OperateError::Store(_) => {
            return Failure::from_error(error);
        }
    };
    Failure::Failed(format!("{error}: {advice}"))
}

fn line(invitation: &Invitation, now: Timestamp) -> String {
    let status = invitation.status_at(now).as_str();
    let roles: Vec<&str> = invitation.grant.roles().iter().map(RoleName::as_str).collect();
    let until = iso(invitation.closed_at.unwrap_or(invitation.expires_at));
    let Invitation { public_id, email, .. } = invitation;
    format!("{public_id}  {status:8}  {until}  {email}  {}", roles.join(","))
}

fn describe(invitation: &Invitation, now: Timestamp) -> Value {
    let roles: Vec<&str> = invitation.grant.roles().iter().map(RoleName::as_str).collect();
    let service = |granted: &ServiceGrant| json!({ "id": granted.service.as_str(), "permission": granted.permission.as_str() });
    let services: Vec<Value> = invitation.grant.services().iter().map(service).collect();
    json!({
        "id": invitation.public_id.as_str(),
        "number": invitation.id.get(),
        "email": invitation.email.as_str(),
        "name": invitation.name.as_ref().map(DisplayText::as_str),
        "roles": roles,
        "limit_services": invitation.grant.limit_services(),
        "services": services,
        "status": invitation.status_at(now).as_str(),
        "created_at": iso(invitation.created_at),
        "sent_at": iso(invitation.sent_at),
        "expires_at": iso(invitation.expires_at),
        "ended_at": invitation.closed_at.map(iso),
    })
}

fn describe_details(details: &InvitationDetails, now: Timestamp) -> Value {
    let mut json = describe(&details.invitation, now);
    let sponsor = details.sponsor.as_ref();
    json["invited_by"] = sponsor
        .map(|sponsor| json!({ "name": sponsor.name.as_str(), "email": sponsor.email.as_str() }))
        .into();
    let mail = details.mail.as_ref().map(|mail| {
        json!({
            "state": mail.state.as_str(),
            "attempts": mail.attempts,
            "due_at": iso(mail.due_at),
            "error": mail.last_error,
            "updated_at": iso(mail.updated_at),
        })
    });
    json["mail"] = mail.into();
    json
}

/// One line per member of the object, for people.
fn paragraph(json: &Value) -> String {
    let mut lines = Vec::new();
    for (name, value) in json.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        match value {
            Value::Object(inner) => {
                let inner = inner.iter().filter(|(_, value)| !value.is_null());
                lines.extend(inner.map(|(inner, value)| (format!("{name}.{inner}"), plain(value))));
            }
            other => lines.push((name.clone(), plain(other))),
        }
    }
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let lines: Vec<String> = lines.iter().map(|(name, value)| format!("{name:width$}  {value}")).collect();
    lines.join("\n")
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
