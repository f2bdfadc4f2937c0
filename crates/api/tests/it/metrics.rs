//! `GET /metrics` and the health checks on the listener for operators.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read as _, Write as _},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use usher_app::telemetry::catalogue::{Kind, METRICS};
use usher_testbed::Database;

use crate::{
    harness::{Backend, Client, Postbox, Process, Setup, invitation_body, on_both_databases},
    processes::token_of_jane,
};

on_both_databases!(what_waits_in_the_database_is_measured);

/// A process and clients of its listeners.
struct Observed {
    process: Process,
    public: Option<Client>,
    admin: Client,
}

impl Observed {
    /// Starts `usher serve` or `usher worker` with a listener for operators. `ready` is the message that names it.
    fn start(setup: Setup, command: &str, ready: &str) -> (Setup, Self) {
        let setup = setup.with("USHER__SERVER__ADMIN_BIND", "127.0.0.1:0");
        let mut process = setup.start_process(command);
        let line = process.line_with(ready);
        let client = |field: &str| Some(Client::new(format!("http://{}", line["fields"][field].as_str()?)));
        let (public, admin) = (client("address"), client("admin").unwrap());
        (setup, Self { process, public, admin })
    }

    fn scrape(&self) -> Scrape {
        let response = self.admin.get("/metrics").expect(200);
        assert_eq!(response.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
        Scrape(response.body)
    }
}

/// Splits a line into the name with its sorted labels, and the value.
fn sample(line: &str) -> (String, &str) {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
    let mut labels: Vec<&str> = labels.strip_suffix('}').unwrap().split(',').collect();
    labels.sort_unstable();
    (format!("{name}{{{}}}", labels.join(",")), value)
}

/// The response to a scrape.
struct Scrape(String);

impl Scrape {
    /// The samples: names with sorted labels, and values.
    fn samples(&self) -> BTreeMap<String, &str> {
        let lines = self.0.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(sample).collect()
    }

    #[track_caller]
    fn value(&self, series: &str) -> &str {
        self.samples().get(series).copied().unwrap_or_else(|| panic!("no {series} in {}", self.0))
    }

    #[track_caller]
    fn number(&self, series: &str) -> f64 {
        self.value(series).parse().unwrap()
    }

    /// The names of the metrics, as `# TYPE` declares them.
    fn names(&self) -> BTreeSet<&str> {
        let types = self.0.lines().filter_map(|line| line.strip_prefix("# TYPE "));
        types.map(|line| line.split(' ').next().unwrap()).collect()
    }
}

/// Sends something that is no request, and waits until the server has closed the connection.
fn send_no_request(client: &Client) {
    let mut stream = TcpStream::connect(client.base().strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(b"no HTTP at all\r\n\r\n").unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn metrics_and_health_have_a_listener_of_their_own() {
    let (_setup, server) = Observed::start(Setup::new(Backend::sqlite()), "serve", "\"serving\"");
    let public = server.public.as_ref().unwrap();
    public.get("/metrics").expect(404);
    server.admin.get("/api/v2/invitations").expect(404);
    for path in ["/health/live", "/health/ready"] {
        public.get(path).expect(200);
        server.admin.get(path).expect(200);
    }
    public.get("/api/v2/invitations").expect(401);
    public.get("/invitations/secret-id").expect(405);
    public.get("/nowhere/at/all").expect(404);
    public.request("POSE".parse().unwrap(), "/nowhere").send().unwrap();

    send_no_request(public);

    let scrape = server.scrape();
    assert_eq!(scrape.value("usher_connection_errors_total{}"), "1");
    let landscape = r#"dialect="landscape",method="GET",route="/api/v2/invitations""#;
    assert_eq!(scrape.value(&format!(r#"usher_http_requests_total{{{landscape},status="401"}}"#)), "1");
    assert_eq!(scrape.value(&format!("usher_http_request_duration_seconds_count{{{landscape}}}")), "1");
    let none = |method| format!(r#"{{dialect="none",method="{method}",route="(none)",status="404"}}"#);
    assert_eq!(scrape.value(&format!("usher_http_requests_total{}", none("GET"))), "2");
    assert_eq!(scrape.value(&format!("usher_http_requests_total{}", none("other"))), "1");
    assert!(
        scrape.0.contains(r#"route="/invitations/{invitation_id}""#),
        "the pattern is the label: {}",
        scrape.0
    );
    assert!(!scrape.0.contains("secret-id"), "{}", scrape.0);
    assert_eq!(scrape.value("usher_defects_total{}"), "0");
    assert_eq!(scrape.value(r#"usher_permits{limiter="units"}"#), "8");
    assert_eq!(scrape.value(r#"usher_permits_in_use{limiter="password_hashing"}"#), "0");
    assert_eq!(scrape.value(r#"usher_batch_requests{operation="invitation.create",state="waiting"}"#), "0");
    assert_eq!(scrape.value("usher_database_connections_max{}"), "8");
    assert_eq!(scrape.value(r#"usher_build_info{version="0.1.0"}"#), "1");
    server.process.terminate();
}

/// Every metric that is shown is in the catalogue with its kind, and described.
#[test]
fn the_catalogue_is_complete() {
    let (_setup, server) = Observed::start(Setup::new(Backend::sqlite()), "serve", "\"serving\"");
    let public = server.public.as_ref().unwrap();
    public.with_token("no.real.token").get("/api/v2/invitations").expect(401);
    let scrape = server.scrape();
    let names = scrape.names();
    let catalogue: BTreeSet<&str> = METRICS.iter().map(|metric| metric.name).collect();
    let unknown: Vec<_> = names.difference(&catalogue).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    for metric in METRICS.iter().filter(|metric| names.contains(metric.name)) {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let (name, meaning) = (metric.name, metric.meaning.trim());
        for line in [format!("# HELP {name} {meaning}\n"), format!("# TYPE {name} {kind}\n")] {
            assert!(scrape.0.contains(&line), "no {line:?} in {}", scrape.0);
        }
    }
    // No wait ran out, and this process has no worker.
    let missing: Vec<_> = catalogue.difference(&names).copied().collect();
    let of_worker =
        ["usher_sweep_last_progress_timestamp_seconds", "usher_worker_last_progress_timestamp_seconds"];
    assert_eq!(missing, [&["usher_overloaded_total"], &of_worker[..]].concat());
    server.process.terminate();
}

fn what_waits_in_the_database_is_measured(backend: Backend) {
    let is_postgres = matches!(backend, Backend::Postgres(_));
    let setup = Setup::new(backend);
    let token = token_of_jane(&setup);
    let (_setup, server) = Observed::start(setup, "serve", "\"serving\"");
    let jane = server.public.as_ref().unwrap().with_token(token);
    for name in ["joe", "ann"] {
        let body = invitation_body("Joe", &format!("{name}@example.com"), &["Auditor"]);
        jane.post("/api/v2/invitations", &body).expect(200);
    }
    let scrape = server.scrape();
    assert_eq!(scrape.value("usher_backlog_read{}"), "1");
    assert_eq!(scrape.value("usher_mail_due{}"), "2");
    assert!(scrape.number("usher_mail_oldest_due_seconds{}") > 0.0);
    assert_eq!(scrape.value("usher_mail_dead{}"), "0");
    assert_eq!(scrape.value("usher_unsettled_changes{}"), if is_postgres { "2" } else { "0" });
    server.process.terminate();
}

#[test]
fn a_worker_shows_its_progress() {
    let postbox = Postbox::secure();
    let setup = Setup::delivering(Backend::sqlite(), &postbox).with("USHER__WORKER__ENABLED", "false");
    let token = token_of_jane(&setup);
    let (server, client) = setup.start_serve();
    let joe = invitation_body("Joe", "joe@example.com", &["Auditor"]);
    client.with_token(token).post("/api/v2/invitations", &joe).expect(200);
    let (_setup, mut worker) = Observed::start(setup, "worker", "delivering mails");
    worker.process.line_with("mail relayed");
    worker.admin.get("/health/ready").expect(200);
    worker.admin.get("/health/live").expect(200);
    let scrape = worker.scrape();
    assert_eq!(scrape.value(r#"usher_deliveries_total{result="relayed"}"#), "1");
    assert_eq!(scrape.value(r#"usher_deliveries_total{result="dead"}"#), "0");
    assert_eq!(scrape.value("usher_mail_due{}"), "0");
    assert!(scrape.number("usher_worker_last_progress_timestamp_seconds{}") > 1_700_000_000.0);
    worker.process.terminate();
    server.terminate();
}

/// Locks the table of mails while `work` runs.
fn while_mails_are_locked(database: &Database, work: impl FnOnce()) {
    const LOCK: &str = "LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(60)";
    const LOCKED: &str = "SELECT count(*) FROM pg_locks WHERE relation = 'delivery'::regclass AND granted \
                          AND mode = 'AccessExclusiveLock'";
    const UNLOCK: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                          WHERE datname = current_database() AND query LIKE 'LOCK TABLE%'";
    thread::scope(|scope| {
        // Fails when the lock is released.
        scope.spawn(|| drop(database.sql(LOCK)));
        let deadline = Instant::now() + Duration::from_secs(30);
        while database.sql(LOCKED).unwrap().trim() != "1" {
            assert!(Instant::now() < deadline, "the table was not locked");
        }
        work();
        database.sql(UNLOCK).unwrap();
    });
}

#[test]
fn a_database_that_does_not_respond_gets_one_unit_for_all_scrapes() {
    const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                           AND wait_event_type = 'Lock'";
    let (setup, server) = Observed::start(Setup::new(Backend::postgres()), "serve", "\"serving\"");
    let Backend::Postgres(database) = &setup.backend else { panic!("only PostgreSQL has locks of tables") };
    while_mails_are_locked(database, || {
        let began = Instant::now();
        for _ in 0..3 {
            let scrape = server.scrape();
            assert_eq!(scrape.value("usher_backlog_read{}"), "0");
            assert_eq!(scrape.value("usher_mail_due{}"), "NaN");
        }
        assert!(began.elapsed() < Duration::from_secs(8), "each scrape waits two seconds at most");
        assert_eq!(database.sql(WAITING).unwrap().trim(), "1");
    });
    server.process.terminate();
}
