use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    arguments::WalkArguments,
    error::{Attempt as _, LoadError},
    latencies::Latencies,
};

/// Reads a list page by page, as a client does that knows nothing but `next`.
pub(crate) fn run(arguments: &WalkArguments) -> Result<Value, LoadError> {
    let mut stream = TcpStream::connect(arguments.address).attempt("connecting")?;
    stream.set_nodelay(true).attempt("setting a connection up")?;
    stream.set_read_timeout(Some(Duration::from_mins(2))).attempt("setting a connection up")?;
    let mut walk = Walk::default();
    let mut next = Some(arguments.path.clone());
    while let Some(path) = next {
        let begun = Instant::now();
        let body = get(&mut stream, &path, &arguments.token)?;
        walk.times.push(begun.elapsed());
        next = walk.read(&body)?;
        walk.paths.push(path);
    }
    if let Some(file) = &arguments.links {
        fs::write(file, walk.paths.join("\n")).attempt("writing the links")?;
    }
    Ok(walk.report())
}

fn get(stream: &mut TcpStream, path: &str, token: &str) -> Result<Vec<u8>, LoadError> {
    let request = format!("GET {path} HTTP/1.1\r\nhost: usher\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).attempt("sending a request")?;
    let mut answer = Answer::default();
    let mut buffer = [0; 1 << 14];
    loop {
        let count = stream.read(&mut buffer).attempt("reading an answer")?;
        if count == 0 {
            return Err(LoadError::Closed);
        }
        if answer.take(buffer.get(..count).unwrap_or_default())? {
            break;
        }
    }
    if answer.status == 200 {
        return Ok(answer.body);
    }
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    Err(LoadError::Refused { status: answer.status, body })
}

#[derive(Default)]
struct Walk {
    paths: Vec<String>,
    times: Vec<Duration>,
    items: u32,
    last_id: i64,
}

impl Walk {
    /// Checks a page of Landscape's list; the path of the next one.
    fn read(&mut self, body: &[u8]) -> Result<Option<String>, LoadError> {
        let wrong = |what: &str| LoadError::List(format!("page {}: {what}", self.paths.len() + 1));
        let page: Value = serde_json::from_slice(body).map_err(|error| wrong(&error.to_string()))?;
        let results = page.get("results").and_then(Value::as_array).ok_or_else(|| wrong("no results"))?;
        let mut last_id = self.last_id;
        for item in results {
            let id = item.get("id").and_then(Value::as_i64).ok_or_else(|| wrong("no id"))?;
            if id <= last_id {
                return Err(wrong("ids do not ascend: something came twice, or in another order"));
            }
            last_id = id;
        }
        let next = page.get("next").and_then(Value::as_str).map(path_of);
        self.last_id = last_id;
        self.items += u32::try_from(results.len()).unwrap_or(u32::MAX);
        Ok(next)
    }

    /// Page times of the first, the middle and the last tenth, in microseconds.
    fn report(&self) -> Value {
        let tenth = (self.times.len() / 10).max(1);
        let median = |from: usize| {
            let mut part = Latencies::default();
            self.times.iter().skip(from).take(tenth).for_each(|time| part.add(*time));
            let [median] = part.quantiles([500]);
            median
        };
        json!({
            "pages": self.times.len(),
            "items": self.items,
            "first_tenth_us": median(0),
            "middle_tenth_us": median((self.times.len() - tenth.min(self.times.len())) / 2),
            "last_tenth_us": median(self.times.len() - tenth.min(self.times.len())),
        })
    }
}

/// Path and query of an absolute link.
fn path_of(link: &str) -> String {
    let behind_scheme = link.split_once("://").map_or(link, |(_, rest)| rest);
    behind_scheme.find('/').and_then(|start| behind_scheme.get(start..)).unwrap_or("/").to_owned()
}
