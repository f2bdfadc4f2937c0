use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    net::TcpStream,
};

use super::{Relay, Step};

/// One connection, to its end.
pub(super) fn serve(stream: &TcpStream, relay: &Relay) -> io::Result<()> {
    stream.set_nodelay(true)?;
    relay.pass(Step::Connect, "");
    let mut lines = BufReader::new(stream);
    let answer = |text: &str| (&*stream).write_all(format!("{text}\r\n").as_bytes());
    answer("220 relay of the crash test")?;
    let mut recipient = String::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let command = String::from_utf8_lossy(&line).trim_end().to_ascii_lowercase();
        let verb = command.split([' ', ':']).next().unwrap_or_default();
        match verb {
            "ehlo" | "helo" | "mail" | "rset" | "noop" => answer("250 fine")?,
            "rcpt" => {
                let address = command.split(['<', '>']).nth(1).unwrap_or_default();
                address.clone_into(&mut recipient);
                answer("250 fine")?;
            }
            "data" => {
                relay.pass(Step::Data, &recipient);
                answer("354 go on")?;
                let octets = message(&mut lines)?;
                relay.take(&recipient, &octets);
                relay.pass(Step::Dot, &recipient);
                answer("250 taken")?;
                relay.pass(Step::Taken, &recipient);
            }
            "quit" => return answer("221 bye"),
            _ => answer("500 what?")?,
        }
    }
}

/// Reads up to the final dot, and takes away the dots that SMTP doubles.
fn message(lines: &mut BufReader<&TcpStream>) -> io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 || !line.ends_with(b"\n") {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(octets);
        }
        octets.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
