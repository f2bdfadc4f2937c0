//! What an operator decided knowingly, and should be reminded of at every start.

use usher_auth::is_loopback;

use super::{Acceptance, Settings};

impl Settings {
    /// One sentence for each setting that gives up protection, for the log.
    #[must_use]
    pub fn notices(&self) -> Vec<&'static str> {
        let open_web = |url: &url::Url| url.scheme() == "http" && !is_loopback(url);
        let plain_mail =
            |mail: &super::Mail| mail.insecure && mail.url.scheme() == "smtp" && !is_loopback(&mail.url);
        let notices = [
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
