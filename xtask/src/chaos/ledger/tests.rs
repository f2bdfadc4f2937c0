use super::*;

fn copy(secure_id: &str) -> Taken {
    Taken::of("<m@example.com>", &format!("http://h/accept-invitation/{secure_id}?key=k"))
}

/// One acknowledged invitation whose mail arrived: everything is as it should be.
struct Case {
    ledger: Ledger,
    stored: Vec<Stored>,
    arrived: BTreeMap<String, Vec<Taken>>,
}

fn sound() -> Case {
    let row = Stored { email: "a@x".into(), secure_id: "A".into(), mails: 1, state: "relayed".into() };
    let answers = BTreeMap::from([("a@x".to_owned(), Outcome::Acknowledged("A".into()))]);
    Case {
        ledger: Ledger { answers, windows: BTreeMap::new() },
        stored: vec![row],
        arrived: BTreeMap::from([("a@x".to_owned(), vec![copy("A")])]),
    }
}

impl Case {
    fn verdict(&self) -> Verdict {
        judge(&self.ledger, &self.stored, &self.arrived)
    }

    #[track_caller]
    fn assert_fault(&self, fault: &str) {
        let verdict = self.verdict();
        assert!(verdict.faults.iter().any(|line| line.contains(fault)), "{verdict:?}");
    }
}

#[test]
fn what_is_sound_is_found_sound() {
    let verdict = sound().verdict();
    assert_eq!(verdict, Verdict { acknowledged: 1, ..Verdict::default() });
}

#[test]
fn an_acknowledged_invitation_that_is_not_stored_is_lost() {
    let mut case = sound();
    case.stored.clear();
    case.arrived.clear();
    case.assert_fault("1 acknowledged invitations lost, such as a@x");
    assert_eq!(case.verdict().lost_invitations, 1);
}

#[test]
fn another_invitation_to_the_same_address_does_not_stand_in_for_a_lost_one() {
    let mut case = sound();
    case.stored[0].secure_id = "B".into();
    case.assert_fault("acknowledged invitations lost");
}

#[test]
fn a_mail_that_never_arrived_is_lost_whatever_the_database_says() {
    let mut case = sound();
    case.arrived.clear();
    case.assert_fault("1 mails lost");
    assert_eq!(case.verdict().lost_mails, 1);
}

#[test]
fn what_was_not_answered_may_be_there_or_not() {
    let mut case = sound();
    case.ledger.answers.insert("a@x".into(), Outcome::Unknown);
    case.ledger.answers.insert("b@x".into(), Outcome::Unknown);
    assert_eq!(case.verdict(), Verdict { unknown: 2, ..Verdict::default() });
}

#[test]
fn what_was_not_answered_is_not_there_by_half() {
    let mut case = sound();
    case.ledger.answers.insert("a@x".into(), Outcome::Unknown);
    case.stored[0].mails = 0;
    case.stored[0].state = String::new();
    case.assert_fault("invitations without their one mail");
    let mut case = sound();
    case.ledger.answers.insert("a@x".into(), Outcome::Unknown);
    case.stored.clear();
    case.assert_fault("mails without their invitation");
}

#[test]
fn a_copy_needs_a_kill_between_acceptance_and_commit() {
    let mut case = sound();
    case.arrived.insert("a@x".into(), vec![copy("A"), copy("A")]);
    case.assert_fault("1 duplicates that no kill explains, such as a@x");
    case.ledger.windows.insert("a@x".into(), 1);
    assert_eq!(case.verdict(), Verdict { acknowledged: 1, duplicates: 1, ..Verdict::default() });
}

#[test]
fn copies_are_the_same_octet_for_octet() {
    let mut case = sound();
    case.ledger.windows.insert("a@x".into(), 1);
    let other = Taken::of("<n@example.com>", "http://h/accept-invitation/A?key=k");
    case.arrived.insert("a@x".into(), vec![copy("A"), other]);
    case.assert_fault("copies that differ");
}

#[test]
fn a_mail_that_is_not_settled_is_a_fault() {
    for state in ["queued", "dead", "cancelled"] {
        let mut case = sound();
        case.stored[0].state = state.into();
        case.assert_fault("not settled");
    }
}

#[test]
fn refusals_are_no_load() {
    let mut case = sound();
    case.ledger.answers.insert("c@x".into(), Outcome::Refused(400));
    case.assert_fault("creations refused, such as c@x");
}
