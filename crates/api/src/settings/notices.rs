//! Warnings for the log about settings that give up protection.

use std::net::IpAddr;

use secrecy::ExposeSecret as _;
use url::Url;
use usher_auth::is_loopback;
use usher_mailer::Relay;

use super::{Acceptance, Settings};

impl Settings {
    /// Returns one sentence for each setting that gives up protection. Every start logs them.
    #[must_use]
    pub fn notices(&self) -> Vec<&'static str> {
        let is_exposed = |url: &Url| url.scheme() == "http" && !is_loopback(url);
        let notices = [
            (
                travels_in_clear(self.database.url.expose_secret()),
                "database.url names another machine without sslmode=require or verify-full: stored data can travel without \
                 encryption",
            ),
            (
                self.invitations.acceptance == Acceptance::Possession,
                "invitations.acceptance is \"possession\": every signed-in person who sees a link can accept it",
            ),
            (
                self.server.public_url.as_ref().is_some_and(is_exposed),
                "server.insecure_public_url is on: links, passwords and tokens travel without encryption",
            ),
            (
                self.mail.as_ref().is_some_and(Relay::is_exposed),
                "mail.insecure is on: mails with working links travel without encryption",
            ),
        ];
        notices.into_iter().filter(|(applies, _)| *applies).map(|(_, text)| text).collect()
    }
}

/// Whether the URL names a PostgreSQL server on another machine and does not require TLS. A URL without a host counts as local:
/// it names a socket, or has the host in its parameters, which are not checked.
fn travels_in_clear(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    // The parser leaves addresses in URLs of this scheme as text.
    let is_local = |host: &str| {
        host.is_empty()
            || host.starts_with("%2F")
            || host == "localhost"
            || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
    };
    let is_remote =
        url.scheme().starts_with("postgres") && url.host_str().is_some_and(|host| !is_local(host));
    let requires_tls = url
        .query_pairs()
        .any(|(key, value)| key == "sslmode" && ["require", "verify-ca", "verify-full"].contains(&&*value));
    is_remote && !requires_tls
}

#[cfg(test)]
mod tests {
    use super::travels_in_clear;

    #[test]
    fn databases_on_other_machines_should_require_tls() {
        for open in ["postgres://u:p@db.example.com/usher", "postgresql://10.0.0.7/usher?sslmode=prefer"] {
            assert!(travels_in_clear(open), "{open}");
        }
        for fine in [
            "sqlite:data/usher.db",
            "postgres://u:p@db.example.com/usher?sslmode=verify-full",
            "postgres://u:p@db.example.com/usher?connect_timeout=3&sslmode=require",
            "postgres://127.0.0.1:5432/usher",
            "postgres://localhost/usher",
            "postgres://u@%2Ftmp%2Fsocket:5432/usher",
            "postgres:///usher",
        ] {
            assert!(!travels_in_clear(fine), "{fine}");
        }
    }
}
