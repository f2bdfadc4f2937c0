use super::*;

fn copy(secure_id: &str) -> RelayedMail {
    RelayedMail::with("<m@example.com>", &format!("http://h/accept-invitation/{secure_id}?key=k"))
}

/// One acknowledged invitation whose mail was relayed: nothing is violated.
struct Case {
    history: History,
    stored: Vec<StoredInvitation>,
    relayed: BTreeMap<String, Vec<RelayedMail>>,
}

fn passing() -> Case {
    let row = StoredInvitation {
        email: "a@x".into(),
        secure_id: "A".into(),
        mails: 1,
        mail_state: "relayed".into(),
    };
    let creations = BTreeMap::from([("a@x".to_owned(), CreationOutcome::Acknowledged("A".into()))]);
    Case {
        history: History { creations, unsettled_copies: BTreeMap::new() },
        stored: vec![row],
        relayed: BTreeMap::from([("a@x".to_owned(), vec![copy("A")])]),
    }
}

impl Case {
    fn verdict(&self) -> Verdict {
        check(&self.history, &self.stored, &self.relayed)
    }

    #[track_caller]
    fn assert_violation(&self, text: &str) {
        let verdict = self.verdict();
        assert!(verdict.violations.iter().any(|line| line.contains(text)), "{verdict:?}");
    }
}

#[test]
fn a_stored_invitation_with_a_relayed_mail_passes() {
    assert_eq!(passing().verdict(), Verdict { acknowledged: 1, ..Verdict::default() });
}

#[test]
fn an_acknowledged_invitation_that_is_not_stored_is_lost() {
    let mut case = passing();
    case.stored.clear();
    case.relayed.clear();
    case.assert_violation("1 acknowledged invitations lost, such as a@x");
    assert_eq!(case.verdict().lost_invitations, 1);
}

#[test]
fn an_invitation_with_another_secure_id_does_not_replace_a_lost_invitation() {
    let mut case = passing();
    case.stored[0].secure_id = "B".into();
    case.assert_violation("acknowledged invitations lost");
}

#[test]
fn a_mail_that_was_not_relayed_is_lost_even_when_its_row_says_relayed() {
    let mut case = passing();
    case.relayed.clear();
    case.assert_violation("1 mails lost");
    assert_eq!(case.verdict().lost_mails, 1);
}

#[test]
fn an_unknown_creation_may_be_stored_or_not() {
    let mut case = passing();
    case.history.creations.insert("a@x".into(), CreationOutcome::Unknown);
    case.history.creations.insert("b@x".into(), CreationOutcome::Unknown);
    assert_eq!(case.verdict(), Verdict { unknown: 2, ..Verdict::default() });
}

#[test]
fn an_unknown_creation_is_not_stored_in_part() {
    let mut case = passing();
    case.history.creations.insert("a@x".into(), CreationOutcome::Unknown);
    case.stored[0].mails = 0;
    case.stored[0].mail_state = String::new();
    case.assert_violation("invitations without exactly one mail");
    let mut case = passing();
    case.history.creations.insert("a@x".into(), CreationOutcome::Unknown);
    case.stored.clear();
    case.assert_violation("mails without their invitation");
}

#[test]
fn a_duplicate_is_allowed_only_after_a_kill_before_the_mail_was_settled() {
    let mut case = passing();
    case.relayed.insert("a@x".into(), vec![copy("A"), copy("A")]);
    case.assert_violation("1 duplicates that no kill explains, such as a@x");
    case.history.unsettled_copies.insert("a@x".into(), 1);
    assert_eq!(case.verdict(), Verdict { acknowledged: 1, duplicates: 1, ..Verdict::default() });
}

#[test]
fn copies_must_be_identical() {
    let mut case = passing();
    case.history.unsettled_copies.insert("a@x".into(), 1);
    let other = RelayedMail::with("<n@example.com>", "http://h/accept-invitation/A?key=k");
    case.relayed.insert("a@x".into(), vec![copy("A"), other]);
    case.assert_violation("copies that differ");
}

#[test]
fn a_mail_in_any_state_but_relayed_is_a_violation() {
    for state in ["queued", "dead", "cancelled"] {
        let mut case = passing();
        case.stored[0].mail_state = state.into();
        case.assert_violation("not settled");
    }
}

#[test]
fn a_rejected_creation_is_a_violation() {
    let mut case = passing();
    case.history.creations.insert("c@x".into(), CreationOutcome::Rejected(400));
    case.assert_violation("creations rejected, such as c@x");
}
