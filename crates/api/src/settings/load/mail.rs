//! `[mail]`

use std::time::Duration;

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::Url;
use usher_auth::is_loopback;

use super::{Mode, sender};
use crate::settings::{Mail, reader::Reader};

const URL: &str = "mail.url";
const FROM: &str = "mail.from";
const USERNAME: &str = "mail.username";
const PASSWORD: &str = "mail.password";
const CA_FILE: &str = "mail.ca_file";
const INSECURE: &str = "mail.insecure";

/// A relay that takes longer for one mail is out of order, and whoever waits for it delays the mails behind.
const MAX_DEADLINE: Duration = Duration::from_mins(2);

/// A relay, or `None` where none is configured: that is a problem in production only.
pub(super) fn read(r: &Reader, mode: Mode) -> Option<Mail> {
    let relay = r.url(URL, &["smtp", "smtps"]);
    let from = sender::read(r, FROM);
    let username = r.text(USERNAME);
    let password = r.secret(PASSWORD);
    let ca_file = if mode == Mode::Production { r.file(CA_FILE) } else { r.path(CA_FILE) };
    let hello_name = r.parsed("mail.hello_name", "a host name such as usher.example.com", host_name);
    let insecure = r.flag(INSECURE);
    let deadline = r.duration("mail.deadline", &(Duration::from_secs(1)..=MAX_DEADLINE));
    require(r, mode);
    let mut url = relay?;
    let (username, password) = credentials(r, &url, username, password);
    if insecure {
        check_insecure(r, &url, username.is_some());
    }
    // A relay on this machine usually has no certificate that could be verified, and needs none. Who names an authority
    // for it wants TLS all the same.
    let insecure = insecure || (url.scheme() == "smtp" && is_loopback(&url) && ca_file.is_none());
    strip(r, &mut url, insecure);
    Some(Mail { url, from: from?, username, password, insecure, hello_name, ca_file, deadline })
}

/// A name that EHLO can carry (RFC 5321, 4.1.2), without the form for addresses.
fn host_name(text: &str) -> Option<String> {
    let label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    (text.len() <= 253 && text.split('.').all(label)).then(|| text.to_owned())
}

/// What `mail.insecure = true` cannot go together with.
fn check_insecure(r: &Reader, url: &Url, has_login: bool) {
    if url.scheme() == "smtps" {
        r.refuse(INSECURE, "is true, but mail.url begins with smtps://: keep one of them");
    } else if r.has(CA_FILE) {
        r.refuse(INSECURE, "is true, and mail.ca_file is set: keep one of them");
    } else if has_login && !is_loopback(url) {
        r.refuse(INSECURE, "is true, but the relay's password may not travel without TLS");
    }
}

fn require(r: &Reader, mode: Mode) {
    if mode == Mode::Production && !r.has(URL) {
        r.refuse(
            URL,
            "is missing: write the relay that mails leave through, such as smtp://relay.example.com:587 (STARTTLS) or \
             smtps://relay.example.com:465",
        );
    }
    if !r.has(FROM) && (mode == Mode::Production || r.has(URL)) {
        r.refuse(
            FROM,
            "is missing: write the sender of every mail, such as Example <invitations@example.com>",
        );
    }
}

/// User name and password: from the URL (percent-decoded) or from their own keys.
fn credentials(
    r: &Reader,
    url: &Url,
    username: Option<String>,
    password: Option<SecretString>,
) -> (Option<String>, Option<SecretString>) {
    let in_url = !url.username().is_empty() || url.password().is_some();
    if in_url && (r.has(USERNAME) || r.has(PASSWORD)) {
        r.refuse(URL, "has a user name or a password, and so have keys of their own: keep one of them");
        return (None, None);
    }
    if !in_url {
        match (r.has(USERNAME), r.has(PASSWORD)) {
            (true, false) => r.refuse(PASSWORD, "is missing: mail.username is set"),
            (false, true) => r.refuse(USERNAME, "is missing: mail.password is set"),
            _ => {}
        }
        return (username, password);
    }
    if let (Some(username), Some(password)) = (decode(url.username()), url.password().and_then(decode)) {
        (Some(username), Some(SecretString::from(password)))
    } else {
        r.refuse(URL, "must have both a user name and a password before the @, percent-encoded UTF-8");
        (None, None)
    }
}

fn decode(text: &str) -> Option<String> {
    let text = percent_decode_str(text).decode_utf8().ok()?;
    (!text.is_empty()).then(|| text.into_owned())
}

/// Leaves scheme, host and port; where none is given, the usual one (RFC 8314, RFC 6409, and RFC 5321 without TLS).
fn strip(r: &Reader, url: &mut Url, insecure: bool) {
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        r.refuse(URL, "must end after the host or its port");
    }
    let usual = match url.scheme() {
        "smtps" => 465,
        _ if insecure => 25,
        _ => 587,
    };
    let port = url.port().unwrap_or(usual);
    let plain = format!("{}://{}:{port}", url.scheme(), url.host_str().unwrap_or_default());
    match Url::parse(&plain) {
        Ok(plain) => *url = plain,
        Err(_) => r.refuse(URL, "must be a URL with a host"),
    }
}
