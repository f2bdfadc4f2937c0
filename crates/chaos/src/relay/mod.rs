//! An SMTP relay that keeps all mails, and that can hold a connection at any step of the dialogue.

mod dialogue;
mod mail;
mod state;

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, TcpListener},
    sync::Arc,
    thread,
};

use usher_tooling::Failure;

use self::state::RelayState;

pub(crate) use self::{mail::RelayedMail, state::SmtpStep};

/// A relay on its own port. It ends with this process.
#[derive(Clone)]
pub(crate) struct SmtpRelay {
    state: Arc<RelayState>,
    port: u16,
}

impl SmtpRelay {
    pub(crate) fn start() -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let relay = Self { state: Arc::default(), port };
        let state = Arc::clone(&relay.state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&state);
                // Killed clients break connections. Only the kept mails count.
                thread::spawn(move || dialogue::serve(&stream, &state));
            }
        });
        Ok(relay)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Holds the connection of the mail to this recipient at the step; at [`SmtpStep::Connect`] every connection. Releases a
    /// connection that is held at another step.
    pub(crate) fn hold(&self, step: SmtpStep, recipient: &str) {
        self.state.hold(step, recipient);
    }

    /// Waits until a connection is held.
    pub(crate) fn await_held(&self) -> Result<(), Failure> {
        self.state.await_held()
    }

    /// Releases all connections.
    pub(crate) fn release(&self) {
        self.state.release();
    }

    /// The number of mails to this recipient so far.
    pub(crate) fn count(&self, recipient: &str) -> usize {
        self.state.count(recipient)
    }

    /// All mails by recipient, each recipient's in the order of arrival.
    pub(crate) fn mails(&self) -> BTreeMap<String, Vec<RelayedMail>> {
        self.state.mails()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::TcpStream,
    };

    use super::*;

    const DIALOGUE: &[u8] =
        b"EHLO us\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\nSubject: x\r\n\r\n..\r\n.\r\nQUIT\r\n";

    #[test]
    fn a_mail_is_kept_before_the_reply_to_its_end() {
        let relay = SmtpRelay::start().unwrap();
        relay.hold(SmtpStep::EndOfData, "d@e.f");
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, relay.port())).unwrap();
        client.write_all(DIALOGUE).unwrap();
        relay.await_held().unwrap();
        assert_eq!(relay.count("d@e.f"), 1);
        relay.release();
        let mut replies = String::new();
        client.read_to_string(&mut replies).unwrap();
        assert!(replies.ends_with("354 send the mail\r\n250 accepted\r\n221 bye\r\n"), "{replies}");
    }
}
