//! The [`Host`] that a component has: its imports.

use serde_json::Value;

use super::bindings::rak::agent::{
    agents, artifacts, context, events, http, log, models, people, session, tools, wait,
};
use super::convert::{json, value};
use crate::host::{Child, Host, Receiving, Started, Timer, Writing};
use crate::{
    AgentOptions, AgentSummary, ArtifactInfo, Blob, Content, Decision, Embeddings, Event, Failure,
    FunctionCall, FunctionResponse, HttpHead, HttpRequest, HttpResponse, Info, Level, ModelDelta,
    ModelRequest, ModelResponse, ModelSummary, Page, Reply, Tool, ToolOptions,
};

/// The imports of the component. It holds nothing: each function is one import.
#[derive(Clone, Copy)]
pub(crate) struct Imports;

impl Host for Imports {
    type Timer = wait::Waitable;
    type Child = agents::Child;
    type Running = tools::Running;
    type Completion = models::Completion;
    type Exchange = http::Exchange;

    fn info(&self) -> Info {
        context::get().into()
    }

    fn config(&self, key: &str) -> Option<Value> {
        context::config(key).map(value)
    }

    fn config_keys(&self) -> Vec<String> {
        context::config_keys()
    }

    fn is_cancelled(&self) -> bool {
        context::is_cancelled()
    }

    fn remaining_ms(&self) -> Option<u64> {
        context::remaining_ms()
    }

    fn emit(&self, list: Vec<Event>) -> Result<u64, Failure> {
        let list: Vec<events::Event> = list.into_iter().map(Into::into).collect();
        Ok(events::emit(&list)?)
    }

    fn history(&self, before: Option<u64>, limit: u32) -> Result<Page, Failure> {
        Ok(session::history(before, limit)?.into())
    }

    fn get(&self, key: &str) -> Result<Option<Value>, Failure> {
        Ok(session::get(key)?.map(value))
    }

    fn set(&self, key: &str, value: &Value) -> Result<(), Failure> {
        Ok(session::set(key, &json(value))?)
    }

    fn remove(&self, key: &str) -> Result<(), Failure> {
        Ok(session::remove(key)?)
    }

    fn keys(&self, prefix: &str) -> Result<Vec<String>, Failure> {
        Ok(session::keys(prefix)?)
    }

    fn approve(&self, action: &str, details: &Value, expires_ms: Option<u64>) -> Result<Decision, Failure> {
        Ok(people::approve(action, &json(details), expires_ms)?.into())
    }

    fn ask(&self, question: &str, schema: &Value, expires_ms: Option<u64>) -> Result<Value, Failure> {
        Ok(value(people::ask(question, &json(schema), expires_ms)?))
    }

    fn next_message(&self, timeout_ms: Option<u64>) -> Result<Option<Content>, Failure> {
        Ok(people::next_message(timeout_ms)?.map(Into::into))
    }

    fn agents(&self) -> Result<Vec<AgentSummary>, Failure> {
        Ok(agents::available()?.into_iter().map(Into::into).collect())
    }

    fn call_agent(&self, agent: &str, input: Content, options: &AgentOptions) -> Result<Reply, Failure> {
        Ok(agents::call(agent, &input.into(), &options.into())?.into())
    }

    fn start_agent(
        &self,
        agent: &str,
        input: Content,
        options: &AgentOptions,
    ) -> Result<agents::Child, Failure> {
        Ok(agents::start(agent, &input.into(), &options.into())?)
    }

    fn tools(&self) -> Result<Vec<Tool>, Failure> {
        Ok(tools::available()?.into_iter().map(Into::into).collect())
    }

    fn call_tool(&self, call: FunctionCall, options: &ToolOptions) -> Result<FunctionResponse, Failure> {
        Ok(tools::call(&call.into(), &options.into())?.into())
    }

    fn call_tools(
        &self,
        calls: Vec<FunctionCall>,
        options: &ToolOptions,
    ) -> Vec<Result<FunctionResponse, Failure>> {
        let calls: Vec<_> = calls.into_iter().map(Into::into).collect();
        let answers = tools::call_all(&calls, &options.into());
        answers.into_iter().map(|answer| Ok(answer?.into())).collect()
    }

    fn start_tool(&self, call: FunctionCall, options: &ToolOptions) -> Result<tools::Running, Failure> {
        Ok(tools::start(&call.into(), &options.into())?)
    }

    fn models(&self) -> Result<Vec<ModelSummary>, Failure> {
        Ok(models::available()?.into_iter().map(Into::into).collect())
    }

    fn complete(&self, request: ModelRequest) -> Result<ModelResponse, Failure> {
        Ok(models::complete(&request.into())?.into())
    }

    fn open_completion(&self, request: ModelRequest) -> Result<models::Completion, Failure> {
        Ok(models::open(&request.into())?)
    }

    fn embed(&self, model: Option<&str>, texts: Vec<String>) -> Result<Embeddings, Failure> {
        Ok(models::embed(model, &texts)?.into())
    }

    fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, Failure> {
        let http::Response { head, body } = http::fetch(&request.into())?;
        Ok(HttpResponse::new(head.into(), body))
    }

    fn open_exchange(&self, request: HttpRequest) -> Result<http::Exchange, Failure> {
        Ok(http::open(&request.into())?)
    }

    fn save_artifact(&self, name: &str, content: Blob) -> Result<u32, Failure> {
        Ok(artifacts::save(name, &content.into())?)
    }

    fn load_artifact(&self, name: &str, version: Option<u32>) -> Result<Option<Blob>, Failure> {
        Ok(artifacts::load(name, version)?.map(Into::into))
    }

    fn read_artifact(&self, name: &str, version: u32, offset: u64, max: u32) -> Result<Vec<u8>, Failure> {
        Ok(artifacts::read(name, version, offset, max)?)
    }

    fn artifacts(&self, prefix: &str) -> Result<Vec<ArtifactInfo>, Failure> {
        Ok(artifacts::available(prefix)?.into_iter().map(Into::into).collect())
    }

    fn artifact_versions(&self, name: &str) -> Result<Vec<ArtifactInfo>, Failure> {
        Ok(artifacts::versions(name)?.into_iter().map(Into::into).collect())
    }

    fn remove_artifact(&self, name: &str, version: Option<u32>) -> Result<bool, Failure> {
        Ok(artifacts::remove(name, version)?)
    }

    fn sleep(&self, ms: u64) {
        wait::sleep(ms);
    }

    fn timer(&self, ms: u64) -> wait::Waitable {
        wait::timer(ms)
    }

    fn any(&self, of: &[&wait::Waitable], timeout_ms: Option<u64>) -> Vec<usize> {
        // `usize` is 32 bits here, so an index always fits.
        wait::any(of, timeout_ms).into_iter().filter_map(|index| usize::try_from(index).ok()).collect()
    }

    fn log(&self, level: Level, message: &str, fields: &[(&str, &str)]) {
        let fields: Vec<_> = fields.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        log::write(level.into(), message, &fields);
    }
}

impl Timer for wait::Waitable {
    fn is_ready(&self) -> bool {
        self.ready()
    }

    fn wait(&self) {
        self.block();
    }
}

impl Started for agents::Child {
    type Timer = wait::Waitable;
    type Answer = Reply;

    fn wait(&self) -> Result<Reply, Failure> {
        Ok(self.finish()?.into())
    }

    fn stop(&self) {
        self.cancel();
    }

    fn timer(&self) -> wait::Waitable {
        self.subscribe()
    }
}

impl Child for agents::Child {
    fn id(&self) -> String {
        self.invocation_id()
    }
}

impl Started for tools::Running {
    type Timer = wait::Waitable;
    type Answer = FunctionResponse;

    fn wait(&self) -> Result<FunctionResponse, Failure> {
        Ok(self.finish()?.into())
    }

    fn stop(&self) {
        self.cancel();
    }

    fn timer(&self) -> wait::Waitable {
        self.subscribe()
    }
}

impl Started for models::Completion {
    type Timer = wait::Waitable;
    type Answer = ModelResponse;

    fn wait(&self) -> Result<ModelResponse, Failure> {
        Ok(self.finish()?.into())
    }

    fn stop(&self) {
        self.cancel();
    }

    fn timer(&self) -> wait::Waitable {
        self.subscribe()
    }
}

impl Writing for models::Completion {
    fn read(&self) -> Result<Vec<ModelDelta>, Failure> {
        Ok(self.next()?.into_iter().map(Into::into).collect())
    }
}

impl Started for http::Exchange {
    type Timer = wait::Waitable;
    type Answer = HttpHead;

    fn wait(&self) -> Result<HttpHead, Failure> {
        Ok(self.head()?.into())
    }

    fn stop(&self) {
        self.cancel();
    }

    fn timer(&self) -> wait::Waitable {
        self.subscribe()
    }
}

impl Receiving for http::Exchange {
    fn receive(&self, max: u32) -> Result<Vec<u8>, Failure> {
        Ok(self.read(max)?)
    }
}
