use crate::addresses::{check_address, check_name};

/// The bodies of requests in both dialects.
pub(super) fn run(input: &[u8]) {
    match usher_landscape::fuzzing::read_bodies(input) {
        Ok(invite) => {
            check_address(&invite.email);
            invite.name.iter().for_each(check_name);
        }
        Err(answer) => {
            assert!((400..500).contains(&answer.status), "{answer:?}");
            check_problem(&answer.body);
        }
    }
    match usher_fastly::fuzzing::read_invitation(input) {
        Ok((email, grant)) => {
            check_address(&email);
            assert!(!grant.roles().is_empty());
        }
        Err(body) => check_problem(&body),
    }
}

/// The response is JSON, whatever it repeats of the body.
fn check_problem(body: &str) {
    assert!(serde_json::from_str::<serde_json::Value>(body).is_ok(), "{body}");
}
