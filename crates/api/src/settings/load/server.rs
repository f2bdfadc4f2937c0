//! `[server]`

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use url::Url;
use usher_auth::is_loopback;

use super::Mode;
use crate::settings::{Server, reader::Reader};

const BIND: &str = "server.bind";
const PUBLIC_URL: &str = "server.public_url";

pub(super) fn read(r: &Reader, mode: Mode) -> Server {
    Server {
        bind: bind(r, mode),
        public_url: public_url(r, mode),
        threads: match r.number("server.threads", &(0..=1024)) {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        },
        body_timeout: r.duration("server.body_timeout", &(Duration::from_secs(1)..=Duration::from_mins(10))),
        shutdown_timeout: r.duration("server.shutdown_timeout", &(Duration::ZERO..=Duration::from_mins(10))),
        continue_url: r.url("server.continue_url", &["http", "https"]),
    }
}

fn bind(r: &Reader, mode: Mode) -> SocketAddr {
    let wanted = "an IP address and a port, such as 127.0.0.1:8080 or [::]:8080";
    let bind = r.parsed(BIND, wanted, |text| text.parse().ok());
    let bind: SocketAddr = bind.unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 0).into());
    if mode == Mode::Development && !bind.ip().to_canonical().is_loopback() {
        r.refuse(
            BIND,
            "must be a loopback address in development mode: `usher serve` is for everything else",
        );
    }
    bind
}

fn public_url(r: &Reader, mode: Mode) -> Option<Url> {
    let url = r.url(PUBLIC_URL, &["https", "http"]);
    let insecure = r.flag("server.insecure_public_url");
    if mode == Mode::Production && !r.has(PUBLIC_URL) {
        r.refuse(
            PUBLIC_URL,
            "is missing: write where people reach this service, such as https://invitations.example.com; links in \
             mails begin with it",
        );
    }
    let url = url?;
    if url.scheme() == "http" && !is_loopback(&url) && !insecure {
        r.refuse(
            PUBLIC_URL,
            "must begin with https://, because links and passwords travel there (server.insecure_public_url = true \
             allows http all the same)",
        );
    }
    if url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty()
        || url.password().is_some()
    {
        r.refuse(PUBLIC_URL, "must end after the host or a path: no user, ? or #");
    }
    Some(url)
}
