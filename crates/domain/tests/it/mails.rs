use usher_domain::{
    outbox::MailState,
    port::SendError,
    testkit::{Scene, account_name, grant},
    token::Token,
    usecase::{
        deliver::{Turn, claim, settle},
        mails::{ListMails, ListedMail, MailsError, RetryMails, list_mails, retry_mails, show_mail},
    },
};

/// Two accounts, whose mails are dead.
fn with_dead_mails() -> Scene {
    let scene = Scene::new();
    scene.add_account("upside", "Upside");
    scene.add_member("upside", "ann@example.com", grant(["superuser"]));
    scene.invite_guests(3);
    scene.invite(&scene.actor("upside", "ann@example.com"), "joe@example.com", &["user"]).unwrap();
    let claimed = scene.write(|tx| claim(tx, &scene.env, &Turn::default(), 10)).unwrap();
    let refused = Err(SendError::Permanent { reason: "550 no".to_owned() });
    for delivery in claimed.deliveries {
        scene.write(|tx| settle(tx, &scene.env, &delivery, &refused)).unwrap();
    }
    scene
}

fn list(scene: &Scene, state: MailState, account: Option<&str>) -> Vec<ListedMail> {
    let command = ListMails { state: Some(state), account: account.map(account_name), limit: 10 };
    scene.write(|tx| list_mails(tx, &command)).unwrap()
}

#[test]
fn dead_mails_are_listed_with_account_and_recipient() {
    let scene = with_dead_mails();
    let dead = list(&scene, MailState::Dead, Some("upside"));
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].account.as_ref().unwrap().as_str(), "upside");
    assert_eq!(dead[0].to.as_ref().unwrap().as_str(), "joe@example.com");
    assert_eq!(dead[0].mail.destination.as_str(), "example.com");
    assert!(dead[0].mail.last_error.as_deref().unwrap().contains("550 no"));
    let shown = scene.write(|tx| show_mail(tx, &dead[0].mail.reference)).unwrap();
    assert_eq!(shown, dead[0]);
    assert_eq!(list(&scene, MailState::Dead, None).len(), 4);
}

#[test]
fn one_mail_an_account_or_all_are_retried() {
    let scene = with_dead_mails();
    let retry = |command: RetryMails, limit| scene.write(|tx| retry_mails(tx, &scene.env, &command, limit));
    let first = list(&scene, MailState::Dead, Some("onward")).pop().unwrap().mail.reference;
    assert_eq!(retry(RetryMails::One(first.clone()), 10), Ok(1));
    let not_dead = MailsError::NotDead(first.clone(), MailState::Queued);
    assert_eq!(retry(RetryMails::One(first), 10), Err(not_dead));
    assert_eq!(retry(RetryMails::OfAccount(account_name("onward")), 1), Ok(1));
    assert_eq!(retry(RetryMails::All, 10), Ok(2));
    assert_eq!(list(&scene, MailState::Queued, None).len(), 4);
    let claimed = scene.write(|tx| claim(tx, &scene.env, &Turn::default(), 10)).unwrap();
    assert_eq!(claimed.deliveries.len(), 4);
}

#[test]
fn unknown_names_are_told() {
    let scene = Scene::new();
    let nowhere = account_name("nowhere");
    let command = ListMails { state: None, account: Some(nowhere.clone()), limit: 1 };
    let listed = scene.write(|tx| list_mails(tx, &command));
    assert_eq!(listed, Err(MailsError::UnknownAccount(nowhere)));
    let reference = Token::generate(scene.env.entropy.as_ref());
    let shown = scene.write(|tx| show_mail(tx, &reference));
    assert_eq!(shown, Err(MailsError::UnknownMail(reference)));
}
