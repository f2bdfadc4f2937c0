use super::{Accept, AcceptError, Acceptor};
use crate::{
    Timestamp,
    address::EmailAddress,
    audit::{AuditAction, AuditActor},
    env::Env,
    invitation::Invitation,
    person::{NewPerson, PasswordHash, Person},
    port::{
        StoreError, Tx,
        store::{Constraint, Known},
    },
    principal::Principal,
    text::DisplayText,
    token::Token,
    usecase::{
        login::Login,
        proof::{Mailbox, mailbox},
        record::record,
        resolve::is,
    },
};

/// Finds or makes the person who becomes a member by an invitation, and is none yet.
pub(super) struct Admission<'a> {
    pub(super) env: &'a Env,
    pub(super) invitation: &'a Invitation,
    pub(super) now: Timestamp,
}

impl Admission<'_> {
    pub(super) fn admit(&self, tx: &mut dyn Tx, command: &Accept) -> Result<Person, AcceptError> {
        match &command.by {
            Acceptor::Newcomer { name, password } => self.newcomer(tx, name, password),
            Acceptor::Principal(principal) => self.principal(tx, principal, command.key.as_deref()),
        }
    }

    fn principal(
        &self,
        tx: &mut dyn Tx,
        principal: &Principal,
        key: Option<&str>,
    ) -> Result<Person, AcceptError> {
        let by_key = principal.email == self.invitation.email
            && mailbox(self.env, self.invitation, key, None) == Mailbox::Proven;
        let verified = principal.email_verified || by_key;
        let known = tx.known(&[&principal.email])?.into_iter().next().flatten();
        if let Some(Known { person, memberships }) = known {
            if !is(&person, principal) {
                return Err(AcceptError::UnknownPerson);
            }
            if memberships.iter().any(|(account, _)| account.id == self.invitation.account_id) {
                return Err(AcceptError::AlreadyMember);
            }
            return Ok(self.verify(tx, person, verified)?);
        }
        if principal.person_id.is_some() {
            return Err(AcceptError::UnknownPerson);
        }
        let name = match principal.name.as_ref().or(self.invitation.name.as_ref()) {
            Some(name) => name.clone(),
            None => DisplayText::parse("New member").map_err(|_| AcceptError::UnknownPerson)?,
        };
        self.create(tx, principal.email.clone(), verified, name, None)
    }

    fn newcomer(
        &self,
        tx: &mut dyn Tx,
        name: &DisplayText,
        password: &PasswordHash,
    ) -> Result<Person, AcceptError> {
        let invitee = tx.person_by_email(&self.invitation.email)?;
        match (Login::of(tx, invitee.as_ref())?, invitee) {
            (Login::Password, _) => Err(AcceptError::PasswordExists),
            (Login::Elsewhere, _) => Err(AcceptError::SignsInElsewhere),
            (Login::None, Some(mut person)) => {
                person.password = Some(password.clone());
                person.email_verified = true;
                tx.update_person(&person)?;
                self.note(tx, &person, AuditAction::PasswordSet)?;
                Ok(person)
            }
            (Login::None, None) => {
                let email = self.invitation.email.clone();
                self.create(tx, email, true, name.clone(), Some(password.clone()))
            }
        }
    }

    fn verify(&self, tx: &mut dyn Tx, mut person: Person, verified: bool) -> Result<Person, StoreError> {
        if verified && !person.email_verified {
            person.email_verified = true;
            tx.update_person(&person)?;
            self.note(tx, &person, AuditAction::EmailVerified)?;
        }
        Ok(person)
    }

    fn create(
        &self,
        tx: &mut dyn Tx,
        email: EmailAddress,
        email_verified: bool,
        name: DisplayText,
        password: Option<PasswordHash>,
    ) -> Result<Person, AcceptError> {
        let public_id = Token::generate(self.env.entropy.as_ref());
        let new = NewPerson { public_id, email, email_verified, name, password, created_at: self.now };
        let person = match tx.insert_person(&new) {
            // Made in between by another request: run again, and find that person.
            Err(StoreError::Conflict(Constraint::PersonEmail)) => return Err(StoreError::Contended.into()),
            other => other?,
        };
        self.note(tx, &person, AuditAction::PersonCreated)?;
        Ok(person)
    }

    fn note(&self, tx: &mut dyn Tx, person: &Person, action: AuditAction) -> Result<(), StoreError> {
        record(tx, self.invitation, action, AuditActor::Invitee, Some(person.id), self.now)
    }
}
