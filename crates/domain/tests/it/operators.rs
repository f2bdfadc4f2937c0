use usher_domain::{
    account::AccountName,
    person::PasswordHash,
    role::Grant,
    text::DisplayText,
    usecase::{
        add_member::{AddMember, AddMemberError, add_member},
        create_account::{CreateAccount, CreateAccountError, create_account},
        create_person::{CreatePerson, CreatePersonError, create_person},
        sign_in::{SignInError, sign_in},
    },
};

use crate::world::{email, world};

fn slug(text: &str) -> AccountName {
    AccountName::parse(text).unwrap()
}

#[test]
fn account_names_are_unique() {
    let world = world();
    let command = CreateAccount { name: slug("onward"), title: DisplayText::parse("Again").unwrap() };
    let refused = world.write(|tx| create_account(tx, &world.env, &command));
    assert_eq!(refused, Err(CreateAccountError::Exists(slug("onward"))));
}

#[test]
fn addresses_of_people_are_unique() {
    let world = world();
    let command = CreatePerson {
        email: email("JANE@example.com"),
        name: DisplayText::parse("Jane").unwrap(),
        password: None,
    };
    let refused = world.write(|tx| create_person(tx, &world.env, &command));
    assert_eq!(refused, Err(CreatePersonError::Exists("JANE@example.com".to_owned())));
}

#[test]
fn members_are_added_with_a_new_or_a_known_person() {
    let world = world();
    world.account("upside", "Upside");
    let command = |account: &str, address: &str| AddMember {
        account: slug(account),
        email: email(address),
        name: None,
        grant: Grant::of_roles(["user"]).unwrap(),
        password: Some(PasswordHash::new("$new".to_owned())),
    };
    let add = |command: AddMember| world.write(|tx| add_member(tx, &world.env, &command));
    assert_eq!(add(command("none", "x@example.com")), Err(AddMemberError::UnknownAccount(slug("none"))));
    let nameless = add(command("onward", "x@example.com"));
    assert_eq!(nameless, Err(AddMemberError::NameNeeded("x@example.com".to_owned())));
    let again = add(command("onward", "jane@example.com"));
    assert_eq!(again, Err(AddMemberError::AlreadyMember("jane@example.com".to_owned())));
    assert!(world.jane().person.password.is_none(), "the refusal rolled the password back");
    add(command("upside", "jane@example.com")).unwrap();
    assert_eq!(world.jane().person.password, Some(PasswordHash::new("$new".to_owned())));
}

#[test]
fn signing_in_chooses_an_account() {
    let world = world();
    world.account("upside", "Upside");
    world.member("upside", "jane@example.com", Grant::of_roles(["user"]).unwrap());
    let id = world.jane().person.id;
    let current = |chosen: Option<&str>| {
        let chosen = chosen.map(slug);
        let signed_in = world.write(|tx| sign_in(tx, id, chosen.as_ref()));
        signed_in.map(|signed_in| signed_in.current.map(|account| account.name.to_string()))
    };
    assert_eq!(current(None), Ok(Some("onward".to_owned())));
    assert_eq!(current(Some("upside")), Ok(Some("upside".to_owned())));
    assert_eq!(current(Some("none")), Err(SignInError::NotAMember(slug("none"))));
}
