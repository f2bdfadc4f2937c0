use chrono::TimeDelta;

use super::{ACCOUNT, ADMIN, Scene};
use crate::{
    access_token::{AccessToken, Scope, TokenDigest},
    account::Account,
    membership::Membership,
    person::{PasswordHash, Person},
    principal::{Actor, Credential, Principal},
    role::Grant,
    testkit::values::{account_name, email, principal, text, valid},
    usecase::{
        add_member::{AddMember, add_member},
        create_access_token::{CreateAccessToken, create_access_token},
        create_account::{CreateAccount, create_account},
        create_person::{CreatePerson, create_person},
        resolve::resolve,
    },
};

#[expect(clippy::must_use_candidate, reason = "a test may be interested in the effect alone")]
impl Scene {
    /// Creates an account.
    #[track_caller]
    pub fn add_account(&self, name: &str, title: &str) -> Account {
        let command = CreateAccount { name: account_name(name), title: text(title) };
        valid(self.write(|tx| create_account(tx, &self.env, &command)))
    }

    /// Makes a person a member of an account.
    #[track_caller]
    pub fn add_member(&self, account: &str, address: &str, grant: Grant) -> Person {
        self.add(&Self::member(account, address, grant))
    }

    /// The command behind [`Self::add_member`]. Change its name or password, and pass it to [`Self::add`].
    #[must_use]
    #[track_caller]
    pub fn member(account: &str, address: &str, grant: Grant) -> AddMember {
        let (account, email) = (account_name(account), email(address));
        AddMember { account, email, name: Some(text("Ada Lovelace")), grant, password: None }
    }

    /// Makes a person a member as the command says.
    #[track_caller]
    pub fn add(&self, command: &AddMember) -> Person {
        valid(self.write(|tx| add_member(tx, &self.env, command)))
    }

    /// Creates a person who is in no account.
    #[track_caller]
    pub fn add_person(&self, address: &str, password: Option<PasswordHash>) -> Person {
        let command = CreatePerson { email: email(address), name: text("Ada Lovelace"), password };
        valid(self.write(|tx| create_person(tx, &self.env, &command)))
    }

    /// Ends a membership.
    ///
    /// # Panics
    /// When there is no such membership.
    #[track_caller]
    pub fn remove(&self, member: &Actor) {
        let ended = valid(self.write(|tx| tx.delete_membership(member.account.id, member.person.id)));
        assert!(ended, "{} is no member of {}", member.person.email, member.account.name);
    }

    /// A member, with all rights of the membership.
    #[must_use]
    #[track_caller]
    pub fn actor(&self, account: &str, address: &str) -> Actor {
        let issued_at = Some(self.env.now() + TimeDelta::seconds(1));
        let principal = Principal { account: Some(account_name(account)), issued_at, ..principal(address) };
        let credential = Credential::Principal(principal);
        valid(self.write(|tx| resolve(tx, &credential, self.env.now())))
    }

    /// The administrator [`ADMIN`] of [`ACCOUNT`].
    #[must_use]
    #[track_caller]
    pub fn admin(&self) -> Actor {
        self.actor(ACCOUNT, ADMIN)
    }

    /// The command to create a global access token of [`ADMIN`] that never expires. Change it, and pass it to
    /// [`Self::add_access_token`].
    #[must_use]
    pub fn access_token(digest: TokenDigest) -> CreateAccessToken {
        CreateAccessToken {
            account: account_name(ACCOUNT),
            email: email(ADMIN),
            name: text("Deployment"),
            scope: Scope::Global,
            expires_at: None,
            digest,
        }
    }

    /// Creates an access token as the command says.
    #[track_caller]
    pub fn add_access_token(&self, command: &CreateAccessToken) -> AccessToken {
        valid(self.write(|tx| create_access_token(tx, &self.env, command)))
    }

    /// The person with an address.
    #[must_use]
    #[track_caller]
    pub fn person(&self, address: &str) -> Option<Person> {
        self.read(|tx| tx.person_by_email(&email(address)))
    }

    /// The membership in [`ACCOUNT`] of the person with an address.
    #[must_use]
    #[track_caller]
    pub fn membership(&self, address: &str) -> Option<Membership> {
        let (name, address) = (account_name(ACCOUNT), email(address));
        self.read(|tx| {
            let (account, person) = (tx.account_by_name(&name)?, tx.person_by_email(&address)?);
            account.zip(person).map_or(Ok(None), |(account, person)| tx.membership(account.id, person.id))
        })
    }

    /// The actions in the audit log of [`ACCOUNT`], oldest first.
    #[must_use]
    #[track_caller]
    pub fn audited_actions(&self) -> Vec<&'static str> {
        let name = account_name(ACCOUNT);
        let events = self.read(|tx| {
            let account = tx.account_by_name(&name)?;
            account.map_or(Ok(Vec::new()), |account| tx.audit_events(account.id))
        });
        events.iter().map(|event| event.action.as_str()).collect()
    }
}
