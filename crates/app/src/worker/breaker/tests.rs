use super::{RelayState::*, *};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_000_000 + seconds, 0).unwrap()
}

/// A breaker that took these results at the same moment.
fn after(results: impl IntoIterator<Item = RelayState>) -> Breaker {
    let mut breaker = Breaker::default();
    results.into_iter().for_each(|relay| breaker.note(relay, at(0)));
    breaker
}

#[test]
fn pauses_double_and_one_mail_tries_the_way() {
    let mut breaker = Breaker::default();
    assert_eq!(breaker.allowed(4, 0, at(0)), 4);
    breaker.note(Unreachable, at(0));
    breaker.note(Unreachable, at(0));
    assert_eq!(breaker.allowed(4, 0, at(0)), 0);
    assert_eq!(breaker.allowed(4, 0, at(1)), 1, "half open");
    assert_eq!(breaker.allowed(3, 1, at(1)), 0, "one test at a time");
    assert_eq!(breaker.allowed(0, 0, at(1)), 0, "a probe needs a place as well");
    breaker.note(Unreachable, at(1));
    assert_eq!(breaker.allowed(4, 0, at(2)), 0, "the second pause is two seconds");
    assert_eq!(breaker.allowed(4, 0, at(3)), 1);
    breaker.note(Answered, at(3));
    assert_eq!(breaker.allowed(4, 0, at(3)), 4);
}

#[test]
fn the_pause_never_grows_beyond_half_a_minute() {
    for failure in [Unreachable, Refused] {
        let mut breaker = after([Refused; NEARLY_ALL - 1]);
        let mut now = 0;
        for _ in 0..20 {
            breaker.note(failure, at(now));
            assert_eq!(breaker.allowed(1, 0, at(now + 30)), 1);
            now += 30;
        }
    }
}

#[test]
fn rejections_of_nearly_all_mails_open_it_until_a_mail_is_accepted() {
    let mut breaker = after([Accepted; 30]);
    for _ in 1..NEARLY_ALL {
        breaker.note(Refused, at(0));
        assert_eq!((breaker.allowed(4, 0, at(0)), breaker.refuses_most()), (4, false));
    }
    breaker.note(Refused, at(0));
    assert_eq!((breaker.allowed(4, 0, at(0)), breaker.refuses_most()), (0, true));
    assert_eq!(breaker.allowed(4, 0, at(1)), 1, "half open");
    breaker.note(Refused, at(1));
    assert_eq!(breaker.allowed(4, 0, at(2)), 0, "the second pause is two seconds");
    breaker.note(Answered, at(3));
    breaker.note(Unknown, at(3));
    assert!(breaker.refuses_most(), "greylisting says nothing about other mails");
    breaker.note(Accepted, at(3));
    assert_eq!((breaker.allowed(4, 0, at(3)), breaker.refuses_most()), (4, false));
    breaker.note(Refused, at(3));
    assert!(!breaker.refuses_most(), "the share begins anew");
}

/// A list of invalid addresses must not hold up the mails behind it.
#[test]
fn rejected_recipients_do_not_open_it_but_count() {
    let mut breaker = after([RecipientRefused; NEARLY_ALL - 1]);
    assert!(!breaker.refuses_most());
    breaker.note(RecipientRefused, at(0));
    assert_eq!((breaker.allowed(4, 0, at(0)), breaker.refuses_most()), (4, true));
    breaker.note(Accepted, at(0));
    assert!(!breaker.refuses_most());
}

/// A test of the relay can meet an invalid address.
#[test]
fn a_rejected_recipient_neither_closes_it_nor_makes_the_pause_longer() {
    let mut breaker = after([Refused; NEARLY_ALL]);
    breaker.note(RecipientRefused, at(1));
    assert_eq!((breaker.allowed(4, 0, at(1)), breaker.refuses_most()), (1, true));
}

#[test]
fn some_rejections_do_not_open_it() {
    let mixed = (0..100).map(|n| if n % 10 < 7 { Refused } else { Accepted });
    assert_eq!(after(mixed).allowed(4, 0, at(0)), 4);
    // Mails that cannot be built are no answers of the relay.
    assert_eq!(after([Unknown; 50]).allowed(4, 0, at(0)), 4);
}

#[test]
fn a_rejection_shows_that_the_relay_is_reachable() {
    let mut breaker = after([Unreachable]);
    breaker.note(Refused, at(1));
    assert_eq!(breaker.allowed(4, 0, at(1)), 4);
}
