use usher_domain::{
    account::AccountName,
    person::PasswordHash,
    testkit::{Scene, email, grant, text},
    usecase::{
        add_member::{AddMember, AddMemberError, add_member},
        create_account::{CreateAccount, CreateAccountError, create_account},
        create_person::{CreatePerson, CreatePersonError, create_person},
        sign_in::{SignInError, sign_in},
    },
};

fn slug(text: &str) -> AccountName {
    AccountName::parse(text).unwrap()
}

#[test]
fn account_names_are_unique() {
    let scene = Scene::new();
    let command = CreateAccount { name: slug("onward"), title: text("Again") };
    let rejected = scene.write(|tx| create_account(tx, &scene.env, &command));
    assert_eq!(rejected, Err(CreateAccountError::Exists(slug("onward"))));
}

#[test]
fn addresses_of_people_are_unique() {
    let scene = Scene::new();
    let command = CreatePerson { email: email("JANE@example.com"), name: text("Jane"), password: None };
    let rejected = scene.write(|tx| create_person(tx, &scene.env, &command));
    assert_eq!(rejected, Err(CreatePersonError::Exists("JANE@example.com".to_owned())));
}

#[test]
fn a_new_or_a_known_person_is_added_as_a_member() {
    let scene = Scene::new();
    scene.add_account("upside", "Upside");
    let command = |account: &str, address: &str| AddMember {
        account: slug(account),
        email: email(address),
        name: None,
        grant: grant(["user"]),
        password: Some(PasswordHash::new("$new".to_owned())),
    };
    let add = |command: AddMember| scene.write(|tx| add_member(tx, &scene.env, &command));
    assert_eq!(add(command("none", "x@example.com")), Err(AddMemberError::UnknownAccount(slug("none"))));
    let nameless = add(command("onward", "x@example.com"));
    assert_eq!(nameless, Err(AddMemberError::NameNeeded("x@example.com".to_owned())));
    let again = add(command("onward", "jane@example.com"));
    assert_eq!(again, Err(AddMemberError::AlreadyMember("jane@example.com".to_owned())));
    assert!(scene.admin().person.password.is_none(), "the rejection rolled the password back");
    add(command("upside", "jane@example.com")).unwrap();
    assert_eq!(scene.admin().person.password, Some(PasswordHash::new("$new".to_owned())));
}

#[test]
fn signing_in_chooses_an_account() {
    let scene = Scene::new();
    scene.add_account("upside", "Upside");
    scene.add_member("upside", "jane@example.com", grant(["user"]));
    let id = scene.admin().person.id;
    let current = |chosen: Option<&str>| {
        let chosen = chosen.map(slug);
        let signed_in = scene.write(|tx| sign_in(tx, id, chosen.as_ref()));
        signed_in.map(|signed_in| signed_in.current.map(|account| account.name.to_string()))
    };
    assert_eq!(current(None), Ok(Some("onward".to_owned())));
    assert_eq!(current(Some("upside")), Ok(Some("upside".to_owned())));
    assert_eq!(current(Some("none")), Err(SignInError::NotAMember(slug("none"))));
}
