//! The conversation so far, and the state kept with it.

use std::time::SystemTime;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::context::decode;
use crate::host::{Current, Host};
use crate::{Content, Failure};

/// The conversation so far, and the state kept with it: `cx.session()`.
///
/// A key begins with `app:` (all users of the agent), `user:` (all sessions of the user), `temp:` (this invocation), or
/// with none of these (this session). A change is stored with the next event that is stored, or with the outcome; what a
/// failed or cancelled run changed after its last stored event is forgotten.
#[derive(Clone, Copy)]
pub struct Session<'cx> {
    host: &'cx Current,
}

impl<'cx> Session<'cx> {
    pub(crate) fn new(host: &'cx Current) -> Self {
        Self { host }
    }

    /// The newest entries before `before` (all of them where it is `None`), oldest first, at most `limit` of them: what
    /// was said before this invocation began.
    pub fn history(&self, before: Option<u64>, limit: u32) -> Result<Page, Failure> {
        self.host.history(before, limit)
    }

    /// The whole history, page by page: the newest page first, and in each page the oldest entry first.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::testing::FakeHost;
    /// use rak::{Context, Failure};
    ///
    /// fn run(cx: &Context, _input: String) -> Result<String, Failure> {
    ///     let mut words = 0;
    ///     for page in cx.session().pages(100) {
    ///         words += page?.entries.iter().map(|e| e.content.text().split_whitespace().count()).sum::<usize>();
    ///     }
    ///     Ok(format!("{words} words so far"))
    /// }
    ///
    /// let host = FakeHost::new().said("user", "one two").said("model", "three");
    /// assert_eq!(host.run(run, "").answer(), "3 words so far");
    /// ```
    pub fn pages(&self, limit: u32) -> Pages<'cx> {
        Pages { session: *self, limit, next: Next::Newest }
    }

    /// The value at `key`; `None` where there is none.
    ///
    /// Fails with [`FailureKind::Failed`](crate::FailureKind::Failed) where the value has another shape; ask for a
    /// [`serde_json::Value`] to look at whatever is there.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Failure> {
        let value = self.host.get(key)?;
        value.map(|value| decode(value, || format!("the state at `{key}`"))).transpose()
    }

    /// Sets the value at `key`. A value that is `null` in JSON removes it.
    pub fn set(&self, key: &str, value: impl Serialize) -> Result<(), Failure> {
        self.host.set(key, &serde_json::to_value(value)?)
    }

    /// Removes the value at `key`, if there is one.
    pub fn remove(&self, key: &str) -> Result<(), Failure> {
        self.host.remove(key)
    }

    /// The keys that begin with `prefix`.
    pub fn keys(&self, prefix: &str) -> Result<Vec<String>, Failure> {
        self.host.keys(prefix)
    }
}

/// Something that was said.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its place in the session.
    pub seq: u64,
    /// `user`, or the name of the agent that said it.
    pub author: String,
    /// What was said.
    pub content: Content,
    /// When it was said.
    pub at: SystemTime,
}

/// A stretch of the history.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Oldest first.
    pub entries: Vec<Entry>,
    /// The `before` of the page before this one; `None` where this is the oldest.
    pub next: Option<u64>,
}

/// The pages of the history, newest first: [`Session::pages`]. It ends after an error.
pub struct Pages<'cx> {
    session: Session<'cx>,
    limit: u32,
    next: Next,
}

/// Which page comes next.
#[derive(Clone, Copy)]
enum Next {
    Newest,
    Before(u64),
    None,
}

impl Iterator for Pages<'_> {
    type Item = Result<Page, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let before = match self.next {
            Next::Newest => None,
            Next::Before(seq) => Some(seq),
            Next::None => return None,
        };
        let page = self.session.history(before, self.limit);
        self.next = match &page {
            Ok(Page { next: Some(seq), .. }) => Next::Before(*seq),
            Ok(Page { next: None, .. }) | Err(_) => Next::None,
        };
        Some(page)
    }
}

impl std::iter::FusedIterator for Pages<'_> {}
