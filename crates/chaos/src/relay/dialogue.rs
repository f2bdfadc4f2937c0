use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    net::TcpStream,
};

use super::state::{RelayState, SmtpStep};

/// Serves one connection to its end.
pub(super) fn serve(stream: &TcpStream, relay: &RelayState) -> io::Result<()> {
    stream.set_nodelay(true)?;
    relay.reach(SmtpStep::Connect, "");
    let mut lines = BufReader::new(stream);
    let reply = |text: &str| (&*stream).write_all(format!("{text}\r\n").as_bytes());
    reply("220 relay of the crash test")?;
    let mut recipient = String::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let command = String::from_utf8_lossy(&line).trim_end().to_ascii_lowercase();
        let verb = command.split([' ', ':']).next().unwrap_or_default();
        match verb {
            "ehlo" | "helo" | "mail" | "rset" | "noop" => reply("250 ok")?,
            "rcpt" => {
                let address = command.split(['<', '>']).nth(1).unwrap_or_default();
                address.clone_into(&mut recipient);
                reply(if relay.refuses(&recipient) { "550 5.1.1 user unknown" } else { "250 ok" })?;
            }
            "data" => {
                relay.reach(SmtpStep::Data, &recipient);
                reply("354 send the mail")?;
                let message = read_message(&mut lines)?;
                relay.keep(&recipient, &message);
                relay.reach(SmtpStep::EndOfData, &recipient);
                reply("250 accepted")?;
                relay.reach(SmtpStep::Relayed, &recipient);
            }
            "quit" => return reply("221 bye"),
            _ => reply("500 unknown command")?,
        }
    }
}

/// Reads up to the final dot and removes the dots that SMTP adds (RFC 5321, 4.5.2).
fn read_message(lines: &mut BufReader<&TcpStream>) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 || !line.ends_with(b"\n") {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(message);
        }
        message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
