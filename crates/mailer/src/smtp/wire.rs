use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

use super::reply::Replies;

/// The end of a message (RFC 5321, 4.5.2). Doubled dots prevent it inside the message.
const END_OF_MAIL: [u8; 5] = *b"\r\n.\r\n";

/// Whether the end of the mail was sent. From then on the outcome is unknown until the relay replies.
#[derive(Debug, Clone, Default)]
pub(super) struct HandedOver(Arc<AtomicBool>);

impl HandedOver {
    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn set(&self, handed_over: bool) {
        self.0.store(handed_over, Ordering::Relaxed);
    }
}

/// The stream under lettre's connection. lettre reads exactly one bounded, clean reply for each command.
///
/// Unexpected octets end the connection before the next write. So does a close by the relay, which is therefore noticed
/// before a mail is sent, not when one is lost.
pub(super) struct Wire<S> {
    stream: S,
    peer: SocketAddr,
    replies: Replies,
    /// Clean lines for lettre.
    ready: Vec<u8>,
    /// Octets after the end of a reply.
    surplus: Vec<u8>,
    last_written: [u8; 5],
    handed_over: HandedOver,
}

impl<S> Wire<S> {
    /// A stream before the relay's greeting.
    pub(super) fn new(stream: S, peer: SocketAddr) -> Self {
        Self {
            stream,
            peer,
            replies: Replies::default(),
            ready: Vec::new(),
            surplus: Vec::new(),
            last_written: [0; 5],
            handed_over: HandedOver::default(),
        }
    }

    /// A stream after STARTTLS. lettre reads this greeting of the relay again, because it expects one.
    pub(super) fn greeted(stream: S, peer: SocketAddr, greeting: &str) -> Self {
        let mut wire = Self::new(stream, peer);
        // Cannot fail: the greeting was read by the same rules.
        let _ = wire.replies.take(greeting.as_bytes(), &mut wire.ready);
        wire
    }

    pub(super) fn handed_over(&self) -> HandedOver {
        self.handed_over.clone()
    }

    /// Returns the bare stream. It fails if the relay has sent unexpected octets, which would be treated as sent under TLS
    /// (CVE-2011-0411).
    pub(super) fn into_stream(self) -> io::Result<S> {
        if self.surplus.is_empty() { Ok(self.stream) } else { Err(self.unexpected()) }
    }

    fn unexpected(&self) -> io::Error {
        let text = String::from_utf8_lossy(&self.surplus);
        let line = text.lines().next().unwrap_or_default();
        io::Error::other(format!("unexpected reply of the relay: {line}"))
    }

    fn note_written(&mut self, octets: &[u8]) {
        for octet in octets {
            self.last_written.rotate_left(1);
            if let Some(last) = self.last_written.last_mut() {
                *last = *octet;
            }
            if self.last_written == END_OF_MAIL {
                self.handed_over.set(true);
            }
        }
    }
}

impl<S: AsyncRead + Unpin> Wire<S> {
    /// Reads the expected reply, in clean lines.
    pub(super) async fn reply(&mut self) -> io::Result<String> {
        let mut lines = Vec::new();
        while !self.replies.is_complete() || !self.ready.is_empty() {
            self.read_buf(&mut lines).await?;
        }
        String::from_utf8(lines).map_err(io::Error::other)
    }

    /// Reads the available octets into `ready` and `surplus`.
    fn poll_arrivals(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut chunk = [0; 1024];
        let mut chunk = ReadBuf::new(&mut chunk);
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut chunk))?;
        if chunk.filled().is_empty() {
            return Poll::Ready(Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the relay closed the connection",
            )));
        }
        let surplus = self.replies.take(chunk.filled(), &mut self.ready).map_err(io::Error::other)?;
        self.surplus.extend_from_slice(surplus);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.ready.is_empty() {
            if self.replies.is_complete() {
                return Poll::Ready(Err(io::Error::other("no reply is expected")));
            }
            ready!(self.poll_arrivals(context))?;
        }
        let count = buffer.remaining().min(self.ready.len());
        buffer.put_slice(self.ready.drain(..count).as_slice());
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        // No reply is expected while a command is written.
        if self.surplus.is_empty()
            && let Poll::Ready(arrived) = self.poll_arrivals(context)
        {
            arrived?;
            let early = std::mem::take(&mut self.ready);
            self.surplus.splice(..0, early);
            return Poll::Ready(Err(self.unexpected()));
        }
        if !self.surplus.is_empty() {
            return Poll::Ready(Err(self.unexpected()));
        }
        let count = ready!(Pin::new(&mut self.stream).poll_write(context, octets))?;
        self.replies.expect_one();
        self.note_written(octets.get(..count).unwrap_or_default());
        Poll::Ready(Ok(count))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> AsyncTokioStream for Wire<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

/// Shows the peer, but not the traffic.
impl<S> std::fmt::Debug for Wire<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").field("peer", &self.peer).finish_non_exhaustive()
    }
}
