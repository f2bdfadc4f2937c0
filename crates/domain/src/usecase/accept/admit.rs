use super::{Accept, AcceptError, Acceptor};
use crate::{
    Timestamp,
    address::EmailAddress,
    audit::{AuditAction, AuditActor, AuditEvent},
    env::Env,
    person::{NewPerson, PasswordHash, Person},
    port::{
        StoreError, Tx,
        store::{Constraint, Known, Offer},
    },
    principal::Principal,
    text::DisplayText,
    token::Token,
    usecase::{
        login::Login,
        proof::{Mailbox, mailbox},
        record::event,
        resolve::is,
    },
};

/// Who is going to be a member by which invitation, and is none yet.
pub(super) struct Admission<'a> {
    pub(super) offer: &'a Offer,
    who: Who,
}

enum Who {
    /// Somebody known, as is.
    Known(Person),
    /// Somebody known of whom something changes, and what that is.
    Changed(Person, AuditAction),
    /// Somebody new.
    New(NewPerson),
}

/// The address of whoever accepts.
pub(super) fn acceptor<'a>(offer: &'a Offer, command: &'a Accept) -> &'a EmailAddress {
    match &command.by {
        Acceptor::Principal(principal) => &principal.email,
        Acceptor::Newcomer { .. } => &offer.invitation.email,
    }
}

/// Judges whoever accepts; `known` is the person with the [`acceptor`]'s address.
pub(super) fn admit<'a>(
    env: &Env,
    offer: &'a Offer,
    command: &Accept,
    known: Option<Known>,
    now: Timestamp,
) -> Result<Admission<'a>, AcceptError> {
    let who = match &command.by {
        Acceptor::Newcomer { name, password } => newcomer(env, offer, known, (name, password), now)?,
        Acceptor::Principal(by) => principal(env, offer, known, (by, command.key.as_deref()), now)?,
    };
    Ok(Admission { offer, who })
}

fn principal(
    env: &Env,
    offer: &Offer,
    known: Option<Known>,
    (principal, key): (&Principal, Option<&str>),
    now: Timestamp,
) -> Result<Who, AcceptError> {
    let invitation = &offer.invitation;
    let by_key =
        principal.email == invitation.email && mailbox(env, invitation, key, None) == Mailbox::Proven;
    let email_verified = principal.email_verified || by_key;
    if let Some(Known { mut person, memberships }) = known {
        if !is(&person, principal) {
            return Err(AcceptError::UnknownPerson);
        }
        if memberships.iter().any(|(account, _)| account.id == invitation.account_id) {
            return Err(AcceptError::AlreadyMember);
        }
        if person.email_verified || !email_verified {
            return Ok(Who::Known(person));
        }
        person.email_verified = true;
        return Ok(Who::Changed(person, AuditAction::EmailVerified));
    }
    if principal.person_id.is_some() {
        return Err(AcceptError::UnknownPerson);
    }
    let name = match principal.name.as_ref().or(invitation.name.as_ref()) {
        Some(name) => name.clone(),
        None => DisplayText::parse("New member").map_err(|_| AcceptError::UnknownPerson)?,
    };
    let (public_id, email) = (Token::generate_at(now, env.entropy.as_ref()), principal.email.clone());
    Ok(Who::New(NewPerson { public_id, email, email_verified, name, password: None, created_at: now }))
}

fn newcomer(
    env: &Env,
    offer: &Offer,
    known: Option<Known>,
    (name, password): (&DisplayText, &PasswordHash),
    now: Timestamp,
) -> Result<Who, AcceptError> {
    match (Login::of_known(known.as_ref()), known) {
        (Login::Password, _) => Err(AcceptError::PasswordExists),
        (Login::Elsewhere, _) => Err(AcceptError::SignsInElsewhere),
        (Login::None, Some(Known { mut person, .. })) => {
            person.password = Some(password.clone());
            person.email_verified = true;
            Ok(Who::Changed(person, AuditAction::PasswordSet))
        }
        (Login::None, None) => Ok(Who::New(NewPerson {
            public_id: Token::generate_at(now, env.entropy.as_ref()),
            email: offer.invitation.email.clone(),
            email_verified: true,
            name: name.clone(),
            password: Some(password.clone()),
            created_at: now,
        })),
    }
}

/// Writes those who are new and what changes of others; answers all of them, each in the place of the admission, and adds to the
/// events what happened.
pub(super) fn write_people(
    tx: &mut dyn Tx,
    admissions: &[Admission<'_>],
    now: Timestamp,
    events: &mut Vec<AuditEvent>,
) -> Result<Vec<Person>, StoreError> {
    let new: Vec<NewPerson> = admissions.iter().filter_map(Admission::new_person).cloned().collect();
    let inserted = if new.is_empty() { Ok(Vec::new()) } else { tx.insert_people(&new) };
    let mut new = match inserted {
        // Made in between by another request: run again, and find that person.
        Err(StoreError::Conflict(Constraint::PersonEmail)) => return Err(StoreError::Contended),
        other => other?.into_iter(),
    };
    let mut people = Vec::with_capacity(admissions.len());
    for Admission { offer, who } in admissions {
        let (person, happened) = match who {
            Who::Known(person) => (person.clone(), None),
            Who::Changed(person, action) => {
                tx.update_person(person)?;
                (person.clone(), Some(*action))
            }
            Who::New(_) => (new.next().ok_or(StoreError::Contended)?, Some(AuditAction::PersonCreated)),
        };
        let note = |action| event(&offer.invitation, action, AuditActor::Invitee, Some(person.id), now);
        events.extend(happened.map(note));
        people.push(person);
    }
    Ok(people)
}

impl Admission<'_> {
    fn new_person(&self) -> Option<&NewPerson> {
        match &self.who {
            Who::New(new) => Some(new),
            Who::Known(_) | Who::Changed(..) => None,
        }
    }
}
