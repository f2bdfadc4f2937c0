use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token};
use serde_json::{Value, json};

use crate::{
    arguments::DriveArguments,
    connection::Connection,
    cpu,
    error::{IoContext as _, LoadError},
    latencies::Latencies,
    requests::RequestSource,
};

/// Longer than any response may take.
const TIMEOUT: Duration = Duration::from_mins(2);

/// How many octets of the first response body the report shows.
const SAMPLE: usize = 2_000;

/// Keeps one request under way on each connection until the time is over or all requests are sent.
pub(crate) fn run(arguments: Box<DriveArguments>) -> Result<Value, LoadError> {
    let mut requests = RequestSource::new(arguments.requests)?;
    let poll = Poll::new().context("creating an epoll")?;
    let mut connections = Vec::new();
    for index in 0..arguments.connections {
        let mut connection = Connection::open(arguments.address)?;
        poll.registry()
            .register(&mut connection.stream, Token(index), Interest::READABLE)
            .context("registering a connection")?;
        connections.push(connection);
    }
    // The loop starts here: setting up the connections is not measured.
    let cpu_before = cpu::used()?;
    let started = Instant::now() + Duration::from_secs_f64(arguments.warmup);
    let mut run = LoadRun {
        started,
        ends: arguments.seconds.map(|seconds| started + Duration::from_secs_f64(seconds)),
        to_send: arguments.count.unwrap_or(u64::MAX),
        total: 0,
        octets: 0,
        latencies: Latencies::default(),
        sample: String::new(),
        request: Vec::new(),
    };
    run.drive(poll, &mut connections, &mut requests)?;
    let ended = run.ends.unwrap_or_else(Instant::now);
    let cpu = cpu::used()?.saturating_sub(cpu_before);
    Ok(run.report(ended - started, cpu))
}

struct LoadRun {
    /// The end of the warm-up.
    started: Instant,
    ends: Option<Instant>,
    to_send: u64,
    /// Responses, including those of the warm-up and those after the end.
    total: u32,
    octets: u64,
    /// The latencies within the measured time.
    latencies: Latencies,
    sample: String,
    request: Vec<u8>,
}

impl LoadRun {
    fn drive(
        &mut self,
        mut poll: Poll,
        connections: &mut [Connection],
        requests: &mut RequestSource,
    ) -> Result<(), LoadError> {
        let mut under_way = 0_usize;
        for connection in &mut *connections {
            under_way += usize::from(self.send_next(connection, requests, Instant::now())?);
        }
        let mut buffer = vec![0; 1 << 16];
        let mut events = Events::with_capacity(1024);
        while under_way > 0 {
            match poll.poll(&mut events, Some(TIMEOUT)) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                outcome => outcome.context("waiting for responses")?,
            }
            if events.is_empty() {
                return Err(LoadError::TimedOut(TIMEOUT.as_secs()));
            }
            for event in &events {
                let Some(connection) = connections.get_mut(event.token().0) else { continue };
                if connection.receive(&mut buffer)? {
                    let now = Instant::now();
                    self.record(connection, now)?;
                    under_way -= usize::from(!self.send_next(connection, requests, now)?);
                }
            }
        }
        Ok(())
    }

    /// Sends one more request. Returns false when the run is over.
    fn send_next(
        &mut self,
        connection: &mut Connection,
        requests: &mut RequestSource,
        now: Instant,
    ) -> Result<bool, LoadError> {
        if self.to_send == 0 || self.ends.is_some_and(|ends| now >= ends) {
            return Ok(false);
        }
        self.to_send -= 1;
        requests.render(&mut self.request)?;
        connection.send(&self.request)?;
        Ok(true)
    }

    fn record(&mut self, connection: &Connection, now: Instant) -> Result<(), LoadError> {
        let body = connection.body_of_200()?;
        if self.total == 0 {
            self.sample = String::from_utf8_lossy(body.get(..SAMPLE).unwrap_or(body)).into_owned();
        }
        self.total += 1;
        if now >= self.started && self.ends.is_none_or(|ends| now < ends) {
            self.latencies.add(now - connection.sent_at);
            self.octets += u64::try_from(body.len()).unwrap_or_default();
        }
        Ok(())
    }

    fn report(mut self, time: Duration, cpu: Duration) -> Value {
        let measured = self.latencies.count();
        let count = f64::from(u32::try_from(measured).unwrap_or(u32::MAX));
        let [p50, p90, p99, max] = self.latencies.quantiles([500, 900, 990, 1000]);
        json!({
            "total": self.total,
            "measured": measured,
            "seconds": time.as_secs_f64(),
            "rate": count / time.as_secs_f64(),
            "p50_us": p50,
            "p90_us": p90,
            "p99_us": p99,
            "max_us": max,
            "octets": self.octets,
            "client_cpu_us": cpu.as_secs_f64() * 1e6 / f64::from(self.total.max(1)),
            "sample": self.sample,
        })
    }
}
