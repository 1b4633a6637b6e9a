//! What an agent is handed beside its input.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::host::{self, Host};
use crate::tools::CallIds;
use crate::wait::millis;
use crate::{Agents, Artifacts, Events, Failure, Http, Log, Models, People, Session, Tools, Waitable};

/// The invocation, as its agent sees it: who asks, what is left, and everything the host does for it.
///
/// In a component it speaks to the host; in a native test, to a [`FakeHost`](crate::testing::FakeHost).
pub struct Context {
    host: host::Current,
    call_ids: CallIds,
}

impl Context {
    pub(crate) fn new(host: host::Current) -> Self {
        Self { host, call_ids: CallIds::default() }
    }

    /// Who is asking, and which invocation this is.
    pub fn info(&self) -> Info {
        self.host.info()
    }

    /// A value of the agent's manifest; `None` where it has no such key.
    ///
    /// Fails with [`FailureKind::Failed`](crate::FailureKind::Failed) where the value has another shape.
    pub fn config<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Failure> {
        let value = self.host.config(key);
        value.map(|value| decode(value, || format!("the agent's configuration value `{key}`"))).transpose()
    }

    /// The keys of the manifest's configuration, sorted.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use rak::Context;
    /// use rak::testing::FakeHost;
    ///
    /// fn run(cx: &Context, _input: String) -> String {
    ///     cx.config_keys().join(" ")
    /// }
    ///
    /// let host = FakeHost::new().config("tone", "dry").config("style", "short");
    /// assert_eq!(host.run(run, "").answer(), "style tone");
    /// ```
    pub fn config_keys(&self) -> Vec<String> {
        self.host.config_keys()
    }

    /// Whether the invocation is being cancelled. An agent that loops asks now and then, and returns once it is.
    pub fn is_cancelled(&self) -> bool {
        self.host.is_cancelled()
    }

    /// The same as a `?`: fails with [`Failure::cancelled`] once the invocation is being cancelled.
    pub fn check_cancelled(&self) -> Result<(), Failure> {
        if self.is_cancelled() { Err(Failure::cancelled()) } else { Ok(()) }
    }

    /// How much time is left; `None` where there is no deadline.
    pub fn remaining(&self) -> Option<Duration> {
        self.host.remaining_ms().map(Duration::from_millis)
    }

    /// What the client sees.
    pub fn events(&self) -> Events<'_> {
        Events::new(&self.host)
    }

    /// The conversation so far, and the state kept with it.
    pub fn session(&self) -> Session<'_> {
        Session::new(&self.host)
    }

    /// Whoever can be asked, and what the user says while the agent works.
    pub fn people(&self) -> People<'_> {
        People::new(&self.host)
    }

    /// Other agents of this host, and what they answer.
    pub fn agents(&self) -> Agents<'_> {
        Agents::new(&self.host)
    }

    /// What the host lends the agent to act with.
    pub fn tools(&self) -> Tools<'_> {
        Tools::new(&self.host, &self.call_ids)
    }

    /// What the host lends the agent to think with.
    pub fn models(&self) -> Models<'_> {
        Models::new(&self.host)
    }

    /// The web, as far as the agent may go there.
    pub fn http(&self) -> Http<'_> {
        Http::new(&self.host)
    }

    /// Files that outlive the run.
    pub fn artifacts(&self) -> Artifacts<'_> {
        Artifacts::new(&self.host)
    }

    /// What the operator reads.
    pub fn log(&self) -> Log<'_> {
        Log::new(&self.host)
    }

    /// Waits. Returns at once when the invocation is being cancelled, so a loop asks
    /// [`check_cancelled`](Self::check_cancelled) after it.
    pub fn sleep(&self, duration: Duration) {
        self.host.sleep(millis(duration));
    }

    /// Something that is ready after `duration`. Dropping it forgets the timer.
    pub fn timer(&self, duration: Duration) -> Waitable {
        Waitable::new(self.host.timer(millis(duration)))
    }

    /// Waits for the first of them. The indexes of those that are ready, ascending; none after the timeout, when the
    /// invocation is being cancelled, and at once for no waitables and no timeout.
    ///
    /// ```
    /// # extern crate rak_sdk as rak;
    /// use std::time::Duration;
    ///
    /// use rak::Context;
    /// use rak::testing::FakeHost;
    ///
    /// fn run(cx: &Context, _input: String) -> &'static str {
    ///     let (slow, quick) = (cx.timer(Duration::from_secs(9)), cx.timer(Duration::from_secs(1)));
    ///     assert_eq!(cx.wait_any(&[&slow, &quick], None), [1]);
    ///     "quick"
    /// }
    ///
    /// assert_eq!(FakeHost::new().run(run, "").slept, Duration::from_secs(1));
    /// ```
    pub fn wait_any(&self, of: &[&Waitable], timeout: Option<Duration>) -> Vec<usize> {
        let timers: Vec<_> = of.iter().map(|waitable| waitable.timer()).collect();
        self.host.any(&timers, timeout.map(millis))
    }
}

/// Who is asking, and which invocation this is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Info {
    /// This invocation.
    pub invocation_id: String,
    /// The conversation.
    pub session_id: String,
    /// Whose conversation it is.
    pub user_id: String,
    /// The name the agent runs under.
    pub agent: String,
    /// Digest of the component that runs.
    pub agent_version: String,
    /// 1 for the first run; higher after the host resumed the invocation.
    pub attempt: u32,
    /// The invocation that called this one.
    pub parent_id: Option<String>,
    /// The W3C trace context this invocation belongs to.
    pub traceparent: Option<String>,
    /// Anything else the host says.
    pub extra: Option<Value>,
}

/// A value of the agent's own shape; `what` names it where it has another.
pub(crate) fn decode<T: DeserializeOwned>(value: Value, what: impl FnOnce() -> String) -> Result<T, Failure> {
    serde_json::from_value(value)
        .map_err(|error| Failure::failed(format!("{} has another shape: {error}", what())))
}
