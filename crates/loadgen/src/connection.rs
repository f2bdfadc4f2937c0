use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::SocketAddr,
    time::Instant,
};

use mio::net::TcpStream;

use crate::{
    error::{IoContext as _, LoadError},
    response::HttpResponse,
};

/// A connection with at most one request under way.
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    pub(crate) response: HttpResponse,
    /// When the current request was sent.
    pub(crate) sent_at: Instant,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Result<Self, LoadError> {
        let stream = std::net::TcpStream::connect(address).context("connecting")?;
        stream.set_nodelay(true).context("setting up a connection")?;
        stream.set_nonblocking(true).context("setting up a connection")?;
        let stream = TcpStream::from_std(stream);
        Ok(Self { stream, response: HttpResponse::default(), sent_at: Instant::now() })
    }

    /// Sends a request. Requests are small and the socket's buffer is empty, so a partial write is an error.
    pub(crate) fn send(&mut self, request: &[u8]) -> Result<(), LoadError> {
        self.response.reset();
        self.sent_at = Instant::now();
        let sent = self.stream.write(request).context("sending a request")?;
        if sent == request.len() { Ok(()) } else { Err(LoadError::PartlySent) }
    }

    /// Reads what has arrived and returns whether the response is complete. A short read has emptied the socket; data that
    /// arrives later raises a new event.
    pub(crate) fn receive(&mut self, buffer: &mut [u8]) -> Result<bool, LoadError> {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Err(LoadError::Closed),
                Ok(count) => {
                    let done = self.response.parse(buffer.get(..count).unwrap_or_default())?;
                    if done || count < buffer.len() {
                        return Ok(done);
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error).context("reading a response"),
            }
        }
    }

    /// The body of a response with status 200. Any other status is an error.
    pub(crate) fn body_of_200(&self) -> Result<&[u8], LoadError> {
        if self.response.status == 200 {
            return Ok(&self.response.body);
        }
        let body = String::from_utf8_lossy(&self.response.body).into_owned();
        Err(LoadError::UnexpectedStatus { status: self.response.status, body })
    }
}
