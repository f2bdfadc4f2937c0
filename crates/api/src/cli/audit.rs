//! `usher audit …`

use serde_json::{Value, json};
use usher_domain::{
    address::EmailAddress,
    audit::AuditActor,
    id::{AccountId, InvitationId, PersonId},
    usecase::list_audit_events::{AuditFilter, ListedAuditEvent},
};
use usher_http_kit::moment::iso;

use super::{arguments::ListAuditArguments, blocking_app::BlockingApp, failure::Failure, output::Output};
use crate::settings::Settings;

/// `usher audit list`
pub(super) fn list(settings: &Settings, arguments: ListAuditArguments) -> Result<(), Failure> {
    let ListAuditArguments { account, email, limit, result } = arguments;
    let account = account.map(AuditFilter::Account);
    // clap requires one of the two.
    let filter = account.or(email.map(AuditFilter::Person));
    let filter = filter.ok_or_else(|| Failure::Failed("--account or --email is required".to_owned()))?;
    let app = BlockingApp::open(settings)?;
    let events = app.block_on(app.inner.operators().audit_events(filter, limit));
    let events = events.map_err(|error| Failure::from_error(&error))?;
    let text: Vec<String> = events.iter().map(line).collect();
    let json: Vec<Value> = events.iter().map(describe).collect();
    Output::from_arguments(&result).lines(&text, &json.into())
}

fn line(listed: &ListedAuditEvent) -> String {
    let ListedAuditEvent { event, actor, person } = listed;
    let by = address(actor.as_ref()).unwrap_or(kind(event.actor));
    let invitation = event.invitation.map(|id| format!("  invitation {id}")).unwrap_or_default();
    let to = match (address(person.as_ref()), event.person) {
        (Some(address), _) => format!("  {address}"),
        (None, Some(id)) => format!("  person {id}"),
        (None, None) => String::new(),
    };
    format!("{}  {:22}  by {by}{to}{invitation}", iso(event.at), event.action.as_str())
}

fn describe(listed: &ListedAuditEvent) -> Value {
    let ListedAuditEvent { event, actor, person } = listed;
    let actor_id = match event.actor {
        AuditActor::Person(id) => Some(id.get()),
        AuditActor::Invitee | AuditActor::Operator | AuditActor::System => None,
    };
    json!({
        "at": iso(event.at),
        "action": event.action.as_str(),
        "actor": kind(event.actor),
        "actor_person": { "id": actor_id, "email": address(actor.as_ref()) },
        "account_id": event.account.map(AccountId::get),
        "invitation_id": event.invitation.map(InvitationId::get),
        "person": { "id": event.person.map(PersonId::get), "email": address(person.as_ref()) },
    })
}

fn address(email: Option<&EmailAddress>) -> Option<&str> {
    email.map(EmailAddress::as_str)
}

fn kind(actor: AuditActor) -> &'static str {
    match actor {
        AuditActor::Person(_) => "person",
        AuditActor::Invitee => "invitee",
        AuditActor::Operator => "operator",
        AuditActor::System => "system",
    }
}
