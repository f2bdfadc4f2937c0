//! The sections of a few keys: `[invitations]`, `[limits]`, `[landscape]`, `[fastly]`, `[worker]`, `[log]`.

use std::time::Duration;

use tracing_subscriber::EnvFilter;

use crate::settings::{
    Acceptance, Fastly, Invitations, Landscape, Limits, Log, LogFormat, Worker, reader::Reader,
};

/// Ten years: an invitation that should never end.
const MAX_VALIDITY: Duration = Duration::from_hours(10 * 366 * 24);

pub(super) fn invitations(r: &Reader) -> Invitations {
    let words = [("mailbox", Acceptance::Mailbox), ("possession", Acceptance::Possession)];
    Invitations {
        validity: validity(r, "invitations.validity"),
        resend_interval: r
            .duration("invitations.resend_interval", &(Duration::ZERO..=Duration::from_hours(24))),
        acceptance: r.choice("invitations.acceptance", words).unwrap_or(Acceptance::Mailbox),
    }
}

fn validity(r: &Reader, key: &'static str) -> Duration {
    r.duration(key, &(Duration::from_mins(1)..=MAX_VALIDITY))
}

pub(super) fn limits(r: &Reader) -> Limits {
    Limits { writes_per_hour: r.number("limits.writes_per_hour", &(0..=1_000_000_000)) }
}

pub(super) fn fastly(r: &Reader) -> Fastly {
    Fastly { validity: validity(r, "fastly.validity") }
}

pub(super) fn landscape(r: &Reader) -> Landscape {
    Landscape { strict_content_type: r.flag("landscape.strict_content_type") }
}

pub(super) fn worker(r: &Reader) -> Worker {
    Worker {
        enabled: r.flag("worker.enabled"),
        concurrency: r.number("worker.concurrency", &(1..=256)),
        poll_interval: r
            .duration("worker.poll_interval", &(Duration::from_millis(10)..=Duration::from_hours(1))),
    }
}

pub(super) fn log(r: &Reader) -> Log {
    let words = [("text", LogFormat::Text), ("json", LogFormat::Json)];
    let wanted = "a level or directives, such as info or info,usher_api=debug";
    let sound = |text: &str| EnvFilter::builder().parse(text).is_ok().then(|| text.to_owned());
    Log {
        format: r.choice("log.format", words).unwrap_or(LogFormat::Text),
        filter: r.parsed("log.filter", wanted, sound).unwrap_or_default(),
    }
}
