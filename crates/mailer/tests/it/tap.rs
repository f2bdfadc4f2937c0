//! A proxy between the mailer and a real server that counts connections and records the octets of the mailer.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{TcpListener, TcpStream},
};

use crate::support::Outcome;

#[derive(Debug)]
pub(crate) struct Tap {
    port: u16,
    sent: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Tap {
    /// Listens on the address and forwards to the port on 127.0.0.1.
    pub(crate) async fn start(address: &str, server_port: u16) -> Outcome<Self> {
        let listener = TcpListener::bind((address, 0)).await?;
        let port = listener.local_addr()?.port();
        let sent = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&sent);
        tokio::spawn(async move {
            for number in 0.. {
                let Ok((client, _)) = listener.accept().await else { return };
                lock(&keep).push(Vec::new());
                tokio::spawn(pass(client, server_port, Arc::clone(&keep), number));
            }
        });
        Ok(Self { port, sent })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn connections(&self) -> usize {
        lock(&self.sent).len()
    }

    /// All octets of the mailer.
    pub(crate) fn sent(&self) -> String {
        String::from_utf8_lossy(&lock(&self.sent).concat()).into_owned()
    }
}

async fn pass(client: TcpStream, port: u16, keep: Arc<Mutex<Vec<Vec<u8>>>>, number: usize) -> Option<()> {
    let server = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    client.set_nodelay(true).ok()?;
    server.set_nodelay(true).ok()?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    tokio::spawn(async move { copy(&mut from_server, &mut to_client).await });
    let mut chunk = vec![0; 4096];
    loop {
        let count = from_client.read(&mut chunk).await.ok()?;
        let octets = chunk.get(..count).filter(|octets| !octets.is_empty())?;
        lock(&keep).get_mut(number)?.extend_from_slice(octets);
        to_server.write_all(octets).await.ok()?;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
