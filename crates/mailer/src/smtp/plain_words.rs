//! Errors of libraries in the operator's words. Their own texts are for programmers.

use std::{error::Error as _, io};

use rustls::{AlertDescription, CertificateError, Error as TlsError};
use usher_domain::Timestamp;

use super::reply::ReplyError;

/// Describes a failure of the connection, of TLS or of name resolution.
pub(super) fn io_error(error: &io::Error) -> String {
    if let Some(inner) = error.get_ref() {
        if let Some(tls) = inner.downcast_ref::<TlsError>() {
            return tls_error(tls);
        }
        // Texts of this crate.
        if inner.is::<ReplyError>() || error.kind() == io::ErrorKind::UnexpectedEof {
            return eof_or_own(&inner.to_string());
        }
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "no program listens at this address and port".to_owned(),
        io::ErrorKind::TimedOut => "no reply in time".to_owned(),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => {
            "there is no way to this address from here".to_owned()
        }
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => CLOSED.to_owned(),
        io::ErrorKind::PermissionDenied => "this machine does not permit the connection".to_owned(),
        _ => error.to_string(),
    }
}

/// Describes an error of lettre that is no reply of the relay.
pub(super) fn smtp_error(error: &lettre::transport::smtp::Error) -> String {
    match error.source() {
        Some(source) => match source.downcast_ref::<io::Error>() {
            Some(io) => io_error(io),
            None if error.is_response() => "the relay's reply cannot be understood".to_owned(),
            None => source.to_string(),
        },
        None => CLOSED.to_owned(),
    }
}

const CLOSED: &str = "the relay closed the connection";

/// rustls reports the end of the connection with words of its own.
fn eof_or_own(text: &str) -> String {
    if text.starts_with("tls ") || text.starts_with("peer ") { CLOSED.to_owned() } else { text.to_owned() }
}

fn tls_error(error: &TlsError) -> String {
    match error {
        TlsError::InvalidCertificate(error) => certificate_error(error),
        TlsError::NoCertificatesPresented => "the relay has no certificate".to_owned(),
        TlsError::InvalidMessage(_) => {
            "the relay does not speak TLS at this point: smtps:// is for TLS from the start (usually port 465), smtp:// for \
             STARTTLS (usually port 587)"
                .to_owned()
        }
        TlsError::PeerIncompatible(_)
        | TlsError::AlertReceived(
            AlertDescription::HandshakeFailure
            | AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity,
        ) => "the relay supports neither TLS 1.2 nor TLS 1.3 with a secure cipher".to_owned(),
        TlsError::AlertReceived(AlertDescription::CertificateRequired) => {
            "the relay asks for a client certificate, which Usher does not have".to_owned()
        }
        TlsError::AlertReceived(_) => "the relay ended the handshake".to_owned(),
        _ => "the handshake failed".to_owned(),
    }
}

fn certificate_error(error: &CertificateError) -> String {
    match error {
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("the relay's certificate expired on {}", day(not_after.as_secs()))
        }
        CertificateError::Expired => "the relay's certificate has expired".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => format!(
            "the relay's certificate is valid from {} only: check the clock of this machine",
            day(not_before.as_secs())
        ),
        CertificateError::NotValidYet => {
            "the relay's certificate is not valid yet: check the clock of this machine".to_owned()
        }
        CertificateError::NotValidForNameContext { presented, .. } if !presented.is_empty() => format!(
            "the relay's certificate is for {}, and not for the host in mail.url",
            presented.iter().map(|name| bare_name(name)).collect::<Vec<_>>().join(", ")
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the relay's certificate is not for the host in mail.url".to_owned()
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "the relay's certificate is from an authority that is not trusted: name the certificate of the authority or of \
             the relay in mail.ca_file"
                .to_owned()
        }
        CertificateError::Revoked => "the relay's certificate was revoked".to_owned(),
        // A certificate of an authority, as openssl makes them.
        CertificateError::Other(_) => {
            "the relay's certificate is self-signed or malformed: name exactly this certificate in mail.ca_file".to_owned()
        }
        _ => "the relay's certificate cannot be verified".to_owned(),
    }
}

/// The name in `DnsName("relay.example.com")` or `IpAddress(192.0.2.1)`.
fn bare_name(presented: &str) -> &str {
    let inner = presented.split_once('(').map_or(presented, |(_, rest)| rest);
    inner.trim_end_matches(')').trim_matches('"')
}

fn day(seconds: u64) -> String {
    let moment = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_timestamp(seconds, 0));
    moment.map(|moment| moment.format("%-d %B %Y").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
