//! An account, a member and an invitation for tests.

use usher_domain::{
    Timestamp,
    access_token::Scope,
    account::{Account, AccountName},
    address::EmailAddress,
    id::{AccountId, InvitationId, PersonId},
    invitation::OpenInvitation,
    membership::Membership,
    person::Person,
    principal::Actor,
    role::Grant,
    text::DisplayText,
    token::Token,
};

pub(crate) const CUSTOMER: &str = "7cQ2mZr9Wd4Tn1Lx8Vb5Ky";
pub(crate) const PERSON: &str = "4Ab7cDeFgH1jKlMnOpQrSt";
pub(crate) const INVITATION: &str = "2bXr7KqVn0mTz5LcWd8Yp4";

/// The time with this RFC 3339 form.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn account() -> Account {
    Account {
        id: AccountId::new(1),
        public_id: Token::parse(CUSTOMER).unwrap(),
        name: AccountName::parse("onward").unwrap(),
        title: DisplayText::parse("Onward, Inc.").unwrap(),
        created_at: at("2026-03-04T05:06:07Z"),
    }
}

/// Jane, created at `2026-03-04T05:06:07.9Z`, a member since `2026-03-05T00:00:00Z`.
pub(crate) fn actor(grant: Grant) -> Actor {
    let person = Person {
        id: PersonId::new(1),
        public_id: Token::parse(PERSON).unwrap(),
        email: EmailAddress::parse("Jane@Example.com").unwrap(),
        email_verified: true,
        name: DisplayText::parse("Jane Roe").unwrap(),
        password: None,
        tokens_not_before: None,
        created_at: at("2026-03-04T05:06:07.9Z"),
        version: 0,
    };
    let membership = Membership {
        account_id: AccountId::new(1),
        person_id: person.id,
        grant,
        created_at: at("2026-03-05T00:00:00Z"),
    };
    Actor { account: account(), person, membership, scope: Scope::Global }
}

/// Mina's invitation, created at `2026-03-04T05:06:07.9Z` and changed an hour later.
pub(crate) fn invitation(grant: Grant) -> OpenInvitation {
    OpenInvitation {
        id: InvitationId::new(1),
        public_id: Token::parse(INVITATION).unwrap(),
        secure_id: None,
        email: EmailAddress::parse("Mina@Example.org").unwrap(),
        name: None,
        grant,
        created_at: at("2026-03-04T05:06:07.9Z"),
        updated_at: at("2026-03-04T06:06:07.9Z"),
        sent_at: at("2026-03-04T05:06:07.9Z"),
    }
}
