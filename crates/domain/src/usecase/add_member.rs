//! Add a member to an account without an invitation (operators only), such as its first administrator.

use super::{
    create_person::{CreatePerson, CreatePersonError, create_person},
    record::record_by_operator,
    set_password::{SetPasswordError, TokensOfPerson, set_password},
    unit_error,
};
use crate::{
    account::AccountName,
    address::EmailAddress,
    audit::AuditAction,
    env::Env,
    membership::Membership,
    person::{PasswordHash, Person},
    port::{StoreError, Tx, store::Constraint},
    role::Grant,
    text::DisplayText,
};

/// Adds a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddMember {
    /// The account.
    pub account: AccountName,
    /// The person's address.
    pub email: EmailAddress,
    /// The person's name. Required for a new person, ignored otherwise.
    pub name: Option<DisplayText>,
    /// What the member may do.
    pub grant: Grant,
    /// The hash of a new password. It replaces an existing one.
    pub password: Option<PasswordHash>,
}

/// Why a member was not added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddMemberError {
    /// There is no account of that name.
    #[error("there is no account named {0}")]
    UnknownAccount(AccountName),
    /// No person has the address, and the name for a new person is missing.
    #[error("there is no person with the address {0}: give a name to create one")]
    NameNeeded(String),
    /// The person is a member of the account.
    #[error("{0} is already a member of this account")]
    AlreadyMember(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
unit_error!(AddMemberError {
    Self::UnknownAccount(_) => "unknown_account",
    Self::NameNeeded(_) => "name_needed",
    Self::AlreadyMember(_) => "already_member",
});

impl From<SetPasswordError> for AddMemberError {
    fn from(error: SetPasswordError) -> Self {
        match error {
            SetPasswordError::UnknownPerson(email) => Self::NameNeeded(email),
            SetPasswordError::Store(error) => Self::Store(error),
        }
    }
}

/// Inserts the membership, the person if needed, and the audit entries.
pub fn add_member(tx: &mut dyn Tx, env: &Env, command: &AddMember) -> Result<Person, AddMemberError> {
    let account = tx
        .account_by_name(&command.account)?
        .ok_or_else(|| AddMemberError::UnknownAccount(command.account.clone()))?;
    let person = match tx.person_by_email(&command.email)? {
        Some(person) => match &command.password {
            Some(password) => set_password(tx, env, &person.email, password, TokensOfPerson::End)?,
            None => person,
        },
        None => create(tx, env, command)?,
    };
    let membership = Membership {
        account_id: account.id,
        person_id: person.id,
        grant: command.grant.clone(),
        created_at: env.now(),
    };
    match tx.insert_membership(&membership) {
        Err(StoreError::Conflict(Constraint::Membership)) => {
            return Err(AddMemberError::AlreadyMember(command.email.to_string()));
        }
        other => other?,
    }
    record_by_operator(tx, env, AuditAction::MemberAdded, Some(person.id), Some(account.id))?;
    Ok(person)
}

fn create(tx: &mut dyn Tx, env: &Env, command: &AddMember) -> Result<Person, AddMemberError> {
    let name = command.name.clone().ok_or_else(|| AddMemberError::NameNeeded(command.email.to_string()))?;
    let new = CreatePerson { email: command.email.clone(), name, password: command.password.clone() };
    create_person(tx, env, &new).map_err(|error| match error {
        // Another request inserted the person in the meantime. The next run finds it.
        CreatePersonError::Exists(_) => AddMemberError::Store(StoreError::Contended),
        CreatePersonError::Store(error) => AddMemberError::Store(error),
    })
}
