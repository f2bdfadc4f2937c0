//! Accept an invitation: the only way to become a member without an operator.

mod approval;
mod command;

use approval::{Approval, acceptor_email, approve, write_people};
pub use command::{Accept, AcceptError, Accepted, Acceptor};

use super::{
    proof::{MailboxProof, proof_by_policy},
    record::event,
    rounds::{Results, Round, merge_results, rounds, single_result},
};
use crate::{
    Timestamp,
    address::EmailAddress,
    audit::{AuditAction, AuditActor},
    env::Env,
    invitation::{Invitation, SecureId, Status},
    membership::Membership,
    port::{
        StoreError, Tx,
        store::{Constraint, Offer},
    },
};

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
    let mut results = Results::new();
    for Round { places, requests } in rounds(commands, |command| &command.secure_id) {
        results.add(places, accept_distinct(tx, env, &requests)?);
    }
    Ok(results.in_order())
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
    let mut accepted = Results::new();
    for Round { places, requests } in rounds(&open, |(offer, command)| acceptor_email(offer, command).key()) {
        accepted.add(places, accept_open(tx, env, &requests, now)?);
    }
    Ok(merge_results(judged, accepted.in_order()))
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
    let known = tx.people_with_memberships(&emails)?;
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
    // Invitations before memberships: their compare-and-set decides between concurrent acceptances.
    tx.update_invitations(&invitations)?;
    match tx.insert_memberships(&memberships) {
        // Another request inserted the membership in the meantime. The next run finds it.
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
    require_issuer(&offer, command)?;
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

/// Checks that the issuer of the principal may vouch for members of the account.
fn require_issuer(offer: &Offer, command: &Accept) -> Result<(), AcceptError> {
    let elsewhere = match &command.by {
        Acceptor::Principal(principal) => !principal.may_act_in(&offer.account.name),
        Acceptor::Newcomer { .. } => false,
    };
    if elsewhere { Err(AcceptError::IssuerElsewhere) } else { Ok(()) }
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
