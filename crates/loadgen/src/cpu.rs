use std::{fs, time::Duration};

use crate::error::{Attempt as _, LoadError};

/// The processor time of this process, which has one thread: the first number of Linux' `schedstat`, in nanoseconds.
pub(crate) fn used() -> Result<Duration, LoadError> {
    let text = fs::read_to_string("/proc/self/schedstat").attempt("reading the processor time")?;
    let nanoseconds = text.split(' ').next().and_then(|number| number.parse().ok());
    Ok(Duration::from_nanos(nanoseconds.ok_or(LoadError::Unreadable("the processor time"))?))
}
