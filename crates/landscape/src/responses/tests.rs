use insta::assert_json_snapshot;
use usher_domain::{
    Timestamp,
    account::{Account, AccountName, PublicId},
    address::EmailAddress,
    id::{AccountId, InvitationId, PersonId},
    invitation::{Invitation, NewInvitation, OpenInvitation, SecureId},
    person::Person,
    role::Grant,
    text::DisplayText,
    usecase::{accept::Accepted, sign_in::SignedIn},
};

use super::*;

fn moment() -> Timestamp {
    "2024-03-20T14:49:25.750Z".parse().unwrap()
}

fn account(id: i64, name: &str, title: &str) -> Account {
    Account {
        id: AccountId::new(id),
        public_id: PublicId::parse(&"a".repeat(22)).unwrap(),
        name: AccountName::parse(name).unwrap(),
        title: DisplayText::parse(title).unwrap(),
        created_at: moment(),
    }
}

fn onward() -> Account {
    account(1, "onward", "Onward, Inc.")
}

fn jane() -> Person {
    Person {
        id: PersonId::new(3),
        public_id: PublicId::parse(&"p".repeat(22)).unwrap(),
        email: EmailAddress::parse("jane@example.com").unwrap(),
        email_verified: true,
        name: DisplayText::parse("Jane Smith").unwrap(),
        password: None,
        tokens_not_before: None,
        created_at: moment(),
        version: 0,
    }
}

fn invitation() -> Invitation {
    let new = NewInvitation {
        public_id: PublicId::parse(&"i".repeat(22)).unwrap(),
        secure_id: SecureId::parse("3urZgWAW0Nzwa3IyIn113YloILvnqK").unwrap(),
        account_id: AccountId::new(1),
        email: EmailAddress::parse("Joe@Example.com").unwrap(),
        name: Some(DisplayText::parse("Joe Wright").unwrap()),
        grant: Grant::of_roles(["Auditor"]).unwrap(),
        locale: None,
        sponsor: PersonId::new(3),
        created_at: moment(),
        expires_at: moment() + chrono::TimeDelta::days(14),
    };
    new.numbered(InvitationId::new(7))
}

#[test]
fn an_invitation_has_the_members_of_the_reference_in_their_order() {
    let invitation = OpenInvitation::from(invitation());
    assert_json_snapshot!(InvitationResponse::of(&invitation, &onward()), @r#"
    {
      "id": 7,
      "secure_id": "3urZgWAW0Nzwa3IyIn113YloILvnqK",
      "account": "Onward, Inc.",
      "name": "Joe Wright",
      "email": "Joe@Example.com",
      "creation_time": "2024-03-20T14:49:25Z"
    }
    "#);
}

#[test]
fn unset_members_of_an_invitation_are_empty_texts() {
    let invitation = OpenInvitation { secure_id: None, name: None, ..invitation().into() };
    assert_json_snapshot!(InvitationResponse::of(&invitation, &onward()), @r#"
    {
      "id": 7,
      "secure_id": "",
      "account": "Onward, Inc.",
      "name": "",
      "email": "Joe@Example.com",
      "creation_time": "2024-03-20T14:49:25Z"
    }
    "#);
}

#[test]
fn a_list_counts_all_open_invitations_and_links_its_neighbors() {
    let (invitation, account) = (invitation().into(), onward());
    let list = ListResponse {
        count: 12,
        results: vec![InvitationResponse::of(&invitation, &account)],
        next: Some("https://usher.example.com/api/v2/invitations?limit=1&offset=1".to_owned()),
        previous: None,
    };
    assert_json_snapshot!(list, @r#"
    {
      "count": 12,
      "results": [
        {
          "id": 7,
          "secure_id": "3urZgWAW0Nzwa3IyIn113YloILvnqK",
          "account": "Onward, Inc.",
          "name": "Joe Wright",
          "email": "Joe@Example.com",
          "creation_time": "2024-03-20T14:49:25Z"
        }
      ],
      "next": "https://usher.example.com/api/v2/invitations?limit=1&offset=1",
      "previous": null
    }
    "#);
}

#[test]
fn an_empty_list_has_all_members() {
    let list = ListResponse { count: 0, results: Vec::new(), next: None, previous: None };
    assert_json_snapshot!(list, @r#"
    {
      "count": 0,
      "results": [],
      "next": null,
      "previous": null
    }
    "#);
}

#[test]
fn a_created_invitation_is_named_in_both_ways() {
    assert_json_snapshot!(CreatedResponse::of(&invitation()), @r#"
    {
      "id": 7,
      "secure_id": "3urZgWAW0Nzwa3IyIn113YloILvnqK"
    }
    "#);
}

#[test]
fn a_summary_shows_only_the_title_of_the_account() {
    let (account, invitation) = (onward(), invitation());
    assert_json_snapshot!(SummaryResponse::of(&account.title, &invitation.secure_id), @r#"
    {
      "account_title": "Onward, Inc.",
      "secure_id": "3urZgWAW0Nzwa3IyIn113YloILvnqK"
    }
    "#);
}

#[test]
fn an_acceptance_names_the_account() {
    let accepted = Accepted { account: onward(), person: jane() };
    assert_json_snapshot!(AcceptedResponse::of(&accepted), @r#"
    {
      "account_id": 1,
      "account_title": "Onward, Inc."
    }
    "#);
}

#[test]
fn a_login_lists_the_accounts_and_marks_the_current_one() {
    let accounts = vec![onward(), account(2, "upside", "Upside")];
    let signed_in = SignedIn { current: Some(accounts[1].clone()), accounts };
    assert_json_snapshot!(LoginResponse::of(&jane(), &signed_in, "a.b.c", Some("x")), @r#"
    {
      "accounts": [
        {
          "classic_dashboard_url": "",
          "default": false,
          "name": "onward",
          "subdomain": null,
          "title": "Onward, Inc."
        },
        {
          "classic_dashboard_url": "",
          "default": true,
          "name": "upside",
          "subdomain": null,
          "title": "Upside"
        }
      ],
      "attach_code": null,
      "current_account": "upside",
      "email": "jane@example.com",
      "has_password": true,
      "identity_source": "password",
      "invitation_id": "x",
      "name": "Jane Smith",
      "return_to": null,
      "self_hosted": true,
      "token": "a.b.c"
    }
    "#);
}

#[test]
fn a_person_without_accounts_can_log_in() {
    let signed_in = SignedIn { accounts: Vec::new(), current: None };
    assert_json_snapshot!(LoginResponse::of(&jane(), &signed_in, "a.b.c", None), @r#"
    {
      "accounts": [],
      "attach_code": null,
      "current_account": "",
      "email": "jane@example.com",
      "has_password": true,
      "identity_source": "password",
      "invitation_id": null,
      "name": "Jane Smith",
      "return_to": null,
      "self_hosted": true,
      "token": "a.b.c"
    }
    "#);
}
