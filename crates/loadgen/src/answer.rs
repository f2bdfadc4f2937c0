use crate::error::LoadError;

/// An answer as far as it has arrived: status and body, the body with a length or in chunks (RFC 9112, 6 and 7.1).
#[derive(Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// What could not be read yet: a part of the head, or of a chunk's size.
    pending: Vec<u8>,
    state: State,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum State {
    #[default]
    Head,
    Body(usize),
    Size,
    Chunk(usize),
    /// Past the last chunk; the empty line comes, or trailers.
    End,
    Done,
}

impl Answer {
    /// Begins with the next answer.
    pub(crate) fn reset(&mut self) {
        self.body.clear();
        self.pending.clear();
        self.state = State::Head;
    }

    /// Takes what arrived; whether the answer is complete.
    pub(crate) fn take(&mut self, mut input: &[u8]) -> Result<bool, LoadError> {
        while !input.is_empty() && self.state != State::Done {
            input = match self.state {
                State::Head => self.take_head(input)?,
                State::Body(left) => self.take_body(left, input),
                State::Size => self.take_size(input)?,
                State::Chunk(left) => self.take_chunk(left, input),
                State::End => self.take_end(input),
                State::Done => input,
            };
        }
        if !input.is_empty() {
            return Err(LoadError::Unreadable("more than was asked for"));
        }
        Ok(self.state == State::Done)
    }

    fn take_head<'a>(&mut self, input: &'a [u8]) -> Result<&'a [u8], LoadError> {
        let Some(rest) = self.take_until(b"\r\n\r\n", input) else { return Ok(&[]) };
        let head = std::mem::take(&mut self.pending);
        let text = std::str::from_utf8(&head).map_err(|_| LoadError::Unreadable("a head that is no text"))?;
        self.state = self.read_head(text)?;
        self.pending = head;
        self.pending.clear();
        Ok(rest)
    }

    fn read_head(&mut self, head: &str) -> Result<State, LoadError> {
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
        self.status = status.ok_or(LoadError::Unreadable("no status"))?;
        for line in lines {
            let Some((name, value)) = line.split_once(':') else { continue };
            if name.eq_ignore_ascii_case("content-length") {
                let length = value.trim().parse().map_err(|_| LoadError::Unreadable("a length"))?;
                return Ok(if length == 0 { State::Done } else { State::Body(length) });
            }
            if name.eq_ignore_ascii_case("transfer-encoding") {
                return Ok(State::Size);
            }
        }
        Ok(State::Done)
    }

    fn take_body<'a>(&mut self, left: usize, input: &'a [u8]) -> &'a [u8] {
        let (body, rest) = input.split_at(left.min(input.len()));
        self.body.extend_from_slice(body);
        self.state = if body.len() == left { State::Done } else { State::Body(left - body.len()) };
        rest
    }

    fn take_size<'a>(&mut self, input: &'a [u8]) -> Result<&'a [u8], LoadError> {
        let Some(rest) = self.take_until(b"\r\n", input) else { return Ok(&[]) };
        let line = std::str::from_utf8(&self.pending).unwrap_or_default();
        let size = line.split(';').next().unwrap_or_default().trim();
        let size =
            usize::from_str_radix(size, 16).map_err(|_| LoadError::Unreadable("the size of a chunk"))?;
        self.state = if size == 0 { State::End } else { State::Chunk(size + 2) };
        self.pending.clear();
        Ok(rest)
    }

    /// `left` counts the line break behind the chunk.
    fn take_chunk<'a>(&mut self, left: usize, input: &'a [u8]) -> &'a [u8] {
        let (chunk, rest) = input.split_at(left.min(input.len()));
        let data = chunk.len().min(left.saturating_sub(2));
        self.body.extend_from_slice(chunk.get(..data).unwrap_or_default());
        self.state = if chunk.len() == left { State::Size } else { State::Chunk(left - chunk.len()) };
        rest
    }

    fn take_end<'a>(&mut self, input: &'a [u8]) -> &'a [u8] {
        let Some(rest) = self.take_until(b"\r\n", input) else { return &[] };
        if self.pending.is_empty() {
            self.state = State::Done;
        }
        self.pending.clear();
        rest
    }

    /// Moves what comes before `end` into `pending`; what comes behind it, or `None` while it has not come.
    fn take_until<'a>(&mut self, end: &[u8], input: &'a [u8]) -> Option<&'a [u8]> {
        let before = self.pending.len();
        self.pending.extend_from_slice(input);
        let from = before.saturating_sub(end.len());
        let found = self.pending.get(from..)?.windows(end.len()).position(|window| window == end)? + from;
        self.pending.truncate(found);
        input.get(found + end.len() - before..)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads an answer whole, and then in pieces of every size: the same comes out.
    #[track_caller]
    fn check(text: &str, status: u16, body: &str) {
        for size in 1..=text.len() {
            let mut answer = Answer::default();
            let pieces: Vec<bool> =
                text.as_bytes().chunks(size).map(|piece| answer.take(piece).unwrap()).collect();
            assert_eq!((answer.status, String::from_utf8_lossy(&answer.body).as_ref()), (status, body));
            assert_eq!(pieces.iter().position(|done| *done), Some(pieces.len() - 1), "pieces of {size}");
        }
    }

    #[test]
    fn a_body_with_a_length() {
        check("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx: y\r\n\r\nhello", 200, "hello");
        check("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", 404, "");
        check("HTTP/1.1 204 No Content\r\n\r\n", 204, "");
    }

    #[test]
    fn a_body_in_chunks() {
        let text = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\nA;x=1\r\nlo, world!\r\n0\r\n\r\n";
        check(text, 200, "hello, world!");
        check("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: y\r\n\r\n", 200, "");
    }

    #[test]
    fn what_nobody_asked_for_is_an_error() {
        let mut answer = Answer::default();
        assert!(answer.take(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1").is_err());
    }
}
