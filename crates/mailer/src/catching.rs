use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
};

/// Something panicked. Its message is not kept: it may quote the mail.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Panicked;

/// Runs the work; a panic in it becomes an error.
///
/// A library that panics over one mail would otherwise take the worker with it, and the mail would come back to the
/// next worker. Nothing of the work is used again after a panic, so broken invariants cannot matter.
pub(crate) fn catching<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| report())
}

/// The same for work that waits.
pub(crate) async fn catching_async<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    let mut work = pin!(work);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(poll) => poll.map(Ok),
        Err(_) => Poll::Ready(Err(report())),
    })
    .await
}

fn report() -> Panicked {
    tracing::error!("a panic was caught in the mailer");
    Panicked
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::{catching, catching_async};

    #[test]
    fn a_panic_is_an_error() {
        assert!(catching(|| 1).is_ok());
        assert!(catching(|| panic!("on purpose")).is_err());
    }

    #[tokio::test]
    async fn a_panic_after_a_pause_is_an_error() {
        assert!(catching_async(ready(1)).await.is_ok());
        let work = async {
            tokio::task::yield_now().await;
            panic!("on purpose")
        };
        assert!(catching_async(work).await.is_err());
    }
}
