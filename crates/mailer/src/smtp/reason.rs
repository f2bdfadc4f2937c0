use base64::{Engine as _, prelude::BASE64_STANDARD};
use secrecy::ExposeSecret as _;
use usher_domain::outbox::InvitationMail;

use super::step::Step;
use crate::settings::Login;

/// Longest reason in characters. Each mail stores one, and lists show it.
const MAX_CHARACTERS: usize = 200;

/// Secrets of this length are also hidden inside longer words. Shorter ones would hide parts of plain English.
const LONG_SECRET: usize = 8;

/// Shorter parts of a link are not secret: `https`, `example`, `key`.
const SHORTEST_KEY: usize = 16;

/// Strings that must not appear in a reason. Relays quote the recipient, a link that a filter rejects, or a malformed
/// login.
#[derive(Debug)]
pub(super) struct Secrets<'a> {
    mail: Option<&'a InvitationMail>,
    login: Option<&'a Login>,
}

impl<'a> Secrets<'a> {
    pub(super) fn new(mail: &'a InvitationMail, login: Option<&'a Login>) -> Self {
        Self { mail: Some(mail), login }
    }

    /// The login only: a trial has no other secret.
    pub(super) fn of_login(login: Option<&'a Login>) -> Self {
        Self { mail: None, login }
    }

    /// Returns the reason for the operator: one line of at most 200 characters, without address, link and login.
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

    /// Longest first, because a short one can be part of a long one.
    fn hidden(&self) -> Vec<String> {
        let mut hidden = Vec::new();
        if let Some(InvitationMail { to, link, .. }) = self.mail {
            hidden.extend([link.clone(), to.as_str().to_owned(), to.envelope(), to.key().to_owned()]);
            let parts = link.split(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c));
            hidden.extend(parts.filter(|part| part.len() >= SHORTEST_KEY).map(str::to_owned));
            hidden.extend(to.as_str().split('@').next().map(str::to_owned));
        }
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

/// Replaces every occurrence of the secret; of a short secret, only whole words. Case is ignored.
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

/// Replaces the word if it is an address or a link.
fn harmless(word: &str) -> &str {
    if word.contains('@') || word.contains("://") { "…" } else { word }
}
