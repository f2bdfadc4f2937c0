use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use crate::error::{IoContext as _, TestbedError};

/// A TCP proxy in front of a PostgreSQL server that can play a frozen server.
///
/// While frozen, the kernel of this process acknowledges all packets and accepts connections, but nothing is forwarded in
/// either direction: as with a server whose processes are stopped. Connections that were open at that moment stay mute
/// afterwards, like those to a primary that has been replaced; new ones work again.
#[derive(Debug)]
pub struct Forwarder {
    url: String,
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    /// Where new connections lead.
    server: Mutex<Server>,
    frozen: AtomicBool,
    stopped: AtomicBool,
    /// The current connections. Freezing sets the flag of each, and its streams drop what they read.
    connections: Mutex<Vec<Arc<AtomicBool>>>,
}

impl Forwarder {
    /// Starts a proxy in front of the server of a database's URL.
    pub fn start(database_url: &str) -> Result<Self, TestbedError> {
        let (scheme, rest) = database_url.split_once("://").unwrap_or(("postgres", database_url));
        let (user, rest) = rest.split_once('@').unwrap_or(("postgres", rest));
        let (server, path) = rest.split_once('/').unwrap_or((rest, ""));
        let server = Mutex::new(Server::parse(server));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("starting a proxy")?;
        let address = listener.local_addr().context("starting a proxy")?;
        let state = Arc::new(State {
            server,
            frozen: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            connections: Mutex::default(),
        });
        let accepting = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if accepting.stopped.load(Ordering::SeqCst) {
                    return;
                }
                // A server that refuses connections is the client's to report: its connection just ends.
                let _ = accepting.forward(client);
            }
        });
        Ok(Self { url: format!("{scheme}://{user}@{address}/{path}"), address, state })
    }

    /// The database's URL through the proxy.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Leads new connections to the server of another URL, as a name does after a failover. Open connections stay.
    pub fn redirect(&self, database_url: &str) {
        let (_, rest) = database_url.split_once('@').unwrap_or(("", database_url));
        let server = rest.split_once('/').map_or(rest, |(server, _)| server);
        *self.state.server.lock().unwrap_or_else(PoisonError::into_inner) = Server::parse(server);
    }

    /// Freezes the server.
    pub fn freeze(&self) {
        self.state.frozen.store(true, Ordering::SeqCst);
        for connection in self.state.connections.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            connection.store(true, Ordering::SeqCst);
        }
    }

    /// Lets new connections through again.
    pub fn thaw(&self) {
        self.state.frozen.store(false, Ordering::SeqCst);
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
    }
}

impl State {
    fn forward(&self, client: TcpStream) -> io::Result<()> {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mute = Arc::new(AtomicBool::new(self.frozen.load(Ordering::SeqCst)));
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&mute));
        client.set_nodelay(true)?;
        match server {
            Server::Socket(path) => {
                let server = UnixStream::connect(path)?;
                let back = (server.try_clone()?, client.try_clone()?);
                copy(client, server, Arc::clone(&mute), |server| server.shutdown(Shutdown::Both));
                copy(back.0, back.1, mute, |client| client.shutdown(Shutdown::Both));
            }
            Server::Address(address) => {
                let server = TcpStream::connect(address)?;
                server.set_nodelay(true)?;
                let back = (server.try_clone()?, client.try_clone()?);
                copy(client, server, Arc::clone(&mute), |server| server.shutdown(Shutdown::Both));
                copy(back.0, back.1, mute, |client| client.shutdown(Shutdown::Both));
            }
        }
        Ok(())
    }
}

/// Copies on a thread until either end closes, then closes the target. A mute connection stays open.
fn copy<W: Write + Send + 'static>(
    mut source: impl Read + Send + 'static,
    mut target: W,
    mute: Arc<AtomicBool>,
    close: impl FnOnce(&W) -> io::Result<()> + Send + 'static,
) {
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while let Ok(length @ 1..) = source.read(&mut buffer) {
            let Some(read) = buffer.get(..length).filter(|_| !mute.load(Ordering::SeqCst)) else { continue };
            if target.write_all(read).is_err() {
                break;
            }
        }
        // Both ends are gone, or one of them is: there is nobody to report an error to.
        let _ = close(&target);
    });
}

/// Where the server listens.
#[derive(Debug, Clone)]
enum Server {
    Socket(String),
    Address(String),
}

impl Server {
    /// Reads the host and port of a URL. A percent-encoded path is the directory of a socket.
    fn parse(text: &str) -> Self {
        let (host, port) = text.rsplit_once(':').unwrap_or((text, "5432"));
        let mut path = String::new();
        let mut parts = host.split('%');
        path.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let byte = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
            path.extend(byte.map(char::from));
            path.push_str(part.get(2..).unwrap_or_default());
        }
        if path.starts_with('/') {
            Self::Socket(format!("{path}/.s.PGSQL.{port}"))
        } else {
            Self::Address(format!("{host}:{port}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that says one word on each connection, and its URL.
    fn speaker(word: &'static [u8]) -> String {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("postgres://usher@{}/usher", listener.local_addr().unwrap());
        thread::spawn(move || {
            for mut client in listener.incoming().flatten() {
                client.write_all(word).unwrap();
            }
        });
        url
    }

    #[test]
    fn new_connections_lead_to_the_server_of_the_last_redirection() {
        let (first, second) = (speaker(b"first"), speaker(b"second"));
        let forwarder = Forwarder::start(&first).unwrap();
        let heard = || {
            let mut text = String::new();
            TcpStream::connect(forwarder.address).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        assert_eq!(heard(), "first");
        forwarder.redirect(&second);
        assert_eq!(heard(), "second");
    }
}
