use std::{
    io,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::{
    ConnectionLimits, HEAD_LIMIT,
    exchange::{Exchange, Expected},
    timer::Timer,
};
use crate::drain::{Drain, OpenConnection};

const TIMED_OUT: &[u8] = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const TOO_LARGE: &[u8] =
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// How long the rest of a rejected head is discarded, so that the client can read the response.
const LINGER: Duration = Duration::from_secs(1);

/// A socket with the limits of a connection.
///
/// To end a connection, reads return the end of the stream: actix-http then closes it without an error.
pub(super) struct Stream {
    socket: TcpStream,
    limits: ConnectionLimits,
    exchange: Rc<Exchange>,
    head: Head,
    reads: Reads,
    writes: Timer,
    /// Whether the socket did not accept all of the last write.
    unsent: bool,
    _open: OpenConnection,
}

/// The head that is being received.
struct Head {
    /// The number of complete heads before it.
    number: u64,
    received: usize,
    /// Whether actix-http has tried to parse all of a head of the largest size.
    parsed: bool,
    timer: Timer,
}

enum Reads {
    Open,
    /// Discards data until the timer elapses.
    Discarded(Timer),
    Ended,
}

impl Stream {
    pub(super) fn new(socket: TcpStream, limits: ConnectionLimits, drain: &Arc<Drain>) -> Self {
        let mut head = Head { number: 0, received: 0, parsed: false, timer: Timer::default() };
        head.timer.start(limits.head_timeout);
        Self {
            socket,
            limits,
            exchange: Rc::default(),
            head,
            reads: Reads::Open,
            writes: Timer::default(),
            unsent: false,
            _open: drain.open_connection(),
        }
    }

    pub(super) const fn exchange(&self) -> &Rc<Exchange> {
        &self.exchange
    }

    fn poll_head(&mut self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.head.follow(self.exchange.heads());
        let room = HEAD_LIMIT - self.head.received;
        if room == 0 {
            return self.poll_full_head(context, buffer);
        }
        match poll_read_at_most(&mut self.socket, context, buffer, room) {
            Poll::Ready(Ok(received)) => {
                self.head.add(received, self.limits.head_timeout);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending if self.head.timer.poll(context).is_ready() => {
                // A client that has sent nothing expects no response.
                if self.head.received > 0 {
                    self.send(context, TIMED_OUT);
                }
                self.reads = Reads::Ended;
                Poll::Ready(Ok(()))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    /// actix-http parses only after it has read all that it can. So the head is complete, or it is too large at the next read.
    fn poll_full_head(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.head.parsed {
            self.head.parsed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.send(context, TOO_LARGE);
        let mut timer = Timer::default();
        timer.start(LINGER);
        self.reads = Reads::Discarded(timer);
        self.poll_discard(context, buffer)
    }

    fn poll_discard(&mut self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Reads::Discarded(timer) = &mut self.reads else { return Poll::Ready(Ok(())) };
        let start = buffer.filled().len();
        while timer.poll(context).is_pending() {
            match Pin::new(&mut self.socket).poll_read(context, buffer) {
                Poll::Ready(Ok(())) if buffer.filled().len() > start => buffer.set_filled(start),
                Poll::Ready(_) => break,
                Poll::Pending => return Poll::Pending,
            }
        }
        self.reads = Reads::Ended;
        Poll::Ready(Ok(()))
    }

    /// Sends the response to a head that is not complete. The previous response has been sent.
    fn send(&mut self, context: &mut Context<'_>, response: &[u8]) {
        // The connection is closed in any case.
        let _sent = Pin::new(&mut self.socket).poll_write(context, response);
    }
}

impl Head {
    /// Begins with the next head, if the last one is complete.
    fn follow(&mut self, number: u64) {
        if self.number != number {
            self.number = number;
            self.received = 0;
            self.parsed = false;
            self.timer.stop();
        }
    }

    fn add(&mut self, received: usize, timeout: Duration) {
        self.received += received;
        if received > 0 && !self.timer.is_running() {
            self.timer.start(timeout);
        }
    }
}

/// Reads at most `limit` bytes into the buffer, and returns their number.
fn poll_read_at_most(
    socket: &mut TcpStream,
    context: &mut Context<'_>,
    buffer: &mut ReadBuf<'_>,
    limit: usize,
) -> Poll<io::Result<usize>> {
    let socket = Pin::new(socket);
    if buffer.remaining() <= limit {
        let start = buffer.filled().len();
        return socket.poll_read(context, buffer).map_ok(|()| buffer.filled().len() - start);
    }
    let mut part = ReadBuf::new(buffer.initialize_unfilled_to(limit));
    let read = socket.poll_read(context, &mut part);
    let received = part.filled().len();
    read.map_ok(|()| {
        buffer.advance(received);
        received
    })
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match this.reads {
            Reads::Open => {}
            Reads::Discarded(_) => return this.poll_discard(context, buffer),
            Reads::Ended => return Poll::Ready(Ok(())),
        }
        match this.exchange.expected() {
            Expected::Head if !this.unsent => this.poll_head(context, buffer),
            // Bounds the memory for requests that a client sends ahead, and for responses that it does not read.
            Expected::Head | Expected::Nothing => {
                this.exchange.wait(context);
                Poll::Pending
            }
            Expected::Body | Expected::Remains => Pin::new(&mut this.socket).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match Pin::new(&mut this.socket).poll_write(context, data) {
            Poll::Ready(written) => {
                this.writes.stop();
                let unsent = written.as_ref().is_ok_and(|written| *written < data.len());
                if this.unsent && !unsent {
                    this.exchange.wake();
                }
                this.unsent = unsent;
                Poll::Ready(written)
            }
            Poll::Pending => {
                this.unsent = true;
                if !this.writes.is_running() {
                    this.writes.start(this.limits.write_timeout);
                }
                this.writes.poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_shutdown(context)
    }
}
