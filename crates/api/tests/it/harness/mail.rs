use std::time::Duration;

use mail_parser::{MessageParser, MimeHeaders as _};
use url::Url;
use usher_testbed::{ReceivedMail, Security, SmtpOptions, SmtpServer};

/// An SMTP relay that keeps every mail.
pub(crate) struct Postbox {
    server: SmtpServer,
    tls: bool,
}

/// The user and password of the relay.
pub(crate) const LOGIN: (&str, &str) = ("usher", "relay-password");

impl Postbox {
    /// A relay as in production: it requires STARTTLS and a login.
    pub(crate) fn secure() -> Self {
        let options = SmtpOptions::new(Security::StartTlsRequired).login(LOGIN.0, LOGIN.1);
        Self { server: SmtpServer::start(&options).unwrap(), tls: true }
    }

    /// A relay with these options, without TLS.
    pub(crate) fn plain(options: &SmtpOptions) -> Self {
        Self { server: SmtpServer::start(options).unwrap(), tls: false }
    }

    /// The settings that deliver to this relay.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("USHER__MAIL__URL", self.server.url()),
            ("USHER__MAIL__FROM", "Usher <invitations@usher.example>".to_owned()),
        ];
        if self.tls {
            settings.extend([
                ("USHER__MAIL__USERNAME", LOGIN.0.to_owned()),
                ("USHER__MAIL__PASSWORD", LOGIN.1.to_owned()),
                ("USHER__MAIL__CA_FILE", self.server.ca_pem_path().display().to_string()),
            ]);
        }
        settings
    }

    /// Waits for `n` mails and returns all.
    pub(crate) fn wait_for(&self, n: usize) -> Vec<ReceivedMail> {
        self.server.wait_for(n, Duration::from_secs(30)).unwrap()
    }

    /// The number of mails that arrived.
    pub(crate) fn count(&self) -> usize {
        self.server.messages().unwrap().len()
    }

    /// Waits for a mail to this address, and returns path and query of its link.
    pub(crate) fn link_to(&self, address: &str) -> String {
        let mut least = 1;
        loop {
            let mails = self.wait_for(least);
            if let Some(mail) = mails.iter().rev().find(|mail| mail.rcpt_tos.iter().any(|to| to == address)) {
                return InvitationMail::read(mail).path();
            }
            least = mails.len() + 1;
        }
    }

    /// Waits for `n` mails and parses the newest.
    pub(crate) fn newest_of(&self, n: usize) -> InvitationMail {
        InvitationMail::read(self.wait_for(n).last().unwrap())
    }
}

/// A parsed invitation mail.
#[derive(Debug)]
pub(crate) struct InvitationMail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) message_id: String,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) link: Url,
}

impl InvitationMail {
    pub(crate) fn read(mail: &ReceivedMail) -> Self {
        let message = MessageParser::default().parse(&mail.raw).unwrap();
        assert!(message.content_type().is_some_and(|kind| kind.ctype() == "multipart"));
        let text = message.body_text(0).unwrap().into_owned();
        let start = text.find("http").expect("the text has the link");
        let link = text[start..].split_whitespace().next().unwrap();
        Self {
            to: mail.rcpt_tos.join(","),
            subject: message.subject().unwrap().to_owned(),
            message_id: message.message_id().unwrap().to_owned(),
            html: message.body_html(0).unwrap().into_owned(),
            link: Url::parse(link).unwrap(),
            text,
        }
    }

    /// Path and query of the link.
    pub(crate) fn path(&self) -> String {
        self.link[url::Position::BeforePath..].to_owned()
    }

    /// Path of the link without its key.
    pub(crate) fn form_path(&self) -> &str {
        self.link.path()
    }

    pub(crate) fn secure_id(&self) -> &str {
        self.link.path_segments().unwrap().next_back().unwrap()
    }

    pub(crate) fn key(&self) -> String {
        let key = self.link.query_pairs().find(|(name, _)| name == "key");
        key.expect("the link has a key").1.into_owned()
    }

    /// The code with which programs accept: the secure id, a dot, the key.
    pub(crate) fn code(&self) -> &str {
        let (_, rest) = self.text.split_once("the code is ").expect("the text has the code");
        rest.split_whitespace().next().unwrap()
    }
}
