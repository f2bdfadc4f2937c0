use usher_domain::port::SendError;
use usher_mailer::fuzzing::{PASSWORD, read_reply};

/// Replies of relays: what lettre reads, and what operators read.
pub(super) fn run(input: &[u8]) {
    let Some(reply) = read_reply(input) else { return };
    assert!(reply.is_understood, "{:?}", reply.lines);
    let is_clean = |line: &str| line.bytes().all(|octet| (b' '..=b'~').contains(&octet));
    assert!(reply.lines.split_terminator("\r\n").all(is_clean), "{:?}", reply.lines);
    for error in &reply.errors {
        check_reason(error);
    }
}

fn check_reason(error: &SendError) {
    let reason = error.to_string();
    assert!(reason.chars().count() <= 300 && !reason.contains(char::is_control), "{reason:?}");
    assert!(!reason.contains('@') && !reason.contains("://"), "{reason:?}");
    assert!(!reason.to_ascii_lowercase().contains(PASSWORD), "{reason:?}");
}
