use std::time::Duration;

use chrono::TimeDelta;
use usher_domain::port::store::ClockReading;

use super::check::Check;
use crate::{
    compose::{Deployment, StartError, time_delta},
    settings::Settings,
    system::SystemClock,
};

/// Checks that the database can be opened, has all tables, and has the same time as this machine.
pub(super) fn check_database(settings: &Settings, checks: &mut Vec<Check>) {
    let deployment = match Deployment::open(settings) {
        Ok(deployment) => deployment,
        Err(error) => {
            checks.push(Check::new("database", Err(error.to_string())));
            return;
        }
    };
    checks.push(Check::new("database", Ok("can be opened".to_owned())));
    let migrations = migrations(&deployment);
    let has_all_tables = migrations.is_ok();
    checks.push(Check::new("migrations", migrations));
    if has_all_tables {
        checks.push(Check::new("clock", clock(&deployment, settings.auth.leeway)));
    }
}

fn migrations(deployment: &Deployment) -> Result<String, String> {
    match deployment.pending() {
        Ok(0) => Ok("all are applied".to_owned()),
        Ok(pending) => Err(StartError::Pending(pending).to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// Checks that the database accepts writes, and compares the clocks.
fn clock(deployment: &Deployment, leeway: Duration) -> Result<String, String> {
    let reading = deployment.check(&SystemClock).map_err(|error| error.to_string())?;
    compare(reading, leeway)
}

fn compare(database: ClockReading, leeway: Duration) -> Result<String, String> {
    let off = database.ahead.abs();
    if off <= database.uncertainty {
        return Ok("the same as the database's".to_owned());
    }
    let direction = if database.ahead > TimeDelta::zero() { "behind" } else { "ahead of" };
    let text = format!(
        "this machine is {}.{:03} s {direction} the database",
        off.num_seconds(),
        off.subsec_nanos() / 1_000_000
    );
    match time_delta(leeway, "auth.leeway") {
        Ok(leeway) if off <= leeway => Ok(text),
        _ => Err(format!("{text}: synchronize both clocks, such as with NTP")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_may_differ_by_the_leeway() {
        let compare = |seconds| {
            let reading =
                ClockReading { ahead: TimeDelta::seconds(seconds), uncertainty: TimeDelta::seconds(1) };
            compare(reading, Duration::from_secs(30))
        };
        assert_eq!(compare(1), Ok("the same as the database's".to_owned()));
        assert_eq!(compare(-30), Ok("this machine is 30.000 s ahead of the database".to_owned()));
        assert_eq!(compare(30), Ok("this machine is 30.000 s behind the database".to_owned()));
        for seconds in [-31, 31] {
            assert!(compare(seconds).unwrap_err().contains("synchronize both clocks"));
        }
    }
}
