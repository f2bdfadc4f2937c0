use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

/// A deadline that can be set again. Only a deadline that is waited for costs a timer.
#[derive(Debug, Default)]
pub(super) struct Timer {
    deadline: Option<Instant>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Timer {
    pub(super) fn start(&mut self, timeout: Duration) {
        self.deadline = Some(Instant::now() + timeout);
    }

    pub(super) const fn stop(&mut self) {
        self.deadline = None;
    }

    pub(super) const fn is_running(&self) -> bool {
        self.deadline.is_some()
    }

    /// Is ready when the deadline has passed, and pending without a deadline.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(deadline) = self.deadline else { return Poll::Pending };
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() != deadline {
            sleep.as_mut().reset(deadline);
        }
        sleep.as_mut().poll(context)
    }
}
