use std::{fs, io::Write as _};

use crate::{
    arguments::RequestArguments,
    error::{IoContext as _, LoadError},
    template::Template,
    token::Signer,
};

/// The paths of the requests.
enum RequestPaths {
    Template(Template),
    /// A random path for each request.
    RandomOf(Vec<String>),
}

/// The credential of the requests.
enum RequestCredential {
    None,
    Token(String),
    Signer(Box<Signer>),
}

/// Renders one request after another.
pub(crate) struct RequestSource {
    paths: RequestPaths,
    credential: RequestCredential,
    content: Option<Template>,
    numbers: NumberSequence,
    body: Vec<u8>,
}

impl RequestSource {
    pub(crate) fn new(arguments: RequestArguments) -> Result<Self, LoadError> {
        let paths = match (arguments.path, arguments.paths) {
            (_, Some(file)) => {
                let text = fs::read_to_string(file).context("reading the paths")?;
                RequestPaths::RandomOf(text.lines().map(str::to_owned).collect())
            }
            (Some(path), None) => RequestPaths::Template(path),
            (None, None) => return Err(LoadError::List("no path was given".to_owned())),
        };
        let credential = match (arguments.secret, arguments.subject, arguments.token) {
            (Some(secret), Some(subject), _) => {
                RequestCredential::Signer(Box::new(Signer::new(&secret, subject)))
            }
            (_, _, Some(token)) => RequestCredential::Token(token),
            _ => RequestCredential::None,
        };
        let numbers = NumberSequence {
            next: arguments.from,
            first: arguments.from,
            last: arguments.to,
            any: arguments.any,
            state: 1,
        };
        Ok(Self { paths, credential, content: arguments.body, numbers, body: Vec::new() })
    }

    /// Replaces the content of `out` with the next request.
    pub(crate) fn render(&mut self, out: &mut Vec<u8>) -> Result<(), LoadError> {
        let number = self.numbers.next()?;
        out.clear();
        out.extend_from_slice(if self.content.is_some() { b"POST " } else { b"GET " });
        match &self.paths {
            RequestPaths::Template(path) => path.write(number, out),
            RequestPaths::RandomOf(paths) => {
                let path = paths.get(self.numbers.random_below(paths.len())).map_or("/", String::as_str);
                out.extend_from_slice(path.as_bytes());
            }
        }
        out.extend_from_slice(b" HTTP/1.1\r\nhost: usher\r\n");
        let token = match &mut self.credential {
            RequestCredential::None => None,
            RequestCredential::Token(token) => Some(token.as_str()),
            RequestCredential::Signer(signer) => Some(signer.sign(number)),
        };
        if let Some(token) = token {
            out.extend_from_slice(b"authorization: Bearer ");
            out.extend_from_slice(token.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        if let Some(content) = &self.content {
            self.body.clear();
            content.write(number, &mut self.body);
            // Writing to a vector does not fail.
            let _ =
                write!(out, "content-type: application/json\r\ncontent-length: {}\r\n\r\n", self.body.len());
            out.extend_from_slice(&self.body);
        } else {
            out.extend_from_slice(b"\r\n");
        }
        Ok(())
    }
}

/// The numbers of the requests: each number once, or random numbers. The sequence is the same in every run.
struct NumberSequence {
    next: u64,
    first: u64,
    last: u64,
    any: bool,
    state: u64,
}

impl NumberSequence {
    fn next(&mut self) -> Result<u64, LoadError> {
        if self.any {
            return Ok(self.first + self.next_random() % (self.last - self.first + 1));
        }
        if self.next > self.last {
            return Err(LoadError::Exhausted(self.last));
        }
        self.next += 1;
        Ok(self.next - 1)
    }

    fn random_below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(1).max(1);
        usize::try_from(self.next_random() % end).unwrap_or_default()
    }

    /// Knuth's linear congruential generator. Its upper half is random enough to spread requests.
    fn next_random(&mut self) -> u64 {
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

    fn requests(arguments: &[&str]) -> RequestSource {
        let start = ["usher-loadgen", "drive", "--address", "127.0.0.1:1"];
        let arguments = Arguments::try_parse_from(start.iter().chain(arguments)).unwrap();
        let Task::Drive(drive) = arguments.task else { panic!() };
        RequestSource::new(drive.requests).unwrap()
    }

    fn text(requests: &mut RequestSource) -> String {
        let mut out = Vec::new();
        requests.render(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_request_has_its_number_in_the_body() {
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
    fn each_number_is_used_once() {
        let mut requests = requests(&["--path", "/{n}", "--from", "7", "--to", "7"]);
        assert_eq!(text(&mut requests), "GET /7 HTTP/1.1\r\nhost: usher\r\n\r\n");
        assert!(matches!(requests.render(&mut Vec::new()), Err(LoadError::Exhausted(7))));
    }

    #[test]
    fn random_numbers_stay_within_their_bounds() {
        let mut numbers = NumberSequence { next: 0, first: 3, last: 5, any: true, state: 1 };
        let drawn: std::collections::BTreeSet<u64> = (0..100).map(|_| numbers.next().unwrap()).collect();
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [3, 4, 5]);
    }
}
