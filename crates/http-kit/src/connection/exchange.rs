use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    task::{Context, Waker},
};

/// What the bytes that a client sends next belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Expected {
    /// The head of a request.
    #[default]
    Head,
    /// The body of the request in progress.
    Body,
    /// A later request. It waits until the request in progress has its response.
    Nothing,
    /// The rest of a body that was not read. The server discards it and closes the connection.
    Remains,
}

/// The state of a connection. Its stream and the request in progress share it.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    expected: Cell<Expected>,
    heads: Cell<u64>,
    reader: RefCell<Option<Waker>>,
}

impl Exchange {
    pub(super) fn expected(&self) -> Expected {
        self.expected.get()
    }

    /// The number of complete heads.
    pub(super) fn heads(&self) -> u64 {
        self.heads.get()
    }

    /// Wakes the reader of the stream when the request in progress ends, or with [`Exchange::wake`].
    pub(super) fn wait(&self, context: &Context<'_>) {
        let mut reader = self.reader.borrow_mut();
        match reader.as_mut() {
            Some(waker) => waker.clone_from(context.waker()),
            None => *reader = Some(context.waker().clone()),
        }
    }

    pub(super) fn wake(&self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }
}

/// A request in progress. The request ends when this is dropped.
#[derive(Debug)]
pub(super) struct InProgress(Rc<Exchange>);

impl InProgress {
    pub(super) fn begin(exchange: &Rc<Exchange>, has_body: bool) -> Self {
        exchange.heads.set(exchange.heads.get() + 1);
        exchange.expected.set(if has_body { Expected::Body } else { Expected::Nothing });
        Self(Rc::clone(exchange))
    }

    /// The body was read to its end.
    pub(super) fn body_arrived(&self) {
        self.0.expected.set(Expected::Nothing);
    }

    /// The response ends before the body has arrived.
    pub(super) fn body_remains(&self) {
        self.0.expected.set(Expected::Remains);
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        let remains = self.0.expected() == Expected::Remains;
        self.0.expected.set(if remains { Expected::Remains } else { Expected::Head });
        self.0.wake();
    }
}
