/// Longest reply in octets. RFC 5321 asks for lines of at most 512.
const MAX_OCTETS: usize = 16 * 1024;

/// The maximum number of lines in a reply. Usual replies have at most a few dozen. lettre parses a reply from its start
/// with each new line, so this bounds the work.
const MAX_LINES: usize = 128;

/// Why the received octets are not a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum ReplyError {
    #[error("the relay's reply is too long")]
    TooLong,
    #[error("the relay's reply is not SMTP")]
    NotSmtp,
}

/// Splits the stream into replies (RFC 5321, 4.2) and cleans them.
///
/// lettre alone has five problems: its lines are unbounded; text that is not UTF-8 looks like a broken connection; it
/// rejects a bare `250`, which the RFC allows; it panics on an EHLO line of blanks; and it mistakes a second reply for
/// the reply to the next command.
#[derive(Debug, Default)]
pub(super) struct Replies {
    line: Vec<u8>,
    code: Option<[u8; 3]>,
    octets: usize,
    ended_lines: usize,
    complete: bool,
}

impl Replies {
    /// Expects one reply, because a command is being sent.
    pub(super) fn expect_one(&mut self) {
        *self = Self::default();
    }

    /// Whether the expected reply is complete.
    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    /// Appends each complete line to `lines`, in printable ASCII. Returns the octets after the end of the reply.
    pub(super) fn take<'a>(
        &mut self,
        arrived: &'a [u8],
        lines: &mut Vec<u8>,
    ) -> Result<&'a [u8], ReplyError> {
        let mut rest = arrived;
        while let Some((octet, after)) = rest.split_first() {
            if self.complete {
                break;
            }
            rest = after;
            self.octets += 1;
            if self.octets > MAX_OCTETS {
                return Err(ReplyError::TooLong);
            }
            self.line.push(*octet);
            if *octet == b'\n' {
                self.end_line(lines)?;
            }
        }
        Ok(rest)
    }

    fn end_line(&mut self, lines: &mut Vec<u8>) -> Result<(), ReplyError> {
        let line = std::mem::take(&mut self.line);
        let line = line.strip_suffix(b"\r\n").ok_or(ReplyError::NotSmtp)?;
        let (code, text) = line.split_first_chunk::<3>().ok_or(ReplyError::NotSmtp)?;
        let more = match text.first() {
            None | Some(b' ') => false,
            Some(b'-') => true,
            Some(_) => return Err(ReplyError::NotSmtp),
        };
        if !is_code(*code) || self.code.is_some_and(|first| first != *code) {
            return Err(ReplyError::NotSmtp);
        }
        self.ended_lines += 1;
        if self.ended_lines > MAX_LINES {
            return Err(ReplyError::TooLong);
        }
        self.code = Some(*code);
        self.complete = !more;
        lines.extend_from_slice(code);
        lines.push(if more { b'-' } else { b' ' });
        lines.extend(text.trim_ascii_end().iter().skip(1).map(|octet| printable(*octet)));
        lines.extend_from_slice(b"\r\n");
        Ok(())
    }
}

fn is_code([class, category, detail]: [u8; 3]) -> bool {
    matches!(class, b'2'..=b'5') && matches!(category, b'0'..=b'5') && detail.is_ascii_digit()
}

fn printable(octet: u8) -> u8 {
    match octet {
        b' '..=b'~' => octet,
        b'\t' => b' ',
        _ => b'?',
    }
}
