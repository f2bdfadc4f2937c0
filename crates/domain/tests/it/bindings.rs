//! Principals whose issuer gives rights in some accounts only.

use usher_domain::{
    account::AccountName,
    principal::{Credential, Principal},
    testkit::{Scene, grant, principal, verified},
    usecase::{
        accept::{Accept, AcceptError, Acceptor, accept},
        decline::{Decline, DeclineError, decline},
        resolve::{ResolveError, resolve},
    },
};

fn name(slug: &str) -> AccountName {
    AccountName::parse(slug).unwrap()
}

/// Of an issuer that is bound to these accounts.
fn bound(principal: Principal, accounts: &[&str]) -> Principal {
    Principal { accounts: Some(accounts.iter().map(|slug| name(slug)).collect()), ..principal }
}

fn resolved(scene: &Scene, principal: Principal) -> Result<String, ResolveError> {
    let credential = Credential::Principal(principal);
    let actor = scene.write(|tx| resolve(tx, &credential, scene.env.now()));
    actor.map(|actor| actor.account.name.to_string())
}

#[test]
fn a_member_acts_in_the_issuers_accounts_only() {
    let scene = Scene::new();
    scene.add_account("upside", "Upside");
    let jane = || principal("jane@example.com");
    assert_eq!(resolved(&scene, bound(jane(), &["onward"])), Ok("onward".to_owned()));
    assert_eq!(resolved(&scene, bound(jane(), &["upside"])), Err(ResolveError::IssuerElsewhere));
    scene.add_member("upside", "jane@example.com", grant(["user"]));
    assert_eq!(resolved(&scene, bound(jane(), &["upside"])), Ok("upside".to_owned()), "the only allowed one");
    assert_eq!(resolved(&scene, bound(jane(), &["onward", "upside"])), Err(ResolveError::ChooseAccount));
    let chosen = Principal { account: Some(name("onward")), ..jane() };
    assert_eq!(resolved(&scene, bound(chosen.clone(), &["onward"])), Ok("onward".to_owned()));
    assert_eq!(resolved(&scene, bound(chosen, &["upside"])), Err(ResolveError::IssuerElsewhere));
}

#[test]
fn invitations_of_other_accounts_are_neither_accepted_nor_declined() {
    let scene = Scene::new();
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["user"]).unwrap();
    let key = scene.key(&invitation);
    let joe = |accounts: &[&str]| bound(verified("joe@example.com"), accounts);
    for key in [None, Some(key.clone())] {
        let command = Accept {
            secure_id: invitation.secure_id.clone(),
            key,
            by: Acceptor::Principal(joe(&["upside"])),
        };
        let rejected = scene.write(|tx| accept(tx, &scene.env, &command));
        assert_eq!(rejected.map(drop), Err(AcceptError::IssuerElsewhere));
    }
    let declined = |by| {
        let command = Decline { secure_id: invitation.secure_id.clone(), key: None, by: Some(by) };
        scene.write(|tx| decline(tx, &scene.env, &command))
    };
    assert!(matches!(declined(joe(&["upside"])), Err(DeclineError::NotProven(_))));
    assert_eq!(scene.stored(&invitation), invitation);

    let command = Accept {
        secure_id: invitation.secure_id.clone(),
        key: None,
        by: Acceptor::Principal(joe(&["onward"])),
    };
    let accepted = scene.write(|tx| accept(tx, &scene.env, &command)).unwrap();
    assert!(!accepted.person.email_verified, "the issuer cannot vouch for the address in other accounts");
}
