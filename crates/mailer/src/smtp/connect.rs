use std::{io, time::Duration};

use lettre::transport::smtp::{
    authentication::DEFAULT_MECHANISMS,
    client::{AsyncSmtpConnection, AsyncTokioStream},
};
use rustls::pki_types::ServerName;
use tokio::{
    net::{TcpStream, lookup_host},
    time::{Instant, timeout},
};
use tokio_rustls::TlsConnector;

use super::{
    connection::Connection,
    fault::{Fault, within},
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
pub(super) async fn connect(target: &Target, deadline: Instant) -> Result<Connection, Fault> {
    let relay = &target.relay;
    let tcp = within(deadline, Step::Connect, dial(&relay.host, relay.port)).await?;
    let peer = within(deadline, Step::Connect, async { tcp.peer_addr() }).await?;
    let (stream, handed_over): (Box<dyn AsyncTokioStream>, _) = match &target.protection {
        Protection::None => {
            let wire = Wire::new(tcp, peer);
            let handed_over = wire.handed_over();
            (Box::new(wire), handed_over)
        }
        Protection::Implicit(connector, name) => {
            let handshake = connector.connect(name.clone(), tcp);
            let wire = Wire::new(within(deadline, Step::Secure, handshake).await?, peer);
            let handed_over = wire.handed_over();
            (Box::new(wire), handed_over)
        }
        Protection::StartTls(connector, name) => {
            let request = starttls::request(Wire::new(tcp, peer), &relay.hello);
            let (tcp, greeting) = within(deadline, Step::StartTls, request).await?;
            let handshake = connector.connect(name.clone(), tcp);
            let wire = Wire::greeted(within(deadline, Step::Secure, handshake).await?, peer, &greeting);
            let handed_over = wire.handed_over();
            (Box::new(wire), handed_over)
        }
    };
    let greet = AsyncSmtpConnection::connect_with_transport(stream, &relay.hello);
    let mut smtp = within(deadline, Step::Greeting, greet).await?;
    if let Some(login) = &relay.login {
        if smtp.server_info().get_auth_mechanism(DEFAULT_MECHANISMS).is_none() {
            return Err(Fault::broken(Step::Login, "the relay offers neither PLAIN nor LOGIN"));
        }
        let credentials = login.credentials();
        within(deadline, Step::Login, smtp.auth(DEFAULT_MECHANISMS, &credentials)).await?;
    }
    Ok(Connection::new(smtp, handed_over))
}

/// Connects to the first address of the host that accepts.
async fn dial(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in lookup_host((host, port)).await? {
        match timeout(ADDRESS_TIMEOUT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // lettre writes the final dot separately. With Nagle's algorithm it would wait 40 ms for the relay's
                // delayed acknowledgement.
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::dial;

    #[tokio::test]
    async fn connections_send_small_writes_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(dial("127.0.0.1", port).await.unwrap().nodelay().unwrap());
    }
}
