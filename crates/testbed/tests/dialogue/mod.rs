//! A minimal SMTP client: it sends a line and checks the code of the reply.

use std::{
    error::Error,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    sync::Arc,
    time::Duration,
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};

pub(crate) struct Dialogue<S> {
    stream: BufReader<S>,
}

impl<S: Read + Write> Dialogue<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream: BufReader::new(stream) }
    }

    /// Waits for the greeting of the server.
    pub(crate) fn greeted(stream: S) -> Result<Self, Box<dyn Error>> {
        let mut dialogue = Self::new(stream);
        dialogue.hears(220)?;
        Ok(dialogue)
    }

    /// Sends one line and returns the reply, which must have this code.
    pub(crate) fn says(&mut self, line: &str, code: u16) -> Result<String, Box<dyn Error>> {
        let stream = self.stream.get_mut();
        stream.write_all(format!("{line}\r\n").as_bytes())?;
        stream.flush()?;
        self.hears(code).map_err(|error| format!("{line}: {error}").into())
    }

    /// Sends a whole mail. The code is that of the reply to the final dot.
    pub(crate) fn mails(&mut self, recipient: &str, body: &str, code: u16) -> Result<(), Box<dyn Error>> {
        self.says("MAIL FROM:<host@example.org>", 250)?;
        self.says(&format!("RCPT TO:<{recipient}>"), 250)?;
        self.says("DATA", 354)?;
        self.says(&format!("\r\n{body}\r\n."), code).map(drop)
    }

    fn hears(&mut self, code: u16) -> Result<String, Box<dyn Error>> {
        let mut reply = String::new();
        loop {
            let start = reply.len();
            if self.stream.read_line(&mut reply)? == 0 {
                return Err("the server hung up".into());
            }
            // A hyphen after the code means that more lines follow (RFC 5321, 4.2.1).
            if reply.as_bytes().get(start + 3) != Some(&b'-') {
                break;
            }
        }
        if reply.starts_with(&code.to_string()) { Ok(reply) } else { Err(reply.into()) }
    }

    pub(crate) fn into_stream(self) -> S {
        self.stream.into_inner()
    }
}

/// Starts TLS on a connection and trusts only this authority.
pub(crate) fn over_tls(
    stream: TcpStream,
    name: &'static str,
    authority: &[u8],
) -> Result<StreamOwned<ClientConnection, TcpStream>, Box<dyn Error>> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority)?)?;
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connection =
        ClientConnection::new(Arc::new(config), ServerName::try_from(name).map_err(io::Error::other)?)?;
    Ok(StreamOwned::new(connection, stream))
}
