//! R16: the client saw no answer, but the invitation exists. Asked for again with the same Idempotency-Key, it is answered as it
//! would have been, and nothing is done twice.
//!
//! The request is sent, the row is seen in the database, and the process is killed; whatever it had answered by then, the client
//! does not read. Only a process that is not killed sends mails: here any second mail would be the repeated request's.

use std::time::Instant;

use serde_json::json;

use super::{
    account::{self, Account},
    arguments::{Kind, Scenario},
    http::{self, Answer},
    outcome::Finding,
    random::Random,
    replica::{Recipe, Role},
    scene::Scene,
    site::Site,
    wait,
};
use crate::shell::Failure;

/// Loses answers, and asks again.
pub(super) fn run(site: &Site, kind: Kind, rounds: u32, random: &mut Random) -> Result<Finding, Failure> {
    let mut scene = Scene::new(site, kind, Scenario::Repeat)?;
    let account = Account::create(site, &scene.store, "onward")?;
    let recipe = scene.recipe("repeat", Role::Api, random)?;
    let worker = scene.recipe("mails", Role::Worker, random)?;
    let turn = site.turn();
    scene.say(&format!("{rounds} answers lost"));
    let mut faults = Vec::new();
    for round in 1..=rounds {
        let email = format!("guest{round}@example.com");
        if let Err(failure) = strike(&mut scene, &account, &recipe, &email) {
            faults.push(failure.at(&format!("round {round}")).reason());
        }
    }
    drop(turn);
    let worker = worker.run(site)?;
    let mut finding = scene.rest(rounds)?;
    drop(worker);
    if finding.verdict.duplicates > 0 {
        faults.push(format!("{} second mails", finding.verdict.duplicates));
    }
    finding.verdict.faults.extend(faults);
    finding.more = json!({ "lease_seconds": site.lease().as_secs() });
    Ok(finding)
}

fn strike(scene: &mut Scene<'_>, account: &Account, recipe: &Recipe, email: &str) -> Result<(), Failure> {
    let key = email.replace(['@', '.'], "-");
    let replica = recipe.run(scene.site)?;
    let unread = account.invite_once(recipe.address, email, &key)?;
    let sql = format!("SELECT secure_id AS line FROM invitation WHERE email = '{email}'");
    let stored =
        wait::until("the invitation", wait::USUAL, || Ok(scene.session.rows(&sql)?.first().cloned()))?;
    scene.last_kill = Instant::now();
    replica.kill()?;
    drop(unread);
    scene.note_kill(recipe)?;

    let _replica = recipe.run(scene.site)?;
    let answer = wait::until("an answer other than 409", wait::USUAL, || {
        let answer = account.invite_once(recipe.address, email, &key)?.answer();
        Ok((!matches!(answer, Answer::Whole { status: 409, .. })).then_some(answer))
    })?;
    let Answer::Whole { status: 200, head, body } = &answer else {
        return Err(format!("asked again: {answer:?}").into());
    };
    if http::header(head, "idempotency-replayed") != Some("true") {
        return Err(format!("not said to be a replay: {head}").into());
    }
    if account::secure_id(body).as_ref() != Some(&stored) {
        return Err(format!("another invitation: {body}").into());
    }
    scene.ledger.answers.extend(account::outcome(&answer).map(|outcome| (email.to_owned(), outcome)));
    Ok(())
}
