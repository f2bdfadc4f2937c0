//! What reads foreign input, for the fuzz targets.

use lettre::transport::smtp::response::Response;
use usher_domain::port::SendError;

use super::{fault::Fault, reason::Secrets, reply::Replies, step::Step};
use crate::settings::Login;

/// The login that no reason may contain.
pub const PASSWORD: &str = "hunter2hunter2";

/// A relay's reply as Usher reads it.
#[derive(Debug)]
pub struct ReadReply {
    /// The lines that lettre gets.
    pub lines: String,
    /// Whether lettre understands them.
    pub is_understood: bool,
    /// What a negative reply means at each step of a mail.
    pub errors: Vec<SendError>,
}

/// Reads the octets that a relay sends. `None` if they are not a whole reply.
#[must_use]
pub fn read_reply(octets: &[u8]) -> Option<ReadReply> {
    let (mut replies, mut lines) = (Replies::default(), Vec::new());
    replies.take(octets, &mut lines).ok()?;
    if !replies.is_complete() {
        return None;
    }
    let lines = String::from_utf8_lossy(&lines).into_owned();
    let response: Option<Response> = lines.parse().ok();
    let login = Login { user: "usher".to_owned(), password: PASSWORD.to_owned().into() };
    let secrets = Secrets::of_login(Some(&login));
    let error = |step| {
        let response = Response::new(
            response.as_ref()?.code(),
            response.as_ref()?.message().map(str::to_owned).collect(),
        );
        Some(Fault::unless_positive(response, step).err()?.into_send_error(false, &secrets))
    };
    let steps = [Step::Greeting, Step::Login, Step::Mail, Step::Recipient, Step::Data, Step::Content];
    Some(ReadReply {
        errors: steps.into_iter().filter_map(error).collect(),
        is_understood: response.is_some(),
        lines,
    })
}
