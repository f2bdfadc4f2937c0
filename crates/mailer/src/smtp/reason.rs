use base64::{Engine as _, prelude::BASE64_STANDARD};
use secrecy::ExposeSecret as _;
use usher_domain::outbox::InvitationMail;

use super::step::Step;
use crate::settings::Login;

/// Most characters of a reason: it is stored with each mail and shown in lists.
const MAX_CHARACTERS: usize = 200;

/// Secrets from this length on are also hidden inside a longer word; a short one would hide parts of plain English.
const LONG_SECRET: usize = 8;

/// Parts of a link that are shorter than this tell nothing: `https`, `example`, `key`.
const SHORTEST_KEY: usize = 16;

/// What must not get into a reason. Relays like to quote: the recipient in a refusal, a link in a filter's verdict, a
/// login that they could not read.
#[derive(Debug)]
pub(super) struct Secrets<'a> {
    mail: &'a InvitationMail,
    login: Option<&'a Login>,
}

impl<'a> Secrets<'a> {
    pub(super) fn new(mail: &'a InvitationMail, login: Option<&'a Login>) -> Self {
        Self { mail, login }
    }

    /// What an operator may read about a failure: one line of at most 200 characters, with neither address nor link nor
    /// login.
    pub(super) fn reason(&self, step: Step, text: &str) -> String {
        let text = self.hidden().iter().fold(text.to_owned(), |text, secret| without(&text, secret));
        let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        let words: Vec<&str> = words.map(harmless).collect();
        let line = format!("{}: {}", step.label(), words.join(" "));
        match line.char_indices().nth(MAX_CHARACTERS) {
            None => line,
            Some(_) => line.chars().take(MAX_CHARACTERS - 1).chain(['…']).collect(),
        }
    }

    /// Longest first, because a short one may be a part of a long one.
    fn hidden(&self) -> Vec<String> {
        let InvitationMail { to, link, .. } = self.mail;
        let mut hidden = vec![link.clone(), to.as_str().to_owned(), to.envelope(), to.key().to_owned()];
        let parts = link.split(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c));
        hidden.extend(parts.filter(|part| part.len() >= SHORTEST_KEY).map(str::to_owned));
        hidden.extend(to.as_str().split('@').next().map(str::to_owned));
        if let Some(Login { user, password }) = self.login {
            let password = password.expose_secret();
            let plain = format!("\0{user}\0{password}");
            hidden.extend([user, password, plain.as_str()].map(|secret| BASE64_STANDARD.encode(secret)));
            hidden.extend([user.clone(), password.to_owned()]);
        }
        hidden.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        hidden
    }
}

/// The text with every occurrence of the secret replaced; of a short one, every occurrence as a word of its own. Case is
/// ignored.
fn without(text: &str, secret: &str) -> String {
    let secret = secret.to_ascii_lowercase();
    let lower = text.to_ascii_lowercase();
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for (at, _) in lower.match_indices(&secret) {
        let end = at + secret.len();
        let hides = secret.len() >= LONG_SECRET
            || (!lower.get(..at).is_some_and(|before| before.ends_with(char::is_alphanumeric))
                && !lower.get(end..).is_some_and(|after| after.starts_with(char::is_alphanumeric)));
        if hides && !secret.is_empty() {
            kept.push_str(text.get(from..at).unwrap_or_default());
            kept.push('…');
            from = end;
        }
    }
    kept.push_str(text.get(from..).unwrap_or_default());
    kept
}

/// The word, unless it is an address or a link, whoever's.
fn harmless(word: &str) -> &str {
    if word.contains('@') || word.contains("://") { "…" } else { word }
}
