//! Invite people to accounts.

use chrono::TimeDelta;

use super::{
    mail_limits::{MailCounts, WantedMail, history_begins},
    record::{event, is_taken, queue_mails},
    rounds::{Results, Round, merge_results, rounds, single_result},
    unit_error,
};
use crate::{
    Timestamp,
    address::EmailAddress,
    audit::{AuditAction, AuditActor},
    env::Env,
    id::{AccountId, PersonId},
    invitation::{Invitation, NewInvitation},
    outbox::MailRefusal,
    port::{
        Entropy, StoreError, Tx,
        store::{Addressee, AddresseeHistory},
    },
    principal::Actor,
    role::{Grant, Permission},
    text::{DisplayText, Locale},
    token::Token,
};

/// The command to invite a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// The address.
    pub email: EmailAddress,
    /// The invitee's name.
    pub name: Option<DisplayText>,
    /// The language that the invitee reads.
    pub locale: Option<Locale>,
    /// The effective grant, after the dialect's defaults.
    pub grant: Grant,
    /// How long the invitation is open, now and after each resend.
    pub validity: TimeDelta,
}

impl Invite {
    /// The command with what every invitation needs. Optional values are unset.
    #[must_use]
    pub const fn new(email: EmailAddress, grant: Grant, validity: TimeDelta) -> Self {
        Self { email, name: None, locale: None, grant, validity }
    }
}

/// Why no invitation was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InviteError {
    /// The actor may not invite.
    #[error("your roles in this account do not allow inviting people")]
    Forbidden,
    /// The grant exceeds the actor's own rights.
    #[error("you cannot grant roles or permissions that you do not hold yourself")]
    AboveCeiling,
    /// The address belongs to a member of the account.
    #[error("{0} is already a member of this account")]
    AlreadyMember(String),
    /// The address has an open invitation.
    #[error("{0} already has a pending invitation to this account; resend or delete that one")]
    AlreadyInvited(String),
    /// The mail may not be queued.
    #[error(transparent)]
    Mail(#[from] MailRefusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(InviteError {
    Self::Forbidden => "forbidden",
    Self::AboveCeiling => "above_ceiling",
    Self::AlreadyMember(_) => "already_member",
    Self::AlreadyInvited(_) => "already_invited",
    Self::Mail(MailRefusal::TooSoon(_)) => "too_soon",
    Self::Mail(MailRefusal::Declined(_)) => "recipient_declined",
    Self::Mail(MailRefusal::Blocked) => "recipient_blocked",
    Self::Mail(_) => "mail_limit",
});

/// Writes the invitations, their audit entries and their mails. The results are in the order of the requests.
///
/// Any number of requests costs the same number of round trips. A second request for the same address in the same account is
/// decided after the first one was written.
pub fn invite_all(
    tx: &mut dyn Tx,
    env: &Env,
    requests: &[(&Actor, &Invite)],
) -> Result<Vec<Result<Invitation, InviteError>>, StoreError> {
    let mut results = Results::new();
    for Round { places, requests } in
        rounds(requests, |(actor, command)| (actor.account.id, command.email.key()))
    {
        results.add(places, invite_distinct(tx, env, &requests)?);
    }
    Ok(results.in_order())
}

/// Handles requests with distinct pairs of account and address.
fn invite_distinct(
    tx: &mut dyn Tx,
    env: &Env,
    requests: &[(&Actor, &Invite)],
) -> Result<Vec<Result<Invitation, InviteError>>, StoreError> {
    let now = env.now();
    let addressees: Vec<_> = requests.iter().map(|(actor, command)| addressee(actor, command)).collect();
    let members = tx.are_members(&addressees)?;
    let histories = tx.histories(&addressees, history_begins(now))?;
    let mails = requests.iter().map(|(actor, command)| mail(actor, command));
    let mut counts = MailCounts::read(tx, env, mails, now)?;
    let mut judged = Vec::with_capacity(requests.len());
    let mut wanted = Vec::with_capacity(requests.len());
    for ((actor, command), (member, history)) in requests.iter().zip(members.into_iter().zip(histories)) {
        let verdict = judge(tx, actor, command, member, &history, now)?;
        let verdict = verdict.and_then(|()| Ok(counts.take(mail(actor, command), &history)?));
        judged.push(verdict.map(|()| {
            wanted.push(new_invitation(
                env.entropy.as_ref(),
                (actor.account.id, actor.person.id),
                command,
                now,
            ));
        }));
    }
    counts.store(tx)?;
    let written = insert(tx, env, &wanted)?.into_iter().zip(&wanted);
    // A missing row means that another unit inserted an invitation for the address after the look-up.
    let answers = written.map(|(invitation, new)| {
        invitation.ok_or_else(|| InviteError::AlreadyInvited(new.email.to_string()))
    });
    Ok(merge_results(judged, answers))
}

/// As [`invite_all`], for one request.
pub fn invite(
    tx: &mut dyn Tx,
    env: &Env,
    actor: &Actor,
    command: &Invite,
) -> Result<Invitation, InviteError> {
    single_result(invite_all(tx, env, &[(actor, command)])?)
}

fn addressee<'a>(actor: &Actor, command: &'a Invite) -> Addressee<'a> {
    Addressee { account: actor.account.id, email: &command.email }
}

fn mail<'a>(actor: &Actor, command: &'a Invite) -> WantedMail<'a> {
    WantedMail { account: actor.account.id, inviter: Some(actor.person.id), to: &command.email }
}

/// Decides whether the invitation may be made.
fn judge(
    tx: &mut dyn Tx,
    actor: &Actor,
    command: &Invite,
    member: bool,
    history: &AddresseeHistory,
    now: Timestamp,
) -> Result<Result<(), InviteError>, StoreError> {
    if let Err(rejection) = authorize(actor, &command.grant) {
        return Ok(Err(rejection));
    }
    if member {
        return Ok(Err(InviteError::AlreadyMember(command.email.to_string())));
    }
    if is_taken(tx, history.pending.clone(), now)? {
        return Ok(Err(InviteError::AlreadyInvited(command.email.to_string())));
    }
    Ok(Ok(()))
}

/// The invitation that a sponsor makes in an account with a command.
pub(crate) fn new_invitation(
    entropy: &dyn Entropy,
    (account_id, sponsor): (AccountId, PersonId),
    command: &Invite,
    now: Timestamp,
) -> NewInvitation {
    NewInvitation {
        public_id: Token::generate_at(now, entropy),
        secure_id: Token::generate(entropy),
        account_id,
        email: command.email.clone(),
        name: command.name.clone(),
        locale: command.locale.clone(),
        grant: command.grant.clone(),
        sponsor,
        created_at: now,
        expires_at: now + command.validity,
    }
}

/// Writes invitations with their mails and audit entries.
fn insert(
    tx: &mut dyn Tx,
    env: &Env,
    wanted: &[NewInvitation],
) -> Result<Vec<Option<Invitation>>, StoreError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let written = tx.insert_invitations(wanted)?;
    queue_mails(tx, env, written.iter().flatten())?;
    let events = written.iter().flatten().map(|invitation| {
        let by = invitation.sponsor.map_or(AuditActor::System, AuditActor::Person);
        event(invitation, AuditAction::InvitationCreated, by, None, invitation.created_at)
    });
    tx.record(&events.collect::<Vec<_>>())?;
    Ok(written)
}

/// Checks the right to see the response to the command again: the secure id is for actors who can still make the invitation.
pub fn authorize_replay(actor: &Actor, command: &Invite) -> Result<(), InviteError> {
    authorize(actor, &command.grant)
}

fn authorize(actor: &Actor, grant: &Grant) -> Result<(), InviteError> {
    if !actor.may(Permission::InviteMembers) {
        return Err(InviteError::Forbidden);
    }
    if !actor.may_hand_out(grant) {
        return Err(InviteError::AboveCeiling);
    }
    Ok(())
}
