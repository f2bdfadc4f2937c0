//! What an operator decided knowingly, and should be reminded of at every start.

use std::net::IpAddr;

use secrecy::ExposeSecret as _;
use url::Url;
use usher_auth::is_loopback;

use super::{Acceptance, Settings};

impl Settings {
    /// One sentence for each setting that gives up protection, for the log.
    #[must_use]
    pub fn notices(&self) -> Vec<&'static str> {
        let open_web = |url: &Url| url.scheme() == "http" && !is_loopback(url);
        let plain_mail =
            |mail: &super::Mail| mail.insecure && mail.url.scheme() == "smtp" && !is_loopback(&mail.url);
        let notices = [
            (
                is_open(self.database.url.expose_secret()),
                "database.url names another machine without sslmode=require or verify-full: what is stored may travel \
                 without encryption",
            ),
            (
                self.invitations.acceptance == Acceptance::Possession,
                "invitations.acceptance is \"possession\": whoever is signed in and sees a link can accept it",
            ),
            (
                self.server.public_url.as_ref().is_some_and(open_web),
                "server.insecure_public_url is on: links, passwords and tokens travel without encryption",
            ),
            (
                self.mail.as_ref().is_some_and(plain_mail),
                "mail.insecure is on: mails with working links may leave without encryption",
            ),
        ];
        notices.into_iter().filter(|(applies, _)| *applies).map(|(_, text)| text).collect()
    }
}

/// Whether a PostgreSQL on another machine is reached without a demand for TLS. Without a host in the URL it is a socket of
/// this machine, or told by parameters that are the operator's own affair.
fn is_open(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    // A URL of this scheme keeps addresses as text.
    let is_here = |host: &str| {
        host.is_empty()
            || host.starts_with("%2F")
            || host == "localhost"
            || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
    };
    let elsewhere = url.scheme().starts_with("postgres") && url.host_str().is_some_and(|host| !is_here(host));
    let demands_tls = url
        .query_pairs()
        .any(|(key, value)| key == "sslmode" && ["require", "verify-ca", "verify-full"].contains(&&*value));
    elsewhere && !demands_tls
}

#[cfg(test)]
mod tests {
    use super::is_open;

    #[test]
    fn databases_elsewhere_want_tls() {
        for open in ["postgres://u:p@db.example.com/usher", "postgresql://10.0.0.7/usher?sslmode=prefer"] {
            assert!(is_open(open), "{open}");
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
            assert!(!is_open(fine), "{fine}");
        }
    }
}
