use crate::error::LoadError;

/// A response, as far as it has arrived. The body has a length or comes in chunks (RFC 9112, 6 and 7.1).
#[derive(Default)]
pub(crate) struct HttpResponse {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// Octets of an incomplete head or chunk size.
    pending: Vec<u8>,
    state: ParseState,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum ParseState {
    #[default]
    Head,
    Body(usize),
    Size,
    Chunk(usize),
    /// After the last chunk: trailers, or the empty line that ends them.
    End,
    Done,
}

impl HttpResponse {
    /// Prepares for the next response.
    pub(crate) fn reset(&mut self) {
        self.body.clear();
        self.pending.clear();
        self.state = ParseState::Head;
    }

    /// Parses what arrived and returns whether the response is complete.
    pub(crate) fn parse(&mut self, mut input: &[u8]) -> Result<bool, LoadError> {
        while !input.is_empty() && self.state != ParseState::Done {
            input = match self.state {
                ParseState::Head => self.take_head(input)?,
                ParseState::Body(left) => self.take_body(left, input),
                ParseState::Size => self.take_size(input)?,
                ParseState::Chunk(left) => self.take_chunk(left, input),
                ParseState::End => self.take_end(input),
                ParseState::Done => input,
            };
        }
        if !input.is_empty() {
            return Err(LoadError::Unparsable("more data than one response"));
        }
        Ok(self.state == ParseState::Done)
    }

    fn take_head<'a>(&mut self, input: &'a [u8]) -> Result<&'a [u8], LoadError> {
        let Some(rest) = self.take_until(b"\r\n\r\n", input) else { return Ok(&[]) };
        let head = std::mem::take(&mut self.pending);
        let text = std::str::from_utf8(&head).map_err(|_| LoadError::Unparsable("the head is not UTF-8"))?;
        self.state = self.read_head(text)?;
        self.pending = head;
        self.pending.clear();
        Ok(rest)
    }

    fn read_head(&mut self, head: &str) -> Result<ParseState, LoadError> {
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
        self.status = status.ok_or(LoadError::Unparsable("no status line"))?;
        for line in lines {
            let Some((name, value)) = line.split_once(':') else { continue };
            if name.eq_ignore_ascii_case("content-length") {
                let length = value
                    .trim()
                    .parse()
                    .map_err(|_| LoadError::Unparsable("Content-Length is not a number"))?;
                return Ok(if length == 0 { ParseState::Done } else { ParseState::Body(length) });
            }
            if name.eq_ignore_ascii_case("transfer-encoding") {
                return Ok(ParseState::Size);
            }
        }
        Ok(ParseState::Done)
    }

    fn take_body<'a>(&mut self, left: usize, input: &'a [u8]) -> &'a [u8] {
        let (body, rest) = input.split_at(left.min(input.len()));
        self.body.extend_from_slice(body);
        self.state = if body.len() == left { ParseState::Done } else { ParseState::Body(left - body.len()) };
        rest
    }

    fn take_size<'a>(&mut self, input: &'a [u8]) -> Result<&'a [u8], LoadError> {
        let Some(rest) = self.take_until(b"\r\n", input) else { return Ok(&[]) };
        let line = std::str::from_utf8(&self.pending).unwrap_or_default();
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16)
            .map_err(|_| LoadError::Unparsable("a chunk size is not a number"))?;
        self.state = if size == 0 { ParseState::End } else { ParseState::Chunk(size + 2) };
        self.pending.clear();
        Ok(rest)
    }

    /// `left` includes the line break after the chunk.
    fn take_chunk<'a>(&mut self, left: usize, input: &'a [u8]) -> &'a [u8] {
        let (chunk, rest) = input.split_at(left.min(input.len()));
        let data = chunk.len().min(left.saturating_sub(2));
        self.body.extend_from_slice(chunk.get(..data).unwrap_or_default());
        self.state =
            if chunk.len() == left { ParseState::Size } else { ParseState::Chunk(left - chunk.len()) };
        rest
    }

    fn take_end<'a>(&mut self, input: &'a [u8]) -> &'a [u8] {
        let Some(rest) = self.take_until(b"\r\n", input) else { return &[] };
        if self.pending.is_empty() {
            self.state = ParseState::Done;
        }
        self.pending.clear();
        rest
    }

    /// Moves the input before `end` into `pending`. Returns the input after `end`, or `None` until `end` has arrived.
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

    /// Parses a response as a whole and in pieces of every size, and expects the same result.
    #[track_caller]
    fn check(text: &str, status: u16, body: &str) {
        for size in 1..=text.len() {
            let mut response = HttpResponse::default();
            let pieces: Vec<bool> =
                text.as_bytes().chunks(size).map(|piece| response.parse(piece).unwrap()).collect();
            assert_eq!((response.status, String::from_utf8_lossy(&response.body).as_ref()), (status, body));
            assert_eq!(pieces.iter().position(|done| *done), Some(pieces.len() - 1), "pieces of {size}");
        }
    }

    #[test]
    fn a_body_with_a_length_is_parsed() {
        check("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx: y\r\n\r\nhello", 200, "hello");
        check("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", 404, "");
        check("HTTP/1.1 204 No Content\r\n\r\n", 204, "");
    }

    #[test]
    fn a_body_in_chunks_is_parsed() {
        let text = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\nA;x=1\r\nlo, world!\r\n0\r\n\r\n";
        check(text, 200, "hello, world!");
        check("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: y\r\n\r\n", 200, "");
    }

    #[test]
    fn data_after_the_response_is_an_error() {
        let mut response = HttpResponse::default();
        assert!(response.parse(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1").is_err());
    }
}
