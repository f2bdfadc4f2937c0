use std::{fs, time::Duration};

use crate::error::{IoContext as _, LoadError};

/// Processor time of this process. The process has one thread, so the first number of Linux's `schedstat`, in
/// nanoseconds, is the total.
pub(crate) fn used() -> Result<Duration, LoadError> {
    let text = fs::read_to_string("/proc/self/schedstat").context("reading the processor time")?;
    let nanoseconds = text.split(' ').next().and_then(|number| number.parse().ok());
    Ok(Duration::from_nanos(nanoseconds.ok_or(LoadError::Unparsable("the processor time"))?))
}
