use std::{
    io::{self, ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

/// How a client keeps a connection without finishing a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slowness {
    /// It sends nothing.
    Idle,
    /// It sends most of a long head, and then nothing.
    HalfHead,
    /// It sends a head byte by byte.
    DrippedHead,
    /// It sends a body byte by byte.
    DrippedBody,
}

impl Slowness {
    pub(super) const ALL: [Self; 4] = [Self::Idle, Self::HalfHead, Self::DrippedHead, Self::DrippedBody];

    /// What the client sends at once.
    fn beginning(self) -> String {
        const HEAD: &str = "POST /api/v2/login HTTP/1.1\r\nhost: usher\r\n";
        match self {
            Self::Idle => String::new(),
            Self::HalfHead => format!("{HEAD}x-long: {}", "x".repeat(31 * 1024)),
            Self::DrippedHead => format!("{HEAD}x-slow: "),
            Self::DrippedBody => {
                format!("{HEAD}content-type: application/json\r\ncontent-length: 2000\r\n\r\n{{\"email\": \"")
            }
        }
    }

    fn drips(self) -> bool {
        matches!(self, Self::DrippedHead | Self::DrippedBody)
    }
}

/// A connection of a slow client.
pub(super) struct SlowSocket {
    stream: TcpStream,
    slowness: Slowness,
}

impl SlowSocket {
    pub(super) fn open(address: SocketAddr, slowness: Slowness) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(slowness.beginning().as_bytes())?;
        stream.set_nonblocking(true)?;
        Ok(Self { stream, slowness })
    }

    /// Sends one more byte. Whether the server still takes it shows in [`Self::is_open`].
    pub(super) fn drip(&mut self) {
        if self.slowness.drips() {
            let _ = self.stream.write(b"x");
        }
    }

    /// Whether the server has not closed the connection. It may send a response before that.
    pub(super) fn is_open(&mut self) -> bool {
        let mut response = [0; 1024];
        loop {
            match self.stream.read(&mut response) {
                Ok(0) => return false,
                Ok(_) => {}
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
    }
}
