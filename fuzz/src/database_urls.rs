use usher_persistence::fuzzing::{ReadUrl, read_url};

/// URLs of databases: no text that people see contains a password.
pub(super) fn run(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let Ok(ReadUrl { secrets, masked, connection_url }) = read_url(text) else { return };
    for secret in secrets.iter().filter(|secret| !secret.contains('…')) {
        assert!(!masked.contains(secret), "{masked:?} contains {secret:?}");
    }
    if text.starts_with("postgres") {
        let Ok(again) = read_url(&connection_url) else { panic!("{connection_url:?} is not read again") };
        assert_eq!(again.secrets, secrets);
    } else {
        assert!(connection_url.starts_with("file:") && connection_url.ends_with("?mode=rw"));
    }
}
