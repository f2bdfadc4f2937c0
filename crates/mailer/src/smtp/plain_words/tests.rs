use std::time::Duration;

use rustls::{InvalidMessage, OtherError, PeerIncompatible, pki_types::UnixTime};

use super::*;

fn tls(error: TlsError) -> String {
    io_error(&io::Error::new(io::ErrorKind::InvalidData, error))
}

fn certificate(error: CertificateError) -> String {
    tls(TlsError::InvalidCertificate(error))
}

/// The middle of the year 2026, and a year later.
fn moments() -> (UnixTime, UnixTime) {
    let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    (at(1_782_864_000), at(1_814_400_000))
}

#[test]
fn certificates_are_described_with_advice() {
    let (earlier, later) = moments();
    let other =
        CertificateError::Other(OtherError(std::sync::Arc::new(io::Error::other("CaUsedAsEndEntity"))));
    for (error, expected) in [
        (
            CertificateError::ExpiredContext { time: later, not_after: earlier },
            "the relay's certificate expired on 1 July 2026",
        ),
        (
            CertificateError::NotValidYetContext { time: earlier, not_before: later },
            "the relay's certificate is valid from 1 July 2027 only: check the clock of this machine",
        ),
        (CertificateError::Revoked, "the relay's certificate was revoked"),
        (CertificateError::BadEncoding, "the relay's certificate cannot be verified"),
        (
            other,
            "the relay's certificate is self-signed or malformed: name exactly this certificate in mail.ca_file",
        ),
    ] {
        assert_eq!(certificate(error), expected);
    }
}

#[test]
fn handshakes_are_described_with_advice() {
    for (error, part) in [
        (TlsError::InvalidMessage(InvalidMessage::InvalidContentType), "does not speak TLS at this point"),
        (TlsError::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon), "neither TLS 1.2 nor TLS 1.3"),
        (TlsError::AlertReceived(AlertDescription::ProtocolVersion), "neither TLS 1.2 nor TLS 1.3"),
        (TlsError::AlertReceived(AlertDescription::CertificateRequired), "client certificate"),
        (TlsError::AlertReceived(AlertDescription::InternalError), "the relay ended the handshake"),
        (TlsError::General("inner detail".to_owned()), "the handshake failed"),
    ] {
        let text = tls(error);
        assert!(text.contains(part) && !text.contains("inner detail"), "{text}");
    }
}

#[test]
fn lost_connections_are_described_without_the_words_of_libraries() {
    let eof = |text| io::Error::new(io::ErrorKind::UnexpectedEof, text);
    for error in [
        eof("tls handshake eof"),
        eof("peer closed connection without sending TLS close_notify: see the manual"),
        eof("the relay closed the connection"),
        io::ErrorKind::ConnectionReset.into(),
        io::ErrorKind::BrokenPipe.into(),
    ] {
        assert_eq!(io_error(&error), "the relay closed the connection");
    }
    for (kind, part) in [
        (io::ErrorKind::ConnectionRefused, "no program listens"),
        (io::ErrorKind::TimedOut, "no reply in time"),
        (io::ErrorKind::NetworkUnreachable, "no way to this address"),
    ] {
        assert!(io_error(&kind.into()).contains(part), "{kind}");
    }
    assert_eq!(io_error(&io::Error::other(ReplyError::TooLong)), "the relay's reply is too long");
}
