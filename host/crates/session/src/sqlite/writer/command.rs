//! What is asked of the writing thread.

use rak_core::StoreError;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::WriteTransaction;
use crate::sqlite::fault::{Fault, unavailable};

/// What the thread receives.
pub(super) enum Message {
    Write(Queued),
    /// Finish what is queued, and end.
    Close,
}

/// A command and its share of the queue.
pub(super) struct Queued {
    pub(super) command: Box<dyn Command>,
    pub(super) _room: OwnedSemaphorePermit,
}

/// What became of a command within its transaction.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It did its work.
    Done,
    /// It is not to be done; what it wrote is to be taken back.
    Refused,
    /// The database could not do it, or it panicked; the same, if the database can do that.
    Broken(StoreError),
}

/// Something that writes, and somebody who waits for it.
pub(super) trait Command: Send {
    /// Writes within the open transaction; once more where that was taken back.
    fn run(&mut self, transaction: &mut WriteTransaction<'_>) -> Outcome;

    /// Tells who waits: the command's own answer where the transaction was committed, the error where it was not.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// An operation with its answer's way back.
pub(super) struct Call<T, F> {
    operation: F,
    result: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Call<T, F> {
    pub(super) fn new(operation: F, reply: oneshot::Sender<Result<T, StoreError>>) -> Self {
        Self { operation, result: None, reply }
    }
}

impl<T, F> Command for Call<T, F>
where
    T: Send,
    F: FnMut(&mut WriteTransaction<'_>) -> Result<T, Fault> + Send,
{
    fn run(&mut self, transaction: &mut WriteTransaction<'_>) -> Outcome {
        let (outcome, result) = match (self.operation)(transaction) {
            Ok(answer) => (Outcome::Done, Ok(answer)),
            Err(Fault::Refused(error)) => (Outcome::Refused, Err(error)),
            Err(Fault::Database(error)) => {
                let error = unavailable(&error);
                (Outcome::Broken(error.clone()), Err(error))
            }
        };
        self.result = Some(result);
        outcome
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let Self { result, reply, .. } = *self;
        let result = committed.and_then(|()| result.unwrap_or_else(|| Err(panicked())));
        // Who does not wait any more does not want to know.
        let _ = reply.send(result);
    }
}

/// What a command without a result came to.
pub(super) fn panicked() -> StoreError {
    StoreError::unavailable("the command panicked in the store; the log says where")
}
