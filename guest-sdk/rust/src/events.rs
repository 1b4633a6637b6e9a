//! What the client sees, in order.

use serde_json::Value;

use crate::host::{Current, Host};
use crate::{Content, Custom, Failure};

/// One thing the client sees.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A finished piece of the conversation: stored, then sent.
    Content(Content),
    /// Text still being written: sent, not stored.
    TextDelta(String),
    /// A thought still being thought: sent, not stored.
    ThoughtDelta(String),
    /// How far the work is: sent, and the newest one kept with the invocation's status.
    Progress(Progress),
    /// Anything the client and the agent agree on: stored, then sent.
    Other(Custom),
}

impl Event {
    /// Whether it is stored, and with it the state changed so far.
    pub fn is_stored(&self) -> bool {
        matches!(self, Self::Content(_) | Self::Other(_))
    }
}

/// How far the work is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// What is being done, for a person.
    pub message: String,
    /// How much of it is done, in the agent's own unit.
    pub done: Option<u64>,
    /// How much there is, in the same unit.
    pub total: Option<u64>,
}

impl Progress {
    /// Something that is being done.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// How much of how much is done.
    #[must_use]
    pub fn at(mut self, done: u64, total: u64) -> Self {
        self.done = Some(done);
        self.total = Some(total);
        self
    }
}

impl From<Content> for Event {
    fn from(content: Content) -> Self {
        Self::Content(content)
    }
}

impl From<Progress> for Event {
    fn from(progress: Progress) -> Self {
        Self::Progress(progress)
    }
}

impl From<Custom> for Event {
    fn from(custom: Custom) -> Self {
        Self::Other(custom)
    }
}

/// Sends events to the client: `cx.events()`.
///
/// Every call can fail: with [`Failure::cancelled`] once the invocation is being cancelled, or because a limit is
/// reached. `?` is the right answer to both.
#[derive(Clone, Copy)]
pub struct Events<'cx> {
    host: &'cx Current,
}

impl<'cx> Events<'cx> {
    pub(crate) fn new(host: &'cx Current) -> Self {
        Self { host }
    }

    /// Sends all of them or none. Returns the sequence number of this invocation's newest stored event.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::FakeHost;
    /// use rak::{Content, Context, Event, Failure, Progress};
    ///
    /// fn run(cx: &Context, _input: String) -> Result<(), Failure> {
    ///     cx.events().emit([Content::model("half").into(), Progress::new("working").at(1, 2).into()])?;
    ///     Ok(())
    /// }
    ///
    /// assert_eq!(FakeHost::new().run(run, "").events.len(), 2);
    /// ```
    pub fn emit(&self, events: impl IntoIterator<Item = Event>) -> Result<u64, Failure> {
        self.host.emit(events.into_iter().collect())
    }

    /// Text still being written. A client shows it at once; the finished content follows.
    pub fn text_delta(&self, text: impl Into<String>) -> Result<(), Failure> {
        self.one(Event::TextDelta(text.into())).map(drop)
    }

    /// A thought still being thought.
    pub fn thought_delta(&self, text: impl Into<String>) -> Result<(), Failure> {
        self.one(Event::ThoughtDelta(text.into())).map(drop)
    }

    /// A finished piece of the conversation. Returns its sequence number.
    pub fn content(&self, content: Content) -> Result<u64, Failure> {
        self.one(Event::Content(content))
    }

    /// How far the work is.
    pub fn progress(&self, progress: Progress) -> Result<(), Failure> {
        self.one(Event::Progress(progress)).map(drop)
    }

    /// Anything the client and the agent agree on. Returns its sequence number.
    pub fn other(&self, name: impl Into<String>, value: impl Into<Value>) -> Result<u64, Failure> {
        self.one(Event::Other(Custom::new(name, value)))
    }

    fn one(self, event: Event) -> Result<u64, Failure> {
        self.host.emit(vec![event])
    }
}
