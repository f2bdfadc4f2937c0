use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
};

/// The work panicked. The panic message is dropped, because it may quote the mail.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Panicked;

/// Runs the work and turns a panic into an error.
///
/// Otherwise a library that panics on one mail would end the worker, and then the next worker that claims this mail. The
/// caller drops everything that the work used, so broken invariants have no effect.
pub(crate) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| report())
}

/// Like [`catch`], for a future.
pub(crate) async fn catch_async<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    let mut work = pin!(work);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(poll) => poll.map(Ok),
        Err(_) => Poll::Ready(Err(report())),
    })
    .await
}

fn report() -> Panicked {
    tracing::error!("the mailer panicked over a mail");
    Panicked
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::{catch, catch_async};

    #[test]
    fn a_panic_is_an_error() {
        assert!(catch(|| 1).is_ok());
        assert!(catch(|| panic!("on purpose")).is_err());
    }

    #[tokio::test]
    async fn a_panic_after_an_await_is_an_error() {
        assert!(catch_async(ready(1)).await.is_ok());
        let work = async {
            tokio::task::yield_now().await;
            panic!("on purpose")
        };
        assert!(catch_async(work).await.is_err());
    }
}
