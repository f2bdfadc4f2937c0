use std::{io, time::Duration};

use lettre::transport::smtp::{
    authentication::DEFAULT_MECHANISMS,
    client::{AsyncSmtpConnection, AsyncTokioStream},
};
use rustls::{ProtocolVersion, pki_types::ServerName};
use tokio::{
    net::{TcpStream, lookup_host},
    time::{Instant, timeout},
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{
    connection::Connection,
    fault::{Fault, StepError as _, within},
    journal::Journal,
    starttls,
    step::Step,
    tls::{self, AuthoritiesError},
    wire::Wire,
};
use crate::settings::{Relay, Security};

/// Longest time for connecting to each address of the relay.
const ADDRESS_TIMEOUT: Duration = Duration::from_secs(10);

/// The relay, and the TLS client for it.
pub(super) struct Target {
    pub(super) relay: Relay,
    protection: Protection,
}

enum Protection {
    /// From the first octet.
    Implicit(TlsConnector, ServerName<'static>),
    StartTls(TlsConnector, ServerName<'static>),
    None,
}

impl Target {
    /// Reads the certificate authorities if the relay uses TLS.
    pub(super) fn new(relay: Relay) -> Result<Self, AuthoritiesError> {
        let connector = || tls::connector(relay.ca_file.as_deref());
        let protection = match &relay.security {
            Security::Implicit(name) => Protection::Implicit(connector()?, name.clone()),
            Security::StartTls(name) => Protection::StartTls(connector()?, name.clone()),
            Security::None => Protection::None,
        };
        Ok(Self { relay, protection })
    }
}

/// Opens a connection that is ready for a mail: greeted, encrypted and logged in as configured.
pub(super) async fn connect(
    target: &Target,
    deadline: Instant,
    journal: &mut Journal,
) -> Result<Connection, Fault> {
    let relay = &target.relay;
    let tcp = within(deadline, Step::Connect, dial(&relay.host, relay.port)).await?;
    let peer = within(deadline, Step::Connect, async { tcp.peer_addr() }).await?;
    journal.passed(Step::Connect, || peer.to_string());
    let (stream, handed_over): (Box<dyn AsyncTokioStream>, _) = match &target.protection {
        Protection::None => {
            let wire = Wire::new(tcp, peer);
            let handed_over = wire.handed_over();
            (Box::new(wire), handed_over)
        }
        Protection::Implicit(connector, name) => {
            let wire = Wire::new(secure(connector, name, tcp, deadline, journal).await?, peer);
            let handed_over = wire.handed_over();
            (Box::new(wire), handed_over)
        }
        Protection::StartTls(connector, name) => {
            let request = starttls::request(Wire::new(tcp, peer), &relay.hello);
            let (tcp, greeting) = within(deadline, Step::StartTls, request).await?;
            journal.passed(Step::StartTls, || "offered and begun".to_owned());
            let wire = Wire::greeted(secure(connector, name, tcp, deadline, journal).await?, peer, &greeting);
            let handed_over = wire.handed_over();
            (Box::new(wire), handed_over)
        }
    };
    let greet = AsyncSmtpConnection::connect_with_transport(stream, &relay.hello);
    let mut smtp = within(deadline, Step::Greeting, greet).await?;
    journal.passed(Step::Greeting, || smtp.server_info().name().to_owned());
    log_in(target, &mut smtp, deadline, journal).await?;
    Ok(Connection::new(smtp, handed_over))
}

/// The TLS handshake, which verifies the relay's certificate.
async fn secure(
    connector: &TlsConnector,
    name: &ServerName<'static>,
    tcp: TcpStream,
    deadline: Instant,
    journal: &mut Journal,
) -> Result<TlsStream<TcpStream>, Fault> {
    let stream = within(deadline, Step::Secure, connector.connect(name.clone(), tcp)).await?;
    journal.passed(Step::Secure, || match stream.get_ref().1.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => "TLS 1.3 with a trusted certificate".to_owned(),
        _ => "TLS 1.2 with a trusted certificate".to_owned(),
    });
    Ok(stream)
}

/// AUTH, if a login is configured.
async fn log_in(
    target: &Target,
    smtp: &mut AsyncSmtpConnection,
    deadline: Instant,
    journal: &mut Journal,
) -> Result<(), Fault> {
    let Some(login) = &target.relay.login else { return Ok(()) };
    if smtp.server_info().get_auth_mechanism(DEFAULT_MECHANISMS).is_none() {
        return Err(Fault::broken(Step::Login, "the relay offers neither PLAIN nor LOGIN"));
    }
    let credentials = login.credentials();
    let response = within(deadline, Step::Login, smtp.auth(DEFAULT_MECHANISMS, &credentials)).await?;
    journal.answered(Step::Login, &response);
    Ok(())
}

/// Connects to the first address of the host that accepts.
async fn dial(host: &str, port: u16) -> Result<TcpStream, Fault> {
    let unresolved = |_| {
        Fault::broken(
            Step::Connect,
            "the host in mail.url has no address: check its name and the name service",
        )
    };
    let mut last = io::ErrorKind::AddrNotAvailable.into();
    for address in lookup_host((host, port)).await.map_err(unresolved)? {
        match timeout(ADDRESS_TIMEOUT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // lettre writes the final dot separately. With Nagle's algorithm it would wait 40 ms for the relay's
                // delayed acknowledgement.
                stream.set_nodelay(true).map_err(|error| error.at(Step::Connect))?;
                return Ok(stream);
            }
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last.at(Step::Connect))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use usher_domain::port::SendError;

    use super::{super::reason::Secrets, dial};

    #[tokio::test]
    async fn connections_send_small_writes_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(dial("127.0.0.1", port).await.unwrap().nodelay().unwrap());
    }

    #[tokio::test]
    async fn a_host_without_an_address_is_reported() {
        // Too long for a name, so that no name service is asked.
        let fault = dial(&"a".repeat(300), 25).await.unwrap_err();
        let SendError::Unreachable { reason } = fault.into_send_error(false, &Secrets::of_login(None)) else {
            panic!("it is unreachable")
        };
        assert_eq!(
            reason,
            "connecting: the host in mail.url has no address: check its name and the name service"
        );
    }
}
