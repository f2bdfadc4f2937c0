//! Replies of real servers. Each was seen in a public bug report, or is in the server's source or documentation.

use super::*;

#[track_caller]
fn assert_all(expected: Refusal, step: Step, replies: &[&str]) {
    for reply in replies {
        let (code, text) = reply.split_once(' ').unwrap();
        assert_eq!(Refusal::classify(step, code.parse().unwrap(), text), expected, "{reply}");
    }
}

#[test]
fn refusals_of_the_recipient_are_final() {
    assert_all(
        Refusal::Recipient,
        Step::Recipient,
        &[
            "550 5.1.1 <bobby@example.org>: Recipient address rejected: User unknown in virtual mailbox table",
            "550 5.1.1 The email account that you tried to reach does not exist.",
            "550 5.1.2 Bad destination system",
            "553 5.1.3 Invalid address format",
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
            "556 5.1.10 Recipient address has null MX",
            "556 the domain accepts no mail",
            "550 5.2.1 The email account that you tried to reach is inactive.",
            "552 5.2.2 <bobby@example.org>: mailbox full",
            "552 5.2.2 The recipient's inbox is full",
            "550 5.4.1 Recipient address rejected: Access denied.",
            "550 5.4.310 DNS domain example.invalid does not exist",
            "550 5.5.0 No such user",
            "550 5.3.0 Invalid recipient",
            "550 5.6.7 Non-ASCII addresses not permitted for that recipient",
            "550 sorry, no mailbox here by that name (#5.1.1)",
            "550 No such user here",
            "550 Unknown user",
            "550 5.0.0 <bobby@example.org>... User unknown",
            "552 Mailbox full",
            "550 Unrouteable address",
            "550 5.1.1 <sender@relay.example.org>: User unknown",
        ],
    );
    assert_all(
        Refusal::Recipient,
        Step::Content,
        &["550 5.1.1 user unknown", "552 5.2.2 over quota", "554 5.2.1 mailbox disabled"],
    );
}

#[test]
fn refusals_of_the_sender_its_quota_and_by_policy_wait() {
    assert_all(
        Refusal::Sender,
        Step::Recipient,
        &[
            "553 5.7.1 <usher@example.com>: Sender address rejected: not owned by user relay",
            "550 5.1.8 <usher@example.com>: Sender address rejected: Domain not found",
            "550 5.1.0 <usher@example.com>: Sender address rejected: User unknown in local recipient table",
            "550 5.1.1 <usher@example.com>: Sender address rejected: User unknown",
            "550 5.1.7 Bad sender address syntax",
            "550 5.7.1 Unable to relay",
            "554 5.7.1 <bobby@example.org>: Relay access denied",
            "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
            "550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits go to",
            "550 5.2.2 Submission quota exceeded",
            "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example.org",
            "550 5.7.26 This mail has been blocked because the sender is unauthenticated",
            "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        ],
    );
    assert_all(
        Refusal::Sender,
        Step::Content,
        &[
            "554 5.2.252 SendAsDenied; relay@example.com not allowed to send as usher@example.com",
            "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied",
            "554 Message rejected: Email address is not verified.",
            "550 The from address does not match a verified Sender Identity.",
            "554 5.7.1 Spam message rejected",
            "554 5.6.0 Message contains invalid header",
            "535 5.7.8 what?",
            "552 5.3.4 Message size exceeds fixed limit",
        ],
    );
}

#[test]
fn commands_without_a_recipient_never_refuse_one() {
    for step in [Step::Mail, Step::Data] {
        assert_all(
            Refusal::Sender,
            step,
            &["550 5.1.1 User unknown", "550 No such user", "553 5.1.3 bad syntax", "552 5.2.2 mailbox full"],
        );
    }
    assert_all(Refusal::Recipient, Step::Mail, &["550 5.6.7 SMTPUTF8 is not supported for this address"]);
}

#[test]
fn unclear_refusals_wait() {
    assert_all(
        Refusal::Sender,
        Step::Recipient,
        &[
            "550 no",
            "550 Requested action not taken: mailbox unavailable",
            "550 5.0.0 rejected",
            "550 5.1.1x looks like a code",
            "550 1.1.1.1 is an address",
            "550 see #5 of the rules",
            "554 5.4.4 Unable to route",
            "550 5.99.1 future",
            "550 ",
        ],
    );
}

#[test]
fn a_missing_login_is_a_fault_of_the_settings() {
    for step in [Step::Mail, Step::Recipient, Step::Data] {
        assert_all(
            Refusal::Login,
            step,
            &["530 5.7.0 Authentication required", "535 5.7.139 Authentication unsuccessful"],
        );
    }
}

#[test]
fn temporary_refusals_are_of_the_moment() {
    for step in [Step::Mail, Step::Recipient, Step::Data, Step::Content] {
        assert_all(
            Refusal::Temporary,
            step,
            &[
                "450 4.2.1 rate limit",
                "432 4.3.2 Concurrent connections limit exceeded",
                "421 bye",
                "452 4.1.1 user unknown",
            ],
        );
    }
}
