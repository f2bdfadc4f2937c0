//! Accept an invitation: the only way to become a member without an operator.

mod approval;

use approval::{Approval, acceptor_email, approve, write_people};

use super::{
    batch::{in_rounds, merge_results, single_result},
    proof::{MailboxProof, proof_by_policy},
    record::event,
    unit_error,
};
use crate::{
    Timestamp,
    account::Account,
    address::EmailAddress,
    audit::{AuditAction, AuditActor},
    env::Env,
    invitation::{Invitation, SecureId, Status},
    membership::Membership,
    person::{PasswordHash, Person},
    port::{
        StoreError, Tx,
        store::{Constraint, Offer},
    },
    principal::Principal,
    text::DisplayText,
};

/// The person who accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acceptor {
    /// A signed-in caller. A principal of a trusted issuer that Usher does not know yet becomes a person.
    Principal(Principal),
    /// An invitee without a login, who chooses a name and a password. The address is the invited one.
    Newcomer {
        /// The name that others see.
        name: DisplayText,
        /// The hash of the chosen password.
        password: PasswordHash,
    },
}

/// Accepts an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    /// From the link.
    pub secure_id: SecureId,
    /// From the link. Without it only a verified e-mail claim proves the mailbox.
    pub key: Option<String>,
    /// The person who accepts.
    pub by: Acceptor,
}

/// The new membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The account.
    pub account: Account,
    /// The new member.
    pub person: Person,
}

/// Why an acceptance is rejected. Only callers who proved the mailbox get more than `NotFound` and `NotProven`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AcceptError {
    /// The invitation is unknown, or it has ended and the caller proved nothing.
    #[error("there is no such invitation")]
    NotFound,
    /// The invitation is open, and the caller has neither the key of its mail nor a verified claim of its address.
    #[error(
        "this invitation was sent to {0}: open the link in that mail, or sign in with that address and accept again"
    )]
    NotProven(String),
    /// The key is that of an older mail.
    #[error("a newer invitation mail was sent; use the link in the newest one")]
    Replaced,
    /// The invitation has expired.
    #[error("this invitation has expired; ask the person who invited you to resend it")]
    Expired,
    /// The invitation was accepted already, by this or another request.
    #[error("this invitation was accepted already")]
    AlreadyAccepted,
    /// The invitation was declined.
    #[error("this invitation was declined")]
    Declined,
    /// The invitation was revoked.
    #[error("this invitation was withdrawn")]
    Revoked,
    /// The sponsor left the account, or may no longer grant what the invitation grants.
    #[error(
        "the person who invited you may no longer do so; ask another administrator to resend the invitation"
    )]
    SponsorLostAuthority,
    /// The principal is a member of the account.
    #[error("you are already a member of this account")]
    AlreadyMember,
    /// The newcomer's address has a login with a password: the invitee has to sign in.
    #[error("there is a login for this address already; sign in with its password")]
    PasswordExists,
    /// The newcomer's address belongs to a member of an account who signs in without a password here.
    #[error("there is a login for this address already, but no password here; accept with that login")]
    SignsInElsewhere,
    /// The credential names another person than the one with its address.
    #[error("this login is not known here")]
    UnknownPerson,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(AcceptError {
    Self::NotFound => "not_found",
    Self::NotProven(_) => "mailbox_not_proven",
    Self::Replaced => "link_replaced",
    Self::Expired => "expired",
    Self::AlreadyAccepted => "already_accepted",
    Self::Declined => "declined",
    Self::Revoked => "revoked",
    Self::SponsorLostAuthority => "sponsor_lost_authority",
    Self::AlreadyMember => "already_member",
    Self::PasswordExists => "password_exists",
    Self::SignsInElsewhere => "signs_in_elsewhere",
    Self::UnknownPerson => "unknown_person",
});

/// Makes each acceptor a member with exactly the grant of the stored invitation. Returns the results in the order of the
/// commands. Of any number of concurrent acceptances of an invitation, one succeeds.
///
/// The number of round trips does not depend on the number of commands, except for people whose login changes. A second
/// acceptance of an invitation, or by the same address, is judged after the first one was written.
pub fn accept_all(
    tx: &mut dyn Tx,
    env: &Env,
    commands: &[&Accept],
) -> Result<Vec<Result<Accepted, AcceptError>>, StoreError> {
    in_rounds(commands, |command| &command.secure_id, |commands| accept_distinct(tx, env, commands))
}

/// Accepts different invitations.
fn accept_distinct(
    tx: &mut dyn Tx,
    env: &Env,
    commands: &[&Accept],
) -> Result<Vec<Result<Accepted, AcceptError>>, StoreError> {
    let now = env.now();
    let secure_ids: Vec<&SecureId> = commands.iter().map(|command| &command.secure_id).collect();
    let offers = tx.offers(&secure_ids)?.into_iter().zip(commands);
    let judged: Vec<_> = offers.map(|(offer, command)| judge(env, offer, command, now)).collect();
    let open =
        judged.iter().zip(commands).filter_map(|(offer, command)| Some((offer.as_ref().ok()?, *command)));
    let open: Vec<(&Offer, &Accept)> = open.collect();
    let accepted = in_rounds(
        &open,
        |(offer, command)| acceptor_email(offer, command).key(),
        |open| accept_open(tx, env, open, now),
    )?;
    Ok(merge_results(judged, accepted))
}

/// Accepts different open invitations for people of different addresses.
fn accept_open(
    tx: &mut dyn Tx,
    env: &Env,
    open: &[(&Offer, &Accept)],
    now: Timestamp,
) -> Result<Vec<Result<Accepted, AcceptError>>, StoreError> {
    let emails: Vec<&EmailAddress> =
        open.iter().map(|(offer, command)| acceptor_email(offer, command)).collect();
    let known = tx.known(&emails)?;
    let mut approvals = Vec::with_capacity(open.len());
    let mut judged = Vec::with_capacity(open.len());
    for ((offer, command), known) in open.iter().zip(known) {
        judged.push(approve(env, offer, command, known, now).map(|approval| approvals.push(approval)));
    }
    let members = write(tx, &approvals, now)?;
    Ok(merge_results(judged, members.into_iter().map(Ok)))
}

/// Accepts one invitation, see [`accept_all`].
pub fn accept(tx: &mut dyn Tx, env: &Env, command: &Accept) -> Result<Accepted, AcceptError> {
    single_result(accept_all(tx, env, &[command])?)
}

/// Writes approved acceptances with their people, memberships and audit entries.
fn write(tx: &mut dyn Tx, approvals: &[Approval<'_>], now: Timestamp) -> Result<Vec<Accepted>, StoreError> {
    if approvals.is_empty() {
        return Ok(Vec::new());
    }
    let mut events = Vec::new();
    let people = write_people(tx, approvals, now, &mut events)?;
    let (mut invitations, mut memberships, mut accepted) = (Vec::new(), Vec::new(), Vec::new());
    for (Approval { offer, .. }, person) in approvals.iter().zip(people) {
        let (mut invitation, account) = (offer.invitation.clone(), offer.account.clone());
        // `judge` found it open at this moment, so this does not happen.
        invitation.accept(person.id, now).map_err(|_| StoreError::Contended)?;
        memberships.push(Membership {
            account_id: account.id,
            person_id: person.id,
            grant: invitation.grant.clone(),
            created_at: now,
        });
        let by = AuditActor::Person(person.id);
        let happened = [AuditAction::InvitationAccepted, AuditAction::MemberAdded];
        events.extend(happened.map(|action| event(&invitation, action, by, Some(person.id), now)));
        invitations.push(invitation);
        accepted.push(Accepted { account, person });
    }
    // Invitations first: their compare-and-set decides between concurrent acceptances.
    tx.update_invitations(&invitations)?;
    match tx.insert_memberships(&memberships) {
        // Another request inserted the membership in between: the next run finds it.
        Err(StoreError::Conflict(Constraint::Membership)) => return Err(StoreError::Contended),
        other => other?,
    }
    tx.record(&events)?;
    Ok(accepted)
}

/// Checks the proof, the status at this moment, and the sponsor's authority. The proof comes first, so that a stranger learns
/// nothing about ended invitations.
fn judge(env: &Env, offer: Option<Offer>, command: &Accept, now: Timestamp) -> Result<Offer, AcceptError> {
    let offer = offer.ok_or(AcceptError::NotFound)?;
    require_open(env, &offer.invitation, command, now)?;
    require_sponsor(offer.sponsor.as_ref(), &offer.invitation)?;
    Ok(offer)
}

fn require_open(
    env: &Env,
    invitation: &Invitation,
    command: &Accept,
    now: Timestamp,
) -> Result<(), AcceptError> {
    let status = invitation.status_at(now);
    let principal = match &command.by {
        Acceptor::Principal(principal) => Some(principal),
        Acceptor::Newcomer { .. } => None,
    };
    match (proof_by_policy(env, invitation, command.key.as_deref(), principal), status) {
        (MailboxProof::Unproven, Status::Pending) => Err(AcceptError::NotProven(invitation.email.masked())),
        (MailboxProof::Unproven, _) => Err(AcceptError::NotFound),
        (MailboxProof::Replaced, Status::Pending | Status::Expired) => Err(AcceptError::Replaced),
        (MailboxProof::Proven, Status::Pending) => Ok(()),
        (MailboxProof::Replaced | MailboxProof::Proven, ended) => Err(rejection(ended)),
    }
}

/// How the invitation ended, for a caller who proved the mailbox.
fn rejection(ended: Status) -> AcceptError {
    match ended {
        Status::Accepted => AcceptError::AlreadyAccepted,
        Status::Declined => AcceptError::Declined,
        Status::Revoked => AcceptError::Revoked,
        Status::Expired => AcceptError::Expired,
        Status::Pending => AcceptError::NotFound,
    }
}

/// Checks the ceiling again: the sponsor may have lost rights since the invitation.
fn require_sponsor(sponsor: Option<&Membership>, invitation: &Invitation) -> Result<(), AcceptError> {
    let holds = sponsor.is_some_and(|sponsor| sponsor.grant.may_hand_out(&invitation.grant));
    if holds { Ok(()) } else { Err(AcceptError::SponsorLostAuthority) }
}
