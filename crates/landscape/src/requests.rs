//! The bodies of requests. Unknown members are ignored, as Landscape ignores them, unless they mean something else.

use chrono::TimeDelta;
use usher_domain::{
    address::EmailAddress,
    role::{GLOBAL_ADMIN, Grant},
    text::DisplayText,
    usecase::invite::Invite,
};
use usher_http_kit::json::{self, Members, Object, Problems};
use utoipa::ToSchema;

use crate::error::Problem;

/// Longest life of a token that a caller can ask for: 30 days.
const MAX_EXPIRY_MINUTES: i64 = 30 * 24 * 60;

/// The members of an invitation to create, and those of an invitation in a response, which a client may send back.
const INVITATION: [&str; 7] = ["name", "email", "roles", "id", "secure_id", "account", "creation_time"];

/// The members of a login. `identity` is known in order to reject it.
const LOGIN: [&str; 6] = ["email", "identity", "password", "account", "expiry_minutes", "invitation_id"];

/// An invitation to create.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
pub(crate) struct InvitationRequest {
    /// What the inviter calls the invitee.
    #[schema(max_length = 64, example = "Joe Wright")]
    name: String,
    /// The address that the mail goes to.
    #[schema(format = "email", example = "joe@example.com")]
    email: String,
    /// Names of roles of the account. Without any, `GlobalAdmin`.
    #[schema(example = json!(["Auditor"]))]
    roles: Option<Vec<String>>,
}

impl InvitationRequest {
    /// Reads a body.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Problem> {
        let request = json::read(body, Members::Known(&INVITATION), |object, problems| {
            let name = text(object, "name", problems);
            let email = text(object, "email", problems);
            let roles = object.member("roles").and_then(|roles| roles.texts(problems));
            Some(Self { name: name?, email: email?, roles })
        });
        Ok(request?)
    }

    /// The command. If the body is wrong, one response names all its problems.
    pub(crate) fn command(&self, validity: TimeDelta) -> Result<Invite, Problem> {
        let email = EmailAddress::parse(&self.email)
            .map_err(|error| Problem::invalid_email(format_args!("email {error}")));
        let name = DisplayText::parse(&self.name)
            .map_err(|error| Problem::bad_request(format_args!("name {error}")));
        let grant = Grant::of_roles(self.roles()).map_err(Problem::from);
        match (email, name, grant) {
            (Ok(email), Ok(name), Ok(grant)) => {
                Ok(Invite { name: Some(name), ..Invite::new(email, grant, validity) })
            }
            (email, name, grant) => {
                let problems = [email.err(), name.err(), grant.err()];
                Err(Problem::joined(problems.into_iter().flatten()))
            }
        }
    }

    /// An empty list means the default too: a member has at least one role.
    fn roles(&self) -> impl Iterator<Item = &str> {
        let roles = self.roles.as_deref().unwrap_or_default();
        let default = roles.is_empty().then_some(GLOBAL_ADMIN);
        roles.iter().map(String::as_str).chain(default)
    }
}

/// The link of an invitation mail.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
pub(crate) struct LinkRequest {
    /// The invitation's `secure_id`.
    #[schema(example = "3urZgWAW0Nzwa3IyIn113YloILvnqK")]
    pub(crate) invitation_id: String,
    /// The second half of the link, which proves the mailbox.
    pub(crate) key: Option<String>,
}

impl LinkRequest {
    /// Reads a body.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Problem> {
        let request = json::read(body, Members::Known(&["invitation_id", "key"]), |object, problems| {
            let invitation_id = text(object, "invitation_id", problems);
            let key = optional_text(object, "key", problems);
            Some(Self { invitation_id: invitation_id?, key })
        });
        Ok(request?)
    }
}

/// A login.
#[derive(Clone, PartialEq, Eq, ToSchema)]
pub(crate) struct LoginRequest {
    /// The person's address.
    #[schema(format = "email", example = "jane@example.com")]
    pub(crate) email: String,
    /// The person's password.
    #[schema(format = "password")]
    pub(crate) password: String,
    /// The account to act in. Without it, the person's first one.
    #[schema(example = "onward")]
    pub(crate) account: Option<String>,
    /// How long the token lives, at most as long as the server allows.
    #[schema(minimum = 1, maximum = 43200)]
    pub(crate) expiry_minutes: Option<i64>,
    /// Returned unchanged, so that a client finds its way to the invitation after the login.
    pub(crate) invitation_id: Option<String>,
}

impl LoginRequest {
    /// Reads a body.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Problem> {
        json::read(body, Members::Known(&LOGIN), |object, problems| {
            if optional_text(object, "identity", problems).is_some() {
                return Some(Err(Problem::bad_request(
                    "logins by identity are not available here; send email and password",
                )));
            }
            let email = text(object, "email", problems);
            let password = text(object, "password", problems);
            let account = optional_text(object, "account", problems).filter(|name| !name.is_empty());
            let expiry_minutes = object
                .member("expiry_minutes")
                .and_then(|minutes| minutes.integer(1..=MAX_EXPIRY_MINUTES, problems));
            let invitation_id = optional_text(object, "invitation_id", problems);
            Some(Ok(Self { email: email?, password: password?, account, expiry_minutes, invitation_id }))
        })?
    }
}

fn text(object: &Object<'_>, name: &str, problems: &mut Problems) -> Option<String> {
    object.required(name, problems)?.text(problems).map(str::to_owned)
}

fn optional_text(object: &Object<'_>, name: &str, problems: &mut Problems) -> Option<String> {
    object.member(name)?.text(problems).map(str::to_owned)
}

#[cfg(test)]
mod tests;
