use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    arguments::WalkArguments,
    error::{IoContext as _, LoadError},
    latencies::Latencies,
    response::HttpResponse,
};

/// Reads a list page by page, following only the `next` links.
pub(crate) fn run(arguments: &WalkArguments) -> Result<Value, LoadError> {
    let mut stream = TcpStream::connect(arguments.address).context("connecting")?;
    stream.set_nodelay(true).context("setting up a connection")?;
    stream.set_read_timeout(Some(Duration::from_mins(2))).context("setting up a connection")?;
    let mut walk = Walk::default();
    let mut next = Some(arguments.path.clone());
    while let Some(path) = next {
        let started = Instant::now();
        let body = get(&mut stream, &path, &arguments.token)?;
        walk.times.push(started.elapsed());
        next = walk.check_page(&body)?;
        walk.paths.push(path);
    }
    if let Some(file) = &arguments.links {
        fs::write(file, walk.paths.join("\n")).context("writing the links")?;
    }
    Ok(walk.report())
}

fn get(stream: &mut TcpStream, path: &str, token: &str) -> Result<Vec<u8>, LoadError> {
    let request = format!("GET {path} HTTP/1.1\r\nhost: usher\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).context("sending a request")?;
    let mut response = HttpResponse::default();
    let mut buffer = [0; 1 << 14];
    loop {
        let count = stream.read(&mut buffer).context("reading a response")?;
        if count == 0 {
            return Err(LoadError::Closed);
        }
        if response.parse(buffer.get(..count).unwrap_or_default())? {
            break;
        }
    }
    if response.status == 200 {
        return Ok(response.body);
    }
    let body = String::from_utf8_lossy(&response.body).into_owned();
    Err(LoadError::UnexpectedStatus { status: response.status, body })
}

#[derive(Default)]
struct Walk {
    paths: Vec<String>,
    times: Vec<Duration>,
    items: u32,
    last_id: i64,
}

impl Walk {
    /// Checks a page of Landscape's list and returns the path of the next page.
    fn check_page(&mut self, body: &[u8]) -> Result<Option<String>, LoadError> {
        let invalid = |what: &str| LoadError::List(format!("page {}: {what}", self.paths.len() + 1));
        let page: Value = serde_json::from_slice(body).map_err(|error| invalid(&error.to_string()))?;
        let results =
            page.get("results").and_then(Value::as_array).ok_or_else(|| invalid("no member `results`"))?;
        let mut last_id = self.last_id;
        for item in results {
            let id = item
                .get("id")
                .and_then(Value::as_i64)
                .ok_or_else(|| invalid("an invitation without an id"))?;
            if id <= last_id {
                return Err(invalid("ids do not ascend: an invitation came twice or out of order"));
            }
            last_id = id;
        }
        let next = page.get("next").and_then(Value::as_str).map(path_of);
        self.last_id = last_id;
        self.items += u32::try_from(results.len()).unwrap_or(u32::MAX);
        Ok(next)
    }

    /// The median time of a page in the first, middle and last tenth, in microseconds.
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

/// The path and query of an absolute URL.
fn path_of(link: &str) -> String {
    let after_scheme = link.split_once("://").map_or(link, |(_, rest)| rest);
    after_scheme.find('/').and_then(|start| after_scheme.get(start..)).unwrap_or("/").to_owned()
}
