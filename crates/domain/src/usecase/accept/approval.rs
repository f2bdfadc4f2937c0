use super::command::{Accept, AcceptError, Acceptor};
use crate::{
    Timestamp,
    address::EmailAddress,
    audit::{AuditAction, AuditActor, AuditEvent},
    env::Env,
    person::{NewPerson, PasswordHash, Person},
    port::{
        StoreError, Tx,
        store::{Constraint, Offer, PersonWithMemberships},
    },
    principal::Principal,
    text::DisplayText,
    token::Token,
    usecase::{
        login::Login,
        proof::{MailboxProof, mailbox_proof},
        record::event,
        resolve::matches_person,
    },
};

/// An acceptance that passed every check and is still to be written.
pub(super) struct Approval<'a> {
    pub(super) offer: &'a Offer,
    member: NewMember,
}

/// The person who becomes a member.
enum NewMember {
    /// A stored person who stays as is.
    Unchanged(Person),
    /// A stored person to update, and the reason.
    Updated(Person, AuditAction),
    /// A person to insert.
    Inserted(NewPerson),
}

/// The address of the person who accepts.
pub(super) fn acceptor_email<'a>(offer: &'a Offer, command: &'a Accept) -> &'a EmailAddress {
    match &command.by {
        Acceptor::Principal(principal) => &principal.email,
        Acceptor::Newcomer { .. } => &offer.invitation.email,
    }
}

/// Judges the acceptor of an open invitation. `known` is the person with the address [`acceptor_email`].
pub(super) fn approve<'a>(
    env: &Env,
    offer: &'a Offer,
    command: &Accept,
    known: Option<PersonWithMemberships>,
    now: Timestamp,
) -> Result<Approval<'a>, AcceptError> {
    let member = match &command.by {
        Acceptor::Newcomer { name, password } => {
            member_from_newcomer(env, offer, known, (name, password), now)?
        }
        Acceptor::Principal(by) => {
            member_from_principal(env, offer, known, (by, command.key.as_deref()), now)?
        }
    };
    Ok(Approval { offer, member })
}

fn member_from_principal(
    env: &Env,
    offer: &Offer,
    known: Option<PersonWithMemberships>,
    (principal, key): (&Principal, Option<&str>),
    now: Timestamp,
) -> Result<NewMember, AcceptError> {
    let invitation = &offer.invitation;
    let by_key = principal.email == invitation.email
        && mailbox_proof(env, invitation, key, None) == MailboxProof::Proven;
    // A person belongs to all accounts. An issuer of some accounts cannot vouch for the address in the others.
    let vouched_for = principal.email_verified && principal.accounts.is_none();
    let email_verified = vouched_for || by_key;
    if let Some(PersonWithMemberships { mut person, memberships }) = known {
        if !matches_person(principal, &person) {
            return Err(AcceptError::UnknownPerson);
        }
        if memberships.iter().any(|(account, _)| account.id == invitation.account_id) {
            return Err(AcceptError::AlreadyMember);
        }
        if person.email_verified || !email_verified {
            return Ok(NewMember::Unchanged(person));
        }
        person.email_verified = true;
        return Ok(NewMember::Updated(person, AuditAction::EmailVerified));
    }
    if principal.person_id.is_some() {
        return Err(AcceptError::UnknownPerson);
    }
    let name = match principal.name.as_ref().or(invitation.name.as_ref()) {
        Some(name) => name.clone(),
        None => DisplayText::parse("New member").map_err(|_| AcceptError::UnknownPerson)?,
    };
    let (public_id, email) = (Token::generate_at(now, env.entropy.as_ref()), principal.email.clone());
    Ok(NewMember::Inserted(NewPerson {
        public_id,
        email,
        email_verified,
        name,
        password: None,
        created_at: now,
    }))
}

fn member_from_newcomer(
    env: &Env,
    offer: &Offer,
    known: Option<PersonWithMemberships>,
    (name, password): (&DisplayText, &PasswordHash),
    now: Timestamp,
) -> Result<NewMember, AcceptError> {
    match (Login::of_known_person(known.as_ref()), known) {
        (Login::Password, _) => Err(AcceptError::PasswordExists),
        (Login::Elsewhere, _) => Err(AcceptError::SignsInElsewhere),
        (Login::None, Some(PersonWithMemberships { mut person, .. })) => {
            person.password = Some(password.clone());
            person.email_verified = true;
            Ok(NewMember::Updated(person, AuditAction::PasswordSet))
        }
        (Login::None, None) => Ok(NewMember::Inserted(NewPerson {
            public_id: Token::generate_at(now, env.entropy.as_ref()),
            email: offer.invitation.email.clone(),
            email_verified: true,
            name: name.clone(),
            password: Some(password.clone()),
            created_at: now,
        })),
    }
}

/// Inserts and updates the people of approved acceptances, and appends what happened to `events`. Returns all people in the
/// order of the approvals.
pub(super) fn write_people(
    tx: &mut dyn Tx,
    approvals: &[Approval<'_>],
    now: Timestamp,
    events: &mut Vec<AuditEvent>,
) -> Result<Vec<Person>, StoreError> {
    let new: Vec<NewPerson> = approvals.iter().filter_map(Approval::new_person).cloned().collect();
    let inserted = if new.is_empty() { Ok(Vec::new()) } else { tx.insert_people(&new) };
    let mut new = match inserted {
        // Another request inserted the person in the meantime. The next run finds it.
        Err(StoreError::Conflict(Constraint::PersonEmail)) => return Err(StoreError::Contended),
        other => other?.into_iter(),
    };
    let mut people = Vec::with_capacity(approvals.len());
    for Approval { offer, member } in approvals {
        let (person, action) = match member {
            NewMember::Unchanged(person) => (person.clone(), None),
            NewMember::Updated(person, action) => {
                tx.update_person(person)?;
                (person.clone(), Some(*action))
            }
            NewMember::Inserted(_) => {
                (new.next().ok_or(StoreError::Contended)?, Some(AuditAction::PersonCreated))
            }
        };
        let invitee = |action| event(&offer.invitation, action, AuditActor::Invitee, Some(person.id), now);
        events.extend(action.map(invitee));
        people.push(person);
    }
    Ok(people)
}

impl Approval<'_> {
    fn new_person(&self) -> Option<&NewPerson> {
        match &self.member {
            NewMember::Inserted(new) => Some(new),
            NewMember::Unchanged(_) | NewMember::Updated(..) => None,
        }
    }
}
