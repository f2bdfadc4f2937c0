use std::{fmt::Debug, slice};

use chrono::TimeDelta;

use crate::{
    Timestamp,
    access_token::{NewAccessToken, Scope, TokenDigest, TokenHolder},
    account::{Account, AccountName, NewAccount},
    address::EmailAddress,
    id::{AccountId, MailId},
    invitation::{Invitation, NewInvitation},
    membership::Membership,
    outbox::{Destination, LeaseToken, Mail, NewMail},
    person::{NewPerson, Person},
    port::{
        Store, StoreError, Tx,
        store::{Addressee, Constraint, MailClaim},
    },
    role::Grant,
    testkit::{SeededEntropy, new_invitation},
    text::DisplayText,
    token::Token,
};

/// The value of a valid sample.
pub(super) fn sound<T, E: Debug>(parsed: Result<T, E>) -> T {
    parsed.unwrap_or_else(|error| panic!("an unsound sample: {error:?}"))
}

/// The value that must exist.
#[track_caller]
pub(super) fn found<T>(value: Option<T>) -> T {
    value.unwrap_or_else(|| panic!("what was stored is not found"))
}

pub(super) fn email(text: &str) -> EmailAddress {
    sound(EmailAddress::parse(text))
}

pub(super) fn text(text: &str) -> DisplayText {
    sound(DisplayText::parse(text))
}

pub(super) fn name(text: &str) -> AccountName {
    sound(AccountName::parse(text))
}

pub(super) fn grant(role: &str) -> Grant {
    sound(Grant::of_roles([role]))
}

/// The digest of the n-th sample of an access token.
pub(super) fn digest(n: u8) -> TokenDigest {
    TokenDigest::new([n; 32])
}

/// The moment at which the samples begin. Its microseconds are not whole milliseconds.
pub(super) fn start() -> Timestamp {
    sound(Timestamp::from_timestamp_micros(1_710_946_165_000_001).ok_or("no such moment"))
}

/// A number of seconds after [`start`].
pub(super) fn second(seconds: i64) -> Timestamp {
    start() + TimeDelta::seconds(seconds)
}

/// The smallest difference between two moments.
pub(super) const INSTANT: TimeDelta = TimeDelta::microseconds(1);

/// An account with one member, and a source of random ids.
pub(super) struct Scene {
    entropy: SeededEntropy,
    pub(super) account: Account,
    pub(super) sponsor: Person,
}

impl Scene {
    /// Inserts account and member into an empty store.
    pub(super) fn new(store: &dyn Store) -> Result<Self, StoreError> {
        let entropy = SeededEntropy::default();
        let account = new_account(&entropy, "onward");
        let person = new_person(&entropy, "owner@example.com");
        let (account, sponsor) = store.write("sample scene", |tx| {
            let account = tx.insert_account(&account)?;
            let sponsor = tx.insert_person(&person)?;
            tx.insert_membership(&Membership {
                account_id: account.id,
                person_id: sponsor.id,
                grant: grant("GlobalAdmin"),
                created_at: start(),
            })?;
            Ok::<_, StoreError>((account, sponsor))
        })?;
        Ok(Self { entropy, account, sponsor })
    }

    /// A random token that no other sample has.
    pub(super) fn token<const N: usize>(&self) -> Token<N> {
        Token::generate(&self.entropy)
    }

    pub(super) fn lease(&self) -> LeaseToken {
        self.token()
    }

    pub(super) fn new_account(&self, name: &str) -> NewAccount {
        new_account(&self.entropy, name)
    }

    pub(super) fn new_person(&self, email: &str) -> NewPerson {
        new_person(&self.entropy, email)
    }

    /// Inserts a second account.
    pub(super) fn other_account(&self, store: &dyn Store) -> Result<Account, StoreError> {
        let account = self.new_account("elsewhere");
        store.write("sample account", |tx| tx.insert_account(&account))
    }

    /// An access token of the sponsor with the global scope and without expiry.
    pub(super) fn new_access_token(&self, n: u8) -> NewAccessToken {
        NewAccessToken {
            public_id: self.token(),
            digest: digest(n),
            account_id: self.account.id,
            person_id: self.sponsor.id,
            name: text("Deployment"),
            scope: Scope::Global,
            created_at: start(),
            expires_at: None,
        }
    }

    /// An invitation of the account by the sponsor, made at [`start`], that expires 100 seconds later.
    pub(super) fn new_invitation(&self, address: &str) -> NewInvitation {
        let inviter = (self.account.id, self.sponsor.id);
        let new = new_invitation(&self.entropy, inviter, email(address), grant("Auditor"), start());
        // The public ids have no common prefix, so that no test can rely on their order.
        NewInvitation { public_id: self.token(), expires_at: second(100), ..new }
    }

    /// As [`Self::new_invitation`], inserted.
    pub(super) fn invited(&self, store: &dyn Store, address: &str) -> Result<Invitation, StoreError> {
        insert(store, &self.new_invitation(address))
    }

    /// A mail of the invitation, queued at that second.
    pub(super) fn new_mail(&self, invitation: &Invitation, seconds: i64) -> NewMail {
        NewMail {
            reference: self.token(),
            destination: Destination::of_mail(&invitation.email),
            account_id: invitation.account_id,
            invitation_id: invitation.id,
            generation: invitation.generation,
            created_at: second(seconds),
        }
    }

    /// As [`Self::new_mail`], inserted.
    pub(super) fn queued(
        &self,
        store: &dyn Store,
        invitation: &Invitation,
        seconds: i64,
    ) -> Result<MailId, StoreError> {
        let mail = self.new_mail(invitation, seconds);
        store.write("sample mail", |tx| tx.enqueue(slice::from_ref(&mail)))?;
        let queued = mails(store, invitation)?;
        let queued = queued.into_iter().find(|queued| queued.reference == mail.reference);
        Ok(found(queued).id)
    }
}

fn new_account(entropy: &SeededEntropy, slug: &str) -> NewAccount {
    NewAccount {
        public_id: Token::generate(entropy),
        name: name(slug),
        title: text("Onward, Inc."),
        created_at: start(),
    }
}

fn new_person(entropy: &SeededEntropy, address: &str) -> NewPerson {
    NewPerson {
        public_id: Token::generate(entropy),
        email: email(address),
        email_verified: false,
        name: text("Ada Lovelace"),
        password: None,
        created_at: start(),
    }
}

/// Inserts an invitation in a unit of its own. `Conflict(PendingInvitation)` when its address has a pending one.
pub(super) fn insert(store: &dyn Store, invitation: &NewInvitation) -> Result<Invitation, StoreError> {
    let written =
        store.write("sample invitation", |tx| tx.insert_invitations(slice::from_ref(invitation)))?;
    only(written).ok_or(StoreError::Conflict(Constraint::PendingInvitation))
}

/// The only element.
pub(super) fn only<T>(answers: Vec<T>) -> T {
    let count = answers.len();
    assert_eq!(count, 1, "one question, {count} answers");
    sound(answers.into_iter().next().ok_or("no answer"))
}

/// The invitation stored as pending for an address.
pub(super) fn pending(
    tx: &mut dyn Tx,
    account: AccountId,
    email: &EmailAddress,
) -> Result<Option<Invitation>, StoreError> {
    tx.pending_invitations(&[Addressee { account, email }]).map(only)
}

/// The access token of a digest, with its holder.
pub(super) fn holder(tx: &mut dyn Tx, digest: &TokenDigest) -> Result<Option<TokenHolder>, StoreError> {
    tx.token_holders(&[digest]).map(only)
}

/// Updates an invitation in a unit of its own.
pub(super) fn update(store: &dyn Store, invitation: &Invitation) -> Result<(), StoreError> {
    store.write("sample update", |tx| tx.update_invitation(invitation))
}

/// The invitation as it is stored now.
pub(super) fn stored(store: &dyn Store, invitation: &Invitation) -> Result<Invitation, StoreError> {
    store.read("sample look", |tx| tx.invitation(invitation.account_id, invitation.id)).map(found)
}

/// The mails of the invitation as they are stored now.
pub(super) fn mails(store: &dyn Store, invitation: &Invitation) -> Result<Vec<Mail>, StoreError> {
    store.read("sample mails", |tx| tx.mails_of(invitation.account_id, invitation.id))
}

/// Claims mails with a lease from one second to another.
pub(super) fn claim(
    store: &dyn Store,
    (from, until): (Timestamp, Timestamp),
    lease: &LeaseToken,
    limit: u32,
) -> Result<Vec<Mail>, StoreError> {
    let claim = MailClaim { now: from, until, token: lease, limit, after: None, except: &[] };
    store.write("sample claim", |tx: &mut dyn Tx| tx.claim_mails(&claim))
}
