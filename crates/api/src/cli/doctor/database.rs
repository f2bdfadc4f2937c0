use std::time::Duration;

use usher_domain::{Timestamp, port::Clock as _};

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
    checks.push(Check::new("migrations", migrations(&deployment)));
    checks.push(Check::new("clock", clock(&deployment, settings.auth.leeway)));
}

fn migrations(deployment: &Deployment) -> Result<String, String> {
    match deployment.pending() {
        Ok(0) => Ok("all are applied".to_owned()),
        Ok(pending) => Err(StartError::Pending(pending).to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// Compares the clocks. The request to the database takes time, so its clock is compared with the moments before and
/// after.
fn clock(deployment: &Deployment, leeway: Duration) -> Result<String, String> {
    let before = SystemClock.now();
    match deployment.database_time() {
        Ok(Some(database)) => compare(before, database, SystemClock.now(), leeway),
        Ok(None) => Ok("SQLite uses the clock of this machine".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn compare(
    before: Timestamp,
    database: Timestamp,
    after: Timestamp,
    leeway: Duration,
) -> Result<String, String> {
    let off = if database < before {
        before - database
    } else if database > after {
        database - after
    } else {
        return Ok("the same as the database's".to_owned());
    };
    let direction = if database < before { "ahead of" } else { "behind" };
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
        let at = |seconds: i64| Timestamp::from_timestamp(1_000_000 + seconds, 0).unwrap();
        let compare = |database| compare(at(0), at(database), at(2), Duration::from_secs(30));
        assert_eq!(compare(1), Ok("the same as the database's".to_owned()));
        assert_eq!(compare(-30), Ok("this machine is 30.000 s ahead of the database".to_owned()));
        assert_eq!(compare(32), Ok("this machine is 30.000 s behind the database".to_owned()));
        for database in [-31, 33] {
            assert!(compare(database).unwrap_err().contains("synchronize both clocks"));
        }
    }
}
