use std::time::Duration;

use chrono::TimeDelta;

use super::StartError;

/// Converts a duration of the settings. More than a century is an error, because dates end in the year 262143. `key` names the
/// setting in the error.
pub(crate) fn time_delta(duration: Duration, key: &'static str) -> Result<TimeDelta, StartError> {
    let century = TimeDelta::days(36_525);
    TimeDelta::from_std(duration).ok().filter(|delta| *delta <= century).ok_or(StartError::Duration(key))
}
