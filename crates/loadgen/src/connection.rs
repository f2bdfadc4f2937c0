use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::SocketAddr,
    time::Instant,
};

use mio::net::TcpStream;

use crate::{
    answer::Answer,
    error::{Attempt as _, LoadError},
};

/// A connection with at most one request under way.
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    pub(crate) answer: Answer,
    /// When the request under way was sent.
    pub(crate) sent_at: Instant,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Result<Self, LoadError> {
        let stream = std::net::TcpStream::connect(address).attempt("connecting")?;
        stream.set_nodelay(true).attempt("setting a connection up")?;
        stream.set_nonblocking(true).attempt("setting a connection up")?;
        let stream = TcpStream::from_std(stream);
        Ok(Self { stream, answer: Answer::default(), sent_at: Instant::now() })
    }

    /// Sends a request. It is small and the socket is empty, so it fits, or something is wrong.
    pub(crate) fn send(&mut self, request: &[u8]) -> Result<(), LoadError> {
        self.answer.reset();
        self.sent_at = Instant::now();
        let sent = self.stream.write(request).attempt("sending a request")?;
        if sent == request.len() { Ok(()) } else { Err(LoadError::Unsent) }
    }

    /// Reads what has arrived; whether the answer is complete. A short read has emptied the socket: whatever comes later
    /// is an event of its own.
    pub(crate) fn receive(&mut self, buffer: &mut [u8]) -> Result<bool, LoadError> {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Err(LoadError::Closed),
                Ok(count) => {
                    let done = self.answer.take(buffer.get(..count).unwrap_or_default())?;
                    if done || count < buffer.len() {
                        return Ok(done);
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error).attempt("reading an answer"),
            }
        }
    }

    /// The body, when the status is the one that every request here is to have.
    pub(crate) fn accepted(&self) -> Result<&[u8], LoadError> {
        if self.answer.status == 200 {
            return Ok(&self.answer.body);
        }
        let body = String::from_utf8_lossy(&self.answer.body).into_owned();
        Err(LoadError::Refused { status: self.answer.status, body })
    }
}
