//! An answer that is being written.

use std::cell::{OnceCell, RefCell};
use std::collections::VecDeque;

use super::{ModelDelta, ModelResponse};
use crate::host::{Current, Host, Started, Writing};
use crate::{Failure, Waitable};

/// An answer that is being written: [`Models::open`](crate::Models::open). Dropping it gives it up.
///
/// A model's answer lives as long as its host: where that ended while the model wrote, the rest is lost, with a failure that
/// [is interrupted](Failure::is_interrupted), and the model may be asked again.
///
/// ```
/// # extern crate rak_sdk as rak;
/// use rak::testing::FakeHost;
/// use rak::{Context, Failure, ModelDelta};
///
/// /// Shows the answer in capitals while it is written.
/// fn run(cx: &Context, question: String) -> Result<String, Failure> {
///     let completion = cx.models().open(question)?;
///     for delta in completion.deltas() {
///         if let ModelDelta::Text(text) = delta? {
///             cx.events().text_delta(text.to_uppercase())?;
///         }
///     }
///     Ok(completion.finish()?.text().to_uppercase())
/// }
///
/// let run = FakeHost::new().model("small", |_| "It is late.").run(run, "What time is it?");
/// assert_eq!(run.text_deltas().collect::<Vec<_>>(), ["IT ", "IS ", "LATE."]);
/// assert_eq!(run.answer(), "IT IS LATE.");
/// ```
#[must_use = "dropping it gives it up"]
pub struct Completion {
    // Declared first, so that it is given up before what it belongs to.
    waitable: OnceCell<Waitable>,
    writing: <Current as Host>::Completion,
    /// What was read and not given yet.
    unread: RefCell<VecDeque<ModelDelta>>,
}

impl Completion {
    pub(super) fn new(writing: <Current as Host>::Completion) -> Self {
        Self { waitable: OnceCell::new(), writing, unread: RefCell::default() }
    }

    /// What the model writes, piece by piece, until the end. Each step waits for a piece where there is none; after a failure
    /// there are no more.
    pub fn deltas(&self) -> impl Iterator<Item = Result<ModelDelta, Failure>> {
        let mut over = false;
        std::iter::from_fn(move || {
            if over {
                return None;
            }
            let delta = self.next_delta().transpose();
            over = !matches!(delta, Some(Ok(_)));
            delta
        })
    }

    /// All that was written since the last time, waiting for it where there is nothing new; empty at the end. It is for who waits
    /// for several things by their [waitables](Self::waitable), and does not want to wait here.
    pub fn read(&self) -> Result<Vec<ModelDelta>, Failure> {
        let unread = self.unread.take();
        if unread.is_empty() { self.writing.read() } else { Ok(unread.into()) }
    }

    fn next_delta(&self) -> Result<Option<ModelDelta>, Failure> {
        // The borrow must be over before `read` puts something there.
        let unread = self.unread.borrow_mut().pop_front();
        if unread.is_some() {
            return Ok(unread);
        }
        let mut new = VecDeque::from(self.writing.read()?);
        let first = new.pop_front();
        *self.unread.borrow_mut() = new;
        Ok(first)
    }

    /// Waits for the whole answer, as [`Models::complete`](crate::Models::complete) does. The same again for who asks again.
    pub fn finish(&self) -> Result<ModelResponse, Failure> {
        self.writing.wait()
    }

    /// Gives it up; nothing where it is over.
    pub fn cancel(&self) {
        self.writing.stop();
    }

    /// Ready when there is something new to [read](Self::read), or the end, for
    /// [`Context::wait_any`](crate::Context::wait_any).
    pub fn waitable(&self) -> &Waitable {
        self.waitable.get_or_init(|| Waitable::new(self.writing.timer()))
    }
}
