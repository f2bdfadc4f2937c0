//! The operations for operators, who are people with access to the machine or its command line. No actor has rights
//! beyond one account.

use chrono::TimeDelta;
use usher_domain::{
    access_token::AccessToken,
    account::{Account, AccountName, PublicId},
    address::EmailAddress,
    env::Env,
    invitation::Invitation,
    membership::Membership,
    person::{PasswordHash, Person},
    port::{StoreError, Tx, store::Mode},
    principal::{Actor, Credential, Principal},
    role::Grant,
    usecase::{
        add_member::{AddMember, AddMemberError, add_member},
        create_access_token::{CreateAccessToken, CreateAccessTokenError, create_access_token},
        create_account::{CreateAccount, CreateAccountError, create_account},
        create_person::{CreatePerson, CreatePersonError, create_person},
        erase_person::{ErasePersonError, Erased, erase_person},
        list_audit_events::{AuditFilter, AuditListError, ListedAuditEvent, list_audit_events},
        manage_member::{ManageMemberError, MemberToChange, remove_member, set_roles},
        operate::{
            InvitationDetails, ListInvitations, NamedInvitation, OperateError, list_invitations,
            resend_invitation, revoke_invitation, show_invitation,
        },
        resolve::{ResolveError, resolve},
        revoke_access_token::{RevokeAccessTokenError, revoke_access_token},
        set_password::{SetPasswordError, TokensOfPerson, set_password},
        sign_out::sign_out,
    },
};

use crate::units::Units;

/// Manages accounts, people, members, access tokens and invitations.
#[derive(Debug)]
pub struct Operators {
    units: Units,
}

/// An access token with the address of the member it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAccessToken {
    /// The token.
    pub token: AccessToken,
    /// The member's address; empty once the person is gone.
    pub owner: String,
}

impl Operators {
    pub(crate) fn new(units: &Units) -> Self {
        Self { units: units.clone() }
    }

    /// Creates an account.
    pub async fn create_account(&self, command: CreateAccount) -> Result<Account, CreateAccountError> {
        self.units
            .run_internal("account.create", Mode::Write, move |tx, env| create_account(tx, env, &command))
            .await
    }

    /// The account of a name.
    pub async fn account(&self, name: AccountName) -> Result<Option<Account>, StoreError> {
        self.units.run_internal("account.get", Mode::Read, move |tx, _| tx.account_by_name(&name)).await
    }

    /// All accounts, by name.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.units.run_internal("account.list", Mode::Read, |tx, _| tx.accounts()).await
    }

    /// Creates a person who is in no account.
    pub async fn create_person(&self, command: CreatePerson) -> Result<Person, CreatePersonError> {
        self.units
            .run_internal("person.create", Mode::Write, move |tx, env| create_person(tx, env, &command))
            .await
    }

    /// A person with the accounts of the memberships. `None` if no person has the address.
    pub async fn person(&self, email: EmailAddress) -> Result<Option<(Person, Vec<Account>)>, StoreError> {
        let find = move |tx: &mut dyn Tx, _: &Env| {
            let Some(person) = tx.person_by_email(&email)? else { return Ok(None) };
            let memberships = tx.memberships_of(person.id)?;
            Ok(Some((person, memberships.into_iter().map(|(account, _)| account).collect())))
        };
        self.units.run_internal("person.get", Mode::Read, find).await
    }

    /// Replaces a person's password.
    pub async fn set_password(
        &self,
        email: EmailAddress,
        password: PasswordHash,
        tokens: TokensOfPerson,
    ) -> Result<Person, SetPasswordError> {
        let set = move |tx: &mut dyn Tx, env: &Env| set_password(tx, env, &email, &password, tokens);
        self.units.run_internal("person.set_password", Mode::Write, set).await
    }

    /// Ends every token of a person.
    pub async fn sign_out(&self, email: EmailAddress) -> Result<Person, SetPasswordError> {
        self.units
            .run_internal("person.sign_out", Mode::Write, move |tx, env| sign_out(tx, env, &email))
            .await
    }

    /// Erases a person with the memberships and the invitations to the address. `force` leaves an account without an
    /// administrator.
    pub async fn erase_person(&self, email: EmailAddress, force: bool) -> Result<Erased, ErasePersonError> {
        self.units
            .run_internal("person.erase", Mode::Write, move |tx, env| erase_person(tx, env, &email, force))
            .await
    }

    /// Adds a member without an invitation.
    pub async fn add_member(&self, command: AddMember) -> Result<Person, AddMemberError> {
        self.units.run_internal("member.add", Mode::Write, move |tx, env| add_member(tx, env, &command)).await
    }

    /// The members of an account, by address.
    pub async fn members(
        &self,
        account: AccountName,
    ) -> Result<Vec<(Person, Membership)>, ManageMemberError> {
        let list = move |tx: &mut dyn Tx, _: &Env| {
            let unknown = || ManageMemberError::UnknownAccount(account.clone());
            let account = tx.account_by_name(&account)?.ok_or_else(unknown)?;
            Ok(tx.members(account.id)?)
        };
        self.units.run_internal("member.list", Mode::Read, list).await
    }

    /// Replaces the roles of a member.
    pub async fn set_roles(&self, member: MemberToChange, grant: Grant) -> Result<Person, ManageMemberError> {
        self.units
            .run_internal("member.set_roles", Mode::Write, move |tx, env| set_roles(tx, env, &member, &grant))
            .await
    }

    /// Ends a membership, and every token of the person.
    pub async fn remove_member(&self, member: MemberToChange) -> Result<Person, ManageMemberError> {
        self.units
            .run_internal("member.remove", Mode::Write, move |tx, env| remove_member(tx, env, &member))
            .await
    }

    /// The newest entries of the audit log of a person or an account, the oldest of them first.
    pub async fn audit_events(
        &self,
        of: AuditFilter,
        limit: u32,
    ) -> Result<Vec<ListedAuditEvent>, AuditListError> {
        self.units
            .run_internal("audit.list", Mode::Read, move |tx, _| list_audit_events(tx, &of, limit))
            .await
    }

    /// The person with this address, as a member of this account.
    pub async fn member(&self, account: AccountName, email: EmailAddress) -> Result<Actor, ResolveError> {
        // An operator needs no token. Tokens are ended at most a second ahead.
        let issued_at = Some(self.units.env.now() + TimeDelta::seconds(1));
        let principal = Principal {
            email,
            email_verified: false,
            person_id: None,
            account: Some(account),
            accounts: None,
            issued_at,
            name: None,
        };
        let credential = Credential::Principal(principal);
        self.units
            .run_internal("member.get", Mode::Read, move |tx, env| resolve(tx, &credential, env.now()))
            .await
    }

    /// The member that a verified credential acts for.
    pub async fn caller(&self, credential: Credential) -> Result<Actor, ResolveError> {
        self.units
            .run_internal("caller.get", Mode::Read, move |tx, env| resolve(tx, &credential, env.now()))
            .await
    }

    /// Creates an access token for a member.
    pub async fn create_access_token(
        &self,
        command: CreateAccessToken,
    ) -> Result<AccessToken, CreateAccessTokenError> {
        self.units
            .run_internal("access_token.create", Mode::Write, move |tx, env| {
                create_access_token(tx, env, &command)
            })
            .await
    }

    /// The access tokens of an account, the oldest first.
    pub async fn access_tokens(
        &self,
        account: AccountName,
    ) -> Result<Vec<ListedAccessToken>, CreateAccessTokenError> {
        let list = move |tx: &mut dyn Tx, _: &Env| {
            let unknown = || CreateAccessTokenError::UnknownAccount(account.clone());
            let account = tx.account_by_name(&account)?.ok_or_else(unknown)?;
            let mut listed = Vec::new();
            for token in tx.access_tokens(account.id)? {
                let owner = tx.person(token.person_id)?.map(|owner| owner.email.to_string());
                listed.push(ListedAccessToken { token, owner: owner.unwrap_or_default() });
            }
            Ok(listed)
        };
        self.units.run_internal("access_token.list", Mode::Read, list).await
    }

    /// Invitations of an account, in any status, the newest first.
    pub async fn invitations(&self, command: ListInvitations) -> Result<Vec<Invitation>, OperateError> {
        self.units
            .run_internal("invitation.history", Mode::Read, move |tx, env| {
                list_invitations(tx, env, &command)
            })
            .await
    }

    /// An invitation of an account, in any status.
    pub async fn invitation(&self, named: NamedInvitation) -> Result<InvitationDetails, OperateError> {
        self.units.run_internal("invitation.show", Mode::Read, move |tx, _| show_invitation(tx, &named)).await
    }

    /// Renews a pending or expired invitation and queues its next mail.
    pub async fn resend_invitation(&self, named: NamedInvitation) -> Result<Invitation, OperateError> {
        self.units
            .run_internal("invitation.resend", Mode::Write, move |tx, env| resend_invitation(tx, env, &named))
            .await
    }

    /// Revokes a pending or expired invitation.
    pub async fn revoke_invitation(&self, named: NamedInvitation) -> Result<Invitation, OperateError> {
        self.units
            .run_internal("invitation.revoke", Mode::Write, move |tx, env| revoke_invitation(tx, env, &named))
            .await
    }

    /// Revokes an access token.
    pub async fn revoke_access_token(
        &self,
        account: AccountName,
        id: PublicId,
    ) -> Result<(), RevokeAccessTokenError> {
        self.units
            .run_internal("access_token.revoke", Mode::Write, move |tx, env| {
                revoke_access_token(tx, env, &account, &id)
            })
            .await
    }
}
