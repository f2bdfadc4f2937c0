use std::{io, time::Duration};

use lettre::transport::smtp::{
    authentication::DEFAULT_MECHANISMS,
    client::{AsyncSmtpConnection, AsyncTokioStream},
};
use tokio::{
    net::{TcpStream, lookup_host},
    time::{Instant, timeout},
};

use super::{
    connection::Connection,
    fault::{Fault, within},
    relay::{Protection, Relay},
    starttls,
    step::Step,
    wire::Wire,
};

/// How long one of several addresses of the relay may keep us from the next.
const PATIENCE_PER_ADDRESS: Duration = Duration::from_secs(10);

/// Opens a connection that is ready for a mail: greeted, encrypted and logged in as configured.
pub(super) async fn reach(relay: &Relay, deadline: Instant) -> Result<Connection, Fault> {
    let tcp = within(deadline, Step::Connect, dial(&relay.host, relay.port)).await?;
    let peer = within(deadline, Step::Connect, async { tcp.peer_addr() }).await?;
    let (stream, handed): (Box<dyn AsyncTokioStream>, _) = match &relay.protection {
        Protection::None => {
            let wire = Wire::new(tcp, peer);
            let handed = wire.handed();
            (Box::new(wire), handed)
        }
        Protection::Implicit(tls) => {
            let work = tls.connector.connect(tls.name.clone(), tcp);
            let wire = Wire::new(within(deadline, Step::Secure, work).await?, peer);
            let handed = wire.handed();
            (Box::new(wire), handed)
        }
        Protection::StartTls(tls) => {
            let ask = starttls::ask(Wire::new(tcp, peer), &relay.hello);
            let (tcp, greeting) = within(deadline, Step::StartTls, ask).await?;
            let work = tls.connector.connect(tls.name.clone(), tcp);
            let wire = Wire::greeted(within(deadline, Step::Secure, work).await?, peer, &greeting);
            let handed = wire.handed();
            (Box::new(wire), handed)
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
    Ok(Connection::new(smtp, handed))
}

/// Connects to the first of the host's addresses that answers.
async fn dial(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in lookup_host((host, port)).await? {
        match timeout(PATIENCE_PER_ADDRESS, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // lettre writes the final dot apart from the mail. Without this the dot waits for the relay's delayed
                // acknowledgement of the mail: 40 ms each.
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
    async fn what_is_written_leaves_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(dial("127.0.0.1", port).await.unwrap().nodelay().unwrap());
    }
}
