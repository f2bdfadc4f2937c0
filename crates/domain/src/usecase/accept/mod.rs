//! Accept an invitation: the one place where somebody becomes a member.

mod admit;

use admit::{Admission, acceptor, admit, write_people};

use super::{
    proof::{Mailbox, standing},
    record::event,
    several::{filled, in_turns, only},
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

/// Who accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acceptor {
    /// Somebody who is signed in. A principal of a trusted issuer that Usher has not met yet becomes a person.
    Principal(Principal),
    /// Somebody without a login, who chooses name and password now; the address is the invited one.
    Newcomer {
        /// What others will read.
        name: DisplayText,
        /// The hash of the chosen password.
        password: PasswordHash,
    },
}

/// Which invitation, with which proof, by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    /// From the link.
    pub secure_id: SecureId,
    /// From the link; without it only a verified e-mail claim proves the mailbox.
    pub key: Option<String>,
    /// Who accepts.
    pub by: Acceptor,
}

/// Who became a member of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The account.
    pub account: Account,
    /// The new member.
    pub person: Person,
}

/// Why nobody became a member. Only those who proved the mailbox learn more than `NotFound` and `NotProven`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AcceptError {
    /// Unknown, or ended and the caller proved nothing.
    #[error("there is no such invitation")]
    NotFound,
    /// Open, and the caller showed neither the key of its mail nor a verified claim of its address.
    #[error(
        "this invitation was sent to {0}: open the link in that mail, or sign in with that address and accept again"
    )]
    NotProven(String),
    /// The key of an older mail.
    #[error("a newer invitation mail was sent; use the link in the newest one")]
    Replaced,
    /// Time is over.
    #[error("this invitation has expired; ask the person who invited you to resend it")]
    Expired,
    /// Accepted already, by this or another request.
    #[error("this invitation was accepted already")]
    AlreadyAccepted,
    /// Declined.
    #[error("this invitation was declined")]
    Declined,
    /// Taken back.
    #[error("this invitation was withdrawn")]
    Revoked,
    /// The sponsor left the account, or could not make this invitation any more.
    #[error(
        "the person who invited you may no longer do so; ask another administrator to resend the invitation"
    )]
    SponsorLostAuthority,
    /// The principal is in the account.
    #[error("you are already a member of this account")]
    AlreadyMember,
    /// A newcomer's address has a login with a password: sign in instead.
    #[error("there is a login for this address already; sign in with its password")]
    PasswordExists,
    /// A newcomer's address belongs to a member of some account who signs in without a password here.
    #[error("there is a login for this address already, without a password here; accept with that login")]
    SignsInElsewhere,
    /// The principal's credential does not fit the person with its address.
    #[error("this login is not known here")]
    UnknownPerson,
    /// The store.
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

/// Makes each acceptor a member with exactly what the stored invitation promises, for each command in its place. Of any number
/// of attempts at once one succeeds.
///
/// However many they are, they cost the same number of round trips, but for people whose login changes; a second one for an
/// invitation, or by somebody, is judged after the first was written.
pub fn accept_all(
    tx: &mut dyn Tx,
    env: &Env,
    commands: &[&Accept],
) -> Result<Vec<Result<Accepted, AcceptError>>, StoreError> {
    in_turns(commands, |command| &command.secure_id, |commands| accept_distinct(tx, env, commands))
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
    let admitted = in_turns(
        &open,
        |(offer, command)| acceptor(offer, command).key(),
        |open| admit_distinct(tx, env, open, now),
    )?;
    Ok(filled(judged, admitted))
}

/// Admits people of different addresses by different invitations, which are open.
fn admit_distinct(
    tx: &mut dyn Tx,
    env: &Env,
    open: &[(&Offer, &Accept)],
    now: Timestamp,
) -> Result<Vec<Result<Accepted, AcceptError>>, StoreError> {
    let emails: Vec<&EmailAddress> = open.iter().map(|(offer, command)| acceptor(offer, command)).collect();
    let known = tx.known(&emails)?;
    let mut admissions = Vec::with_capacity(open.len());
    let mut judged = Vec::with_capacity(open.len());
    for ((offer, command), known) in open.iter().zip(known) {
        judged.push(admit(env, offer, command, known, now).map(|admission| admissions.push(admission)));
    }
    let members = write(tx, &admissions, now)?;
    Ok(filled(judged, members.into_iter().map(Ok)))
}

/// As [`accept_all`], for one.
pub fn accept(tx: &mut dyn Tx, env: &Env, command: &Accept) -> Result<Accepted, AcceptError> {
    only(accept_all(tx, env, &[command])?)
}

/// Writes everything that belongs to acceptances that were admitted.
fn write(tx: &mut dyn Tx, admissions: &[Admission<'_>], now: Timestamp) -> Result<Vec<Accepted>, StoreError> {
    if admissions.is_empty() {
        return Ok(Vec::new());
    }
    let mut events = Vec::new();
    let people = write_people(tx, admissions, now, &mut events)?;
    let (mut invitations, mut memberships, mut accepted) = (Vec::new(), Vec::new(), Vec::new());
    for (Admission { offer, .. }, person) in admissions.iter().zip(people) {
        let (mut invitation, account) = (offer.invitation.clone(), offer.account.clone());
        // It was judged at this moment to be open.
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
    // The invitations first: their compare-and-set is what decides between acceptances at the same time.
    tx.update_invitations(&invitations)?;
    match tx.insert_memberships(&memberships) {
        // Made in between by another request: run again, and find it.
        Err(StoreError::Conflict(Constraint::Membership)) => return Err(StoreError::Contended),
        other => other?,
    }
    tx.record(&events)?;
    Ok(accepted)
}

/// Proof first, so that a stranger learns nothing about ended invitations; then the status at this moment, and whether whoever
/// answers for it still could make it.
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
    match (standing(env, invitation, command.key.as_deref(), principal), status) {
        (Mailbox::Unproven, Status::Pending) => Err(AcceptError::NotProven(invitation.email.masked())),
        (Mailbox::Unproven, _) => Err(AcceptError::NotFound),
        (Mailbox::Replaced, Status::Pending | Status::Expired) => Err(AcceptError::Replaced),
        (Mailbox::Proven, Status::Pending) => Ok(()),
        (Mailbox::Replaced | Mailbox::Proven, ended) => Err(refusal(ended)),
    }
}

/// Tells somebody who proved the mailbox how the invitation ended.
fn refusal(ended: Status) -> AcceptError {
    match ended {
        Status::Accepted => AcceptError::AlreadyAccepted,
        Status::Declined => AcceptError::Declined,
        Status::Revoked => AcceptError::Revoked,
        Status::Expired => AcceptError::Expired,
        Status::Pending => AcceptError::NotFound,
    }
}

/// The ceiling once more: rights can be lost between invitation and acceptance.
fn require_sponsor(sponsor: Option<&Membership>, invitation: &Invitation) -> Result<(), AcceptError> {
    let holds = sponsor.is_some_and(|sponsor| sponsor.grant.may_hand_out(&invitation.grant));
    if holds { Ok(()) } else { Err(AcceptError::SponsorLostAuthority) }
}
