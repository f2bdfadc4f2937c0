use chrono::TimeDelta;

use super::Scene;
use crate::{
    invitation::{Invitation, page_url},
    person::PasswordHash,
    principal::Actor,
    role::Grant,
    testkit::values::{email, grant, text, valid},
    usecase::{
        accept::{Accept, AcceptError, Accepted, Acceptor, accept},
        invite::{Invite, InviteError, invite},
        resend::resend,
        revoke::revoke,
    },
};

#[expect(clippy::must_use_candidate, reason = "a test may be interested in the effect alone")]
impl Scene {
    /// Invites an address with roles in the whole account.
    #[track_caller]
    pub fn invite(&self, actor: &Actor, address: &str, roles: &[&str]) -> Result<Invitation, InviteError> {
        let grant = valid(Grant::of_roles(roles.iter().copied()));
        self.send(actor, &Self::invitation(address, grant))
    }

    /// The command behind [`Self::invite`], for 14 days. Change it, and pass it to [`Self::send`].
    #[must_use]
    #[track_caller]
    pub fn invitation(address: &str, grant: Grant) -> Invite {
        Invite { name: Some(text("Joe Wright")), ..Invite::new(email(address), grant, TimeDelta::days(14)) }
    }

    /// Invites as the command says.
    pub fn send(&self, actor: &Actor, command: &Invite) -> Result<Invitation, InviteError> {
        self.act(actor, |tx, env, actor| invite(tx, env, actor, command))
    }

    /// The administrator invites `count` auditors, guest0@example.com and so on.
    #[track_caller]
    pub fn invite_guests(&self, count: usize) -> Vec<Invitation> {
        let (admin, auditor) = (self.admin(), grant(["Auditor"]));
        let address = |number| format!("guest{number}@example.com");
        let command = |number| Self::invitation(&address(number), auditor.clone());
        (0..count).map(|number| valid(self.send(&admin, &command(number)))).collect()
    }

    /// The administrator sends an invitation again, two minutes later.
    #[track_caller]
    pub fn resend(&self, invitation: &Invitation) -> Invitation {
        self.clock.advance(TimeDelta::minutes(2));
        valid(self.act(&self.admin(), |tx, env, admin| resend(tx, env, admin, invitation.id)))
    }

    /// The administrator revokes an invitation.
    #[track_caller]
    pub fn revoke(&self, invitation: &Invitation) {
        valid(self.act(&self.admin(), |tx, env, admin| revoke(tx, env, admin, &invitation.id.into())));
    }

    /// A new person accepts with the key of the newest mail.
    #[track_caller]
    pub fn accept(&self, invitation: &Invitation) -> Result<Accepted, AcceptError> {
        let command = Accept {
            secure_id: invitation.secure_id.clone(),
            key: Some(self.key(invitation)),
            by: Self::newcomer(),
        };
        self.write(|tx| accept(tx, &self.env, &command))
    }

    /// A new person who chooses a name and a password.
    #[must_use]
    pub fn newcomer() -> Acceptor {
        Acceptor::Newcomer { name: text("Joe Wright"), password: PasswordHash::new("$hash".to_owned()) }
    }

    /// The invitation as it is stored now.
    #[must_use]
    #[track_caller]
    pub fn stored(&self, invitation: &Invitation) -> Invitation {
        let found = self.read(|tx| tx.invitation(invitation.account_id, invitation.id));
        valid(found.ok_or("this invitation is not stored"))
    }

    /// The key in the newest mail of an invitation.
    #[must_use]
    #[track_caller]
    pub fn key(&self, invitation: &Invitation) -> String {
        let generation = self.stored(invitation).generation;
        self.env.keys.key(&invitation.secure_id, generation).reveal().to_owned()
    }

    /// The link in the newest mail of an invitation, beginning with its path.
    #[must_use]
    #[track_caller]
    pub fn link(&self, invitation: &Invitation) -> String {
        let generation = self.stored(invitation).generation;
        page_url("", &invitation.secure_id, &self.env.keys.key(&invitation.secure_id, generation))
    }
}
