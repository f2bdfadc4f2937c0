use std::{fs, io::Write as _};

use crate::{
    arguments::WhatArguments,
    error::{Attempt as _, LoadError},
    template::Template,
    token::Signer,
};

/// Where a request goes.
enum Target {
    Template(Template),
    /// Any of them.
    Each(Vec<String>),
}

/// Who asks.
enum Credential {
    None,
    Token(String),
    Signer(Box<Signer>),
}

/// Makes one request after another.
pub(crate) struct Requests {
    target: Target,
    credential: Credential,
    content: Option<Template>,
    numbers: Numbers,
    body: Vec<u8>,
}

impl Requests {
    pub(crate) fn new(what: WhatArguments) -> Result<Self, LoadError> {
        let target = match (what.path, what.paths) {
            (_, Some(file)) => {
                let text = fs::read_to_string(file).attempt("reading the paths")?;
                Target::Each(text.lines().map(str::to_owned).collect())
            }
            (Some(path), None) => Target::Template(path),
            (None, None) => return Err(LoadError::List("there is no path".to_owned())),
        };
        let credential = match (what.secret, what.subject, what.token) {
            (Some(secret), Some(subject), _) => Credential::Signer(Box::new(Signer::new(&secret, subject))),
            (_, _, Some(token)) => Credential::Token(token),
            _ => Credential::None,
        };
        let numbers = Numbers { next: what.from, first: what.from, last: what.to, any: what.any, state: 1 };
        Ok(Self { target, credential, content: what.body, numbers, body: Vec::new() })
    }

    /// Puts the next request in the place of the last one.
    pub(crate) fn render(&mut self, out: &mut Vec<u8>) -> Result<(), LoadError> {
        let number = self.numbers.next()?;
        out.clear();
        out.extend_from_slice(if self.content.is_some() { b"POST " } else { b"GET " });
        match &self.target {
            Target::Template(path) => path.write(number, out),
            Target::Each(paths) => {
                let path = paths.get(self.numbers.any_below(paths.len())).map_or("/", String::as_str);
                out.extend_from_slice(path.as_bytes());
            }
        }
        out.extend_from_slice(b" HTTP/1.1\r\nhost: usher\r\n");
        let token = match &mut self.credential {
            Credential::None => None,
            Credential::Token(token) => Some(token.as_str()),
            Credential::Signer(signer) => Some(signer.sign(number)),
        };
        if let Some(token) = token {
            out.extend_from_slice(b"authorization: Bearer ");
            out.extend_from_slice(token.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        if let Some(content) = &self.content {
            self.body.clear();
            content.write(number, &mut self.body);
            // Writing to memory does not fail.
            let _ =
                write!(out, "content-type: application/json\r\ncontent-length: {}\r\n\r\n", self.body.len());
            out.extend_from_slice(&self.body);
        } else {
            out.extend_from_slice(b"\r\n");
        }
        Ok(())
    }
}

/// The numbers of requests: each once, or any. The order is the same in every run.
struct Numbers {
    next: u64,
    first: u64,
    last: u64,
    any: bool,
    state: u64,
}

impl Numbers {
    fn next(&mut self) -> Result<u64, LoadError> {
        if self.any {
            return Ok(self.first + self.draw() % (self.last - self.first + 1));
        }
        if self.next > self.last {
            return Err(LoadError::Exhausted(self.last));
        }
        self.next += 1;
        Ok(self.next - 1)
    }

    fn any_below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(1).max(1);
        usize::try_from(self.draw() % end).unwrap_or_default()
    }

    /// Knuth's linear congruential generator, of which the upper half is random enough to spread requests.
    fn draw(&mut self) -> u64 {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.state >> 33
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::arguments::{Arguments, Task};

    fn requests(arguments: &[&str]) -> Requests {
        let start = ["usher-loadgen", "drive", "--address", "127.0.0.1:1"];
        let arguments = Arguments::try_parse_from(start.iter().chain(arguments)).unwrap();
        let Task::Drive(drive) = arguments.task else { panic!() };
        Requests::new(drive.what).unwrap()
    }

    fn text(requests: &mut Requests) -> String {
        let mut out = Vec::new();
        requests.render(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_creation_has_a_body_of_its_own() {
        let mut requests =
            requests(&["--path", "/x", "--body", r#"{"a":{n}}"#, "--from", "9", "--token", "t"]);
        text(&mut requests);
        assert_eq!(
            text(&mut requests),
            "POST /x HTTP/1.1\r\nhost: usher\r\nauthorization: Bearer t\r\ncontent-type: application/json\r\n\
             content-length: 8\r\n\r\n{\"a\":10}"
        );
    }

    #[test]
    fn each_number_comes_once() {
        let mut requests = requests(&["--path", "/{n}", "--from", "7", "--to", "7"]);
        assert_eq!(text(&mut requests), "GET /7 HTTP/1.1\r\nhost: usher\r\n\r\n");
        assert!(matches!(requests.render(&mut Vec::new()), Err(LoadError::Exhausted(7))));
    }

    #[test]
    fn any_number_stays_within_its_bounds() {
        let mut numbers = Numbers { next: 0, first: 3, last: 5, any: true, state: 1 };
        let drawn: std::collections::BTreeSet<u64> = (0..100).map(|_| numbers.next().unwrap()).collect();
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [3, 4, 5]);
    }
}
