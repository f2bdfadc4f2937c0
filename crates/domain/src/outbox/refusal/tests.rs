use proptest::prelude::*;

use super::{RefusalVerdict::*, *};

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_timestamp_millis(1_800_000_000_000 + milliseconds).unwrap()
}

fn answer(asked_at: i64, until: i64) -> RelayAnswer {
    RelayAnswer { asked_at: at(asked_at), at: at(until) }
}

/// A judge that saw these mails accepted.
fn after(accepted: &[(i64, i64)]) -> RefusalJudge {
    let mut judge = RefusalJudge::default();
    for (asked_at, until) in accepted {
        judge.note_accepted(answer(*asked_at, *until));
    }
    judge.note_refused(MailId::new(1));
    judge
}

#[test]
fn a_refusal_between_two_accepted_mails_is_final() {
    let refusal = answer(1000, 1100);
    let judge = |accepted: &[(i64, i64)], now| after(accepted).judge(refusal, None, at(now));
    assert_eq!(judge(&[(800, 900)], 1100), Undecided, "the next mail decides");
    assert_eq!(judge(&[(800, 900), (1200, 1300)], 1300), Final);
    assert_eq!(judge(&[(800, 900), (2700, 2800)], 2800), Final, "two seconds in all");
    assert_eq!(judge(&[(800, 900), (2700, 2801)], 2801), Unconfirmed, "longer than two seconds in all");
    assert_eq!(judge(&[(800, 900)], 2800), Unconfirmed, "no witness in time");
    assert_eq!(judge(&[(1200, 1300)], 1300), Unconfirmed, "the relay may have been out of order before");
    assert_eq!(judge(&[(800, 1000), (1200, 1300)], 1300), Unconfirmed, "the first one did not end before");
    assert_eq!(judge(&[(800, 900), (1100, 1300)], 1300), Undecided, "the second one did not begin after");
}

#[test]
fn a_clock_that_is_set_back_holds_nothing_up() {
    assert_eq!(after(&[(800, 900)]).judge(answer(1000, 1100), None, at(500)), Unconfirmed);
}

#[test]
fn a_refusal_long_after_the_first_one_is_final() {
    let minutes = CONFIRMED_AFTER.num_milliseconds();
    let judge = |first| after(&[]).judge(answer(minutes - 10, minutes), first, at(minutes));
    assert_eq!(judge(None), Unconfirmed);
    assert_eq!(judge(Some(at(1))), Unconfirmed);
    assert_eq!(judge(Some(at(0))), Final);
}

#[test]
fn no_refusal_is_confirmed_while_the_relay_refuses_one_mail_after_the_other() {
    let minutes = CONFIRMED_AFTER.num_milliseconds();
    let mut judge = RefusalJudge::default();
    let verdict = |judge: &mut RefusalJudge, mail| {
        judge.note_refused(MailId::new(mail));
        judge.judge(answer(minutes - 10, minutes), Some(at(0)), at(minutes))
    };
    assert_eq!(verdict(&mut judge, 1), Final);
    assert_eq!(verdict(&mut judge, 2), Final);
    assert_eq!(verdict(&mut judge, 2), Final, "each mail counts once");
    assert_eq!(verdict(&mut judge, 3), Unconfirmed);
    judge.note_accepted(answer(0, 1));
    assert_eq!(verdict(&mut judge, 3), Final);
}

#[test]
fn what_is_remembered_is_bounded() {
    let mut judge = RefusalJudge::default();
    for number in 0..10_000 {
        judge.note_accepted(answer(number, number));
    }
    (0..10_000).for_each(|mail| judge.note_refused(MailId::new(mail)));
    assert_eq!((judge.accepted.len(), judge.refused.len()), (REMEMBERED, DOUBTFUL));
}

/// A mail of the simulation: when it is tried first, how long the relay takes, and whether its address is bad.
#[derive(Debug, Clone, Copy)]
struct Simulated {
    pause: i64,
    duration: i64,
    decided: i64,
    is_bad: bool,
}

fn mails(longest_pause: i64) -> impl Strategy<Value = Vec<Simulated>> {
    let mail = (0..longest_pause, 1..300_i64, 0..100_i64, proptest::bool::weighted(0.1));
    let mail = mail.prop_map(|(pause, duration, share, is_bad)| Simulated {
        pause,
        duration,
        decided: duration * share / 100,
        is_bad,
    });
    proptest::collection::vec(mail, 1..300)
}

/// The verdicts on all refusals: whether the address is bad, and what became of its first attempt. The relay refuses everybody
/// during the outage. `workers` mails are tried at a time.
fn simulate(
    mails: &[Simulated],
    workers: usize,
    outage: std::ops::Range<i64>,
) -> Vec<(bool, RefusalVerdict)> {
    let mut free_at = vec![0_i64; workers];
    let mut created = 0;
    let mut answers: Vec<(RelayAnswer, bool, bool)> = Vec::new();
    for mail in mails {
        created += mail.pause;
        let worker = (0..workers).min_by_key(|worker| free_at[*worker]).unwrap();
        let asked_at = created.max(free_at[worker] + 1);
        free_at[worker] = asked_at + mail.duration;
        let is_refused = mail.is_bad || outage.contains(&(asked_at + mail.decided));
        answers.push((answer(asked_at, asked_at + mail.duration), is_refused, mail.is_bad));
    }
    answers.sort_by_key(|(answer, ..)| answer.at);
    let mut judge = RefusalJudge::default();
    let mut undecided: Vec<(RelayAnswer, bool)> = Vec::new();
    let mut verdicts = Vec::new();
    for (number, (answer, is_refused, is_bad)) in (0..).zip(answers) {
        if is_refused {
            judge.note_refused(MailId::new(number));
            undecided.push((answer, is_bad));
        } else {
            judge.note_accepted(answer);
        }
        undecided.retain(|(refusal, is_bad)| match judge.judge(*refusal, None, answer.at) {
            Undecided => true,
            verdict => {
                verdicts.push((*is_bad, verdict));
                false
            }
        });
    }
    verdicts.extend(undecided.into_iter().map(|(_, is_bad)| (is_bad, Undecided)));
    verdicts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// However mails and outage fall together, no good address is given up.
    #[test]
    fn a_relay_that_refuses_everybody_ends_no_mail(
        mails in mails(200),
        workers in 1_usize..9,
        begin in 0..10_000_i64,
        length in 0..20_000_i64,
    ) {
        let outage = begin..begin + WITNESS_SPAN.num_milliseconds() + length;
        for (is_bad, verdict) in simulate(&mails, workers, outage) {
            prop_assert!(is_bad || verdict != Final);
        }
    }

    /// Bad addresses among good ones are given up after one attempt, except before the first and after the last good ones.
    #[test]
    fn bad_addresses_among_good_ones_are_final(workers in 1_usize..9, mut mails in mails(20), bad in 1_usize..40) {
        let good = |count| vec![Simulated { pause: 1, duration: 10, decided: 5, is_bad: false }; count];
        let in_a_row = vec![Simulated { pause: 1, duration: 10, decided: 5, is_bad: true }; bad];
        for mail in &mut mails {
            mail.duration = mail.duration.min(100);
        }
        let mails = [good(20), in_a_row, good(5), mails, good(120)].concat();
        let verdicts = simulate(&mails, workers, 0..0);
        for (is_bad, verdict) in verdicts {
            prop_assert!(is_bad);
            prop_assert_eq!(verdict, Final);
        }
    }
}
