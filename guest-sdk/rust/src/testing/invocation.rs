//! The [`Host`] that a native test has.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use serde_json::Value;

use super::agents::{Agents, FakeChild};
use super::artifacts::Artifacts;
use super::clock::Clock;
use super::http::{FakeExchange, Http};
use super::models::{FakeCompletion, Models};
use super::people::People;
use super::state::State;
use super::test_run::{LogLine, TestRun};
use super::tools::{FakeRunning, Tools};
use crate::host::{Host, Timer};
use crate::{
    AgentOptions, AgentSummary, ArtifactInfo, Blob, Content, Decision, Embeddings, Entry, Event, Failure,
    FunctionCall, FunctionResponse, HttpRequest, HttpResponse, Info, Level, ModelRequest, ModelResponse,
    ModelSummary, Outcome, Page, Reply, Tool, ToolOptions,
};

/// One run under test. Shared with the timers it handed out.
pub(crate) struct Invocation(pub(super) Rc<Inner>);

pub(super) struct Inner {
    pub(super) info: Info,
    pub(super) config: BTreeMap<String, Value>,
    pub(super) history: Vec<Entry>,
    pub(super) clock: Clock,
    pub(super) state: RefCell<State>,
    pub(super) people: People,
    pub(super) agents: Agents,
    pub(super) tools: Tools,
    pub(super) models: Models,
    pub(super) http: Http,
    pub(super) artifacts: RefCell<Artifacts>,
    pub(super) events: RefCell<Vec<Event>>,
    pub(super) logs: RefCell<Vec<LogLine>>,
}

impl Inner {
    /// What the run left behind. A good end stores what was changed; a bad one forgets it.
    pub(super) fn finish(&self, outcome: Result<Outcome, Failure>) -> TestRun {
        if outcome.is_ok() {
            self.state.borrow_mut().store();
        }
        let (state, changes) = self.state.borrow().stored();
        TestRun {
            outcome,
            events: self.events.take(),
            state,
            changes,
            asked: self.people.asked(),
            agent_calls: self.agents.calls(),
            tool_calls: self.tools.calls(),
            model_calls: self.models.calls(),
            embed_calls: self.models.embed_calls(),
            http_calls: self.http.calls(),
            artifacts: self.artifacts.borrow().kept(),
            logs: self.logs.take(),
            slept: Duration::from_millis(self.clock.now_ms()),
        }
    }

    /// What every call that can fail does first.
    pub(super) fn gate(&self) -> Result<(), Failure> {
        self.clock.count_call();
        self.clock.check()
    }

    /// The same for a question, which is an event that is stored.
    fn ask(&self) -> Result<(), Failure> {
        self.gate()?;
        self.state.borrow_mut().store();
        Ok(())
    }

    /// Asks somebody, as a part of a call.
    pub(super) fn approve(
        &self,
        action: &str,
        details: &Value,
        expires_ms: Option<u64>,
    ) -> Result<Decision, Failure> {
        self.state.borrow_mut().store();
        self.people.approve(&self.clock, action, details, expires_ms)
    }
}

impl Host for Invocation {
    type Timer = FakeTimer;
    type Child = FakeChild;
    type Running = FakeRunning;
    type Completion = FakeCompletion;
    type Exchange = FakeExchange;

    fn info(&self) -> Info {
        self.0.clock.count_call();
        self.0.info.clone()
    }

    fn config(&self, key: &str) -> Option<Value> {
        self.0.clock.count_call();
        self.0.config.get(key).cloned()
    }

    fn config_keys(&self) -> Vec<String> {
        self.0.clock.count_call();
        self.0.config.keys().cloned().collect()
    }

    fn is_cancelled(&self) -> bool {
        self.0.clock.count_call();
        self.0.clock.is_cancelled()
    }

    fn remaining_ms(&self) -> Option<u64> {
        self.0.clock.count_call();
        self.0.clock.remaining_ms()
    }

    fn emit(&self, list: Vec<Event>) -> Result<u64, Failure> {
        self.0.gate()?;
        let mut events = self.0.events.borrow_mut();
        if list.iter().any(Event::is_stored) {
            self.0.state.borrow_mut().store();
        }
        events.extend(list);
        let stored = events.iter().filter(|event| event.is_stored()).count();
        Ok(u64::try_from(stored).unwrap_or(u64::MAX))
    }

    fn history(&self, before: Option<u64>, limit: u32) -> Result<Page, Failure> {
        self.0.gate()?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX).max(1);
        let older = |entry: &&Entry| before.is_none_or(|before| entry.seq < before);
        let mut newest_first = self.0.history.iter().rev().filter(older).cloned();
        let mut entries: Vec<_> = newest_first.by_ref().take(limit).collect();
        let next = newest_first.next().and_then(|_| entries.last()).map(|oldest| oldest.seq);
        entries.reverse();
        Ok(Page { entries, next })
    }

    fn get(&self, key: &str) -> Result<Option<Value>, Failure> {
        self.0.gate()?;
        Ok(self.0.state.borrow().get(key))
    }

    fn set(&self, key: &str, value: &Value) -> Result<(), Failure> {
        self.0.gate()?;
        self.0.state.borrow_mut().put(key, Some(value.clone()));
        Ok(())
    }

    fn remove(&self, key: &str) -> Result<(), Failure> {
        self.0.gate()?;
        self.0.state.borrow_mut().put(key, None);
        Ok(())
    }

    fn keys(&self, prefix: &str) -> Result<Vec<String>, Failure> {
        self.0.gate()?;
        Ok(self.0.state.borrow().keys(prefix))
    }

    fn approve(&self, action: &str, details: &Value, expires_ms: Option<u64>) -> Result<Decision, Failure> {
        self.0.gate()?;
        self.0.approve(action, details, expires_ms)
    }

    fn ask(&self, question: &str, schema: &Value, expires_ms: Option<u64>) -> Result<Value, Failure> {
        self.0.ask()?;
        self.0.people.ask(&self.0.clock, question, schema, expires_ms)
    }

    fn next_message(&self, timeout_ms: Option<u64>) -> Result<Option<Content>, Failure> {
        // Nobody is asked for what is there already, or is not waited for.
        let asks = timeout_ms != Some(0) && !self.0.people.has_message();
        if asks { self.0.ask() } else { self.0.gate() }?;
        self.0.people.next_message(&self.0.clock, timeout_ms)
    }

    fn agents(&self) -> Result<Vec<AgentSummary>, Failure> {
        self.0.gate()?;
        Ok(self.0.agents.available())
    }

    fn call_agent(&self, agent: &str, input: Content, options: &AgentOptions) -> Result<Reply, Failure> {
        self.start_agent(agent, input, options)?.end()
    }

    fn start_agent(&self, agent: &str, input: Content, options: &AgentOptions) -> Result<FakeChild, Failure> {
        self.0.gate()?;
        self.0.agents.start(&self.0, agent, input, options)
    }

    fn tools(&self) -> Result<Vec<Tool>, Failure> {
        self.0.gate()?;
        Ok(self.0.tools.available())
    }

    fn call_tool(&self, call: FunctionCall, options: &ToolOptions) -> Result<FunctionResponse, Failure> {
        self.start_tool(call, options)?.end()
    }

    fn call_tools(
        &self,
        calls: Vec<FunctionCall>,
        options: &ToolOptions,
    ) -> Vec<Result<FunctionResponse, Failure>> {
        if let Err(failure) = self.0.gate() {
            return calls.iter().map(|_| Err(failure.clone())).collect();
        }
        // All of them have to be started before the first is waited for.
        let running: Vec<_> =
            calls.into_iter().map(|call| self.0.tools.start(&self.0, call, options)).collect();
        running.into_iter().map(|running| running?.end()).collect()
    }

    fn start_tool(&self, call: FunctionCall, options: &ToolOptions) -> Result<FakeRunning, Failure> {
        self.0.gate()?;
        self.0.tools.start(&self.0, call, options)
    }

    fn models(&self) -> Result<Vec<ModelSummary>, Failure> {
        self.0.gate()?;
        Ok(self.0.models.available())
    }

    fn complete(&self, request: ModelRequest) -> Result<ModelResponse, Failure> {
        self.open_completion(request)?.end()
    }

    fn open_completion(&self, request: ModelRequest) -> Result<FakeCompletion, Failure> {
        self.0.gate()?;
        self.0.models.open(&self.0, request)
    }

    fn embed(&self, model: Option<&str>, texts: Vec<String>) -> Result<Embeddings, Failure> {
        self.0.gate()?;
        self.0.models.embed(model, texts)
    }

    fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, Failure> {
        self.open_exchange(request)?.end()
    }

    fn open_exchange(&self, request: HttpRequest) -> Result<FakeExchange, Failure> {
        self.0.gate()?;
        self.0.http.open(&self.0, request)
    }

    fn save_artifact(&self, name: &str, content: Blob) -> Result<u32, Failure> {
        self.0.gate()?;
        self.0.artifacts.borrow_mut().save(name, content, self.0.clock.now_ms())
    }

    fn load_artifact(&self, name: &str, version: Option<u32>) -> Result<Option<Blob>, Failure> {
        self.0.gate()?;
        self.0.artifacts.borrow().load(name, version)
    }

    fn read_artifact(&self, name: &str, version: u32, offset: u64, max: u32) -> Result<Vec<u8>, Failure> {
        self.0.gate()?;
        self.0.artifacts.borrow().read(name, version, offset, max)
    }

    fn artifacts(&self, prefix: &str) -> Result<Vec<ArtifactInfo>, Failure> {
        self.0.gate()?;
        self.0.artifacts.borrow().available(prefix)
    }

    fn artifact_versions(&self, name: &str) -> Result<Vec<ArtifactInfo>, Failure> {
        self.0.gate()?;
        self.0.artifacts.borrow().versions(name)
    }

    fn remove_artifact(&self, name: &str, version: Option<u32>) -> Result<bool, Failure> {
        self.0.gate()?;
        self.0.artifacts.borrow_mut().remove(name, version)
    }

    fn sleep(&self, ms: u64) {
        self.0.clock.count_call();
        self.0.clock.wait_until(self.0.clock.now_ms().saturating_add(ms));
    }

    fn timer(&self, ms: u64) -> FakeTimer {
        self.0.clock.count_call();
        let at_ms = self.0.clock.now_ms().saturating_add(ms);
        FakeTimer::new(&self.0, Rc::new(Cell::new(at_ms)))
    }

    fn any(&self, of: &[&FakeTimer], timeout_ms: Option<u64>) -> Vec<usize> {
        let clock = &self.0.clock;
        clock.count_call();
        let timeout = timeout_ms.map(|ms| clock.now_ms().saturating_add(ms));
        let first = of.iter().map(|timer| timer.at_ms.get()).chain(timeout).min();
        if let Some(at_ms) = first {
            clock.wait_until(at_ms);
        }
        if clock.is_cancelled() {
            return Vec::new();
        }
        of.iter().enumerate().filter(|(_, timer)| timer.is_due()).map(|(index, _)| index).collect()
    }

    fn log(&self, level: Level, message: &str, fields: &[(&str, &str)]) {
        self.0.clock.count_call();
        let fields = fields.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        self.0.logs.borrow_mut().push(LogLine { level, message: message.into(), fields });
    }
}

/// A point on the fake clock. That of something that was started comes earlier where it is cancelled.
pub(crate) struct FakeTimer {
    at_ms: Rc<Cell<u64>>,
    run: Rc<Inner>,
}

impl FakeTimer {
    pub(super) fn new(run: &Rc<Inner>, at_ms: Rc<Cell<u64>>) -> Self {
        Self { at_ms, run: Rc::clone(run) }
    }

    fn is_due(&self) -> bool {
        self.run.clock.now_ms() >= self.at_ms.get()
    }
}

impl Timer for FakeTimer {
    fn is_ready(&self) -> bool {
        self.run.clock.count_call();
        self.is_due()
    }

    fn wait(&self) {
        self.run.clock.count_call();
        self.run.clock.wait_until(self.at_ms.get());
    }
}
