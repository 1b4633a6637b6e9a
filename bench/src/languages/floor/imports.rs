//! The contract, answered with nothing.

use wasmtime::component::Resource;
use wasmtime::{Result, bail};

use super::State;
use generated::rak::agent::{
    agents, artifacts, common, context, events, http, log, models, people, session, tools, wait,
};

#[allow(unreachable_pub, clippy::pedantic, clippy::indexing_slicing, missing_docs, reason = "generated code")]
mod generated {
    wasmtime::component::bindgen!({
        path: "../wit",
        world: "agent",
        imports: {
            "rak:agent/events": async | trappable,
            default: trappable,
        },
        exports: { default: async },
        require_store_data_send: true,
    });
}

pub(super) use generated::rak::agent::common::{Content, Part};
pub(super) use generated::{Agent, AgentPre};

impl common::Host for State {}

impl events::Host for State {
    async fn emit(&mut self, _events: Vec<events::Event>) -> Result<Result<u64, common::Failure>> {
        self.emissions += 1;
        if !self.answers {
            std::future::pending::<()>().await;
        }
        Ok(Ok(0))
    }
}

impl context::Host for State {
    fn get(&mut self) -> Result<context::Info> {
        Ok(context::Info {
            invocation_id: String::new(),
            session_id: String::new(),
            user_id: String::new(),
            agent: String::new(),
            agent_version: String::new(),
            attempt: 1,
            parent_id: None,
            traceparent: None,
            extra: None,
        })
    }

    fn config(&mut self, _key: String) -> Result<Option<String>> {
        Ok(None)
    }

    fn config_keys(&mut self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn is_cancelled(&mut self) -> Result<bool> {
        Ok(false)
    }

    fn remaining_ms(&mut self) -> Result<Option<u64>> {
        Ok(None)
    }
}

impl log::Host for State {
    fn write(&mut self, _: log::Level, _: String, _: Vec<(String, String)>) -> Result<()> {
        Ok(())
    }
}

impl session::Host for State {
    fn history(&mut self, _: Option<u64>, _: u32) -> Result<Result<session::Page, common::Failure>> {
        Ok(Ok(session::Page { entries: Vec::new(), next: None }))
    }

    fn get(&mut self, _key: String) -> Result<Result<Option<String>, common::Failure>> {
        Ok(Ok(None))
    }

    fn set(&mut self, _key: String, _value: String) -> Result<Result<(), common::Failure>> {
        Ok(Ok(()))
    }

    fn remove(&mut self, _key: String) -> Result<Result<(), common::Failure>> {
        Ok(Ok(()))
    }

    fn keys(&mut self, _prefix: String) -> Result<Result<Vec<String>, common::Failure>> {
        Ok(Ok(Vec::new()))
    }
}

/// Why the agents that are measured have nobody to ask.
const NOBODY: &str = "the floor has no people";

impl people::Host for State {
    fn approve(
        &mut self,
        _action: String,
        _details: String,
        _expires_in_ms: Option<u64>,
    ) -> Result<Result<people::Decision, common::Failure>> {
        bail!(NOBODY)
    }

    fn ask(
        &mut self,
        _question: String,
        _schema: String,
        _expires_in_ms: Option<u64>,
    ) -> Result<Result<String, common::Failure>> {
        bail!(NOBODY)
    }

    fn next_message(&mut self, _: Option<u64>) -> Result<Result<Option<common::Content>, common::Failure>> {
        bail!(NOBODY)
    }
}

/// Why the agents that are measured have nobody to call.
const ALONE: &str = "the floor has no other agents and no tools";

impl agents::Host for State {
    fn available(&mut self) -> Result<Result<Vec<agents::Summary>, common::Failure>> {
        bail!(ALONE)
    }

    fn call(
        &mut self,
        _agent: String,
        _input: common::Content,
        _options: agents::Options,
    ) -> Result<Result<agents::Reply, common::Failure>> {
        bail!(ALONE)
    }

    fn start(
        &mut self,
        _agent: String,
        _input: common::Content,
        _options: agents::Options,
    ) -> Result<Result<Resource<agents::Child>, common::Failure>> {
        bail!(ALONE)
    }
}

impl agents::HostChild for State {
    fn invocation_id(&mut self, _: Resource<agents::Child>) -> Result<String> {
        bail!(ALONE)
    }

    fn finish(&mut self, _: Resource<agents::Child>) -> Result<Result<agents::Reply, common::Failure>> {
        bail!(ALONE)
    }

    fn cancel(&mut self, _: Resource<agents::Child>) -> Result<()> {
        bail!(ALONE)
    }

    fn subscribe(&mut self, _: Resource<agents::Child>) -> Result<Resource<wait::Waitable>> {
        bail!(ALONE)
    }

    fn drop(&mut self, _: Resource<agents::Child>) -> Result<()> {
        Ok(())
    }
}

impl tools::Host for State {
    fn available(&mut self) -> Result<Result<Vec<tools::Tool>, common::Failure>> {
        bail!(ALONE)
    }

    fn call(
        &mut self,
        _call: common::FunctionCall,
        _options: tools::CallOptions,
    ) -> Result<Result<common::FunctionResponse, common::Failure>> {
        bail!(ALONE)
    }

    fn call_all(
        &mut self,
        _calls: Vec<common::FunctionCall>,
        _options: tools::CallOptions,
    ) -> Result<Vec<Result<common::FunctionResponse, common::Failure>>> {
        bail!(ALONE)
    }

    fn start(
        &mut self,
        _call: common::FunctionCall,
        _options: tools::CallOptions,
    ) -> Result<Result<Resource<tools::Running>, common::Failure>> {
        bail!(ALONE)
    }
}

impl tools::HostRunning for State {
    fn finish(
        &mut self,
        _: Resource<tools::Running>,
    ) -> Result<Result<common::FunctionResponse, common::Failure>> {
        bail!(ALONE)
    }

    fn cancel(&mut self, _: Resource<tools::Running>) -> Result<()> {
        bail!(ALONE)
    }

    fn subscribe(&mut self, _: Resource<tools::Running>) -> Result<Resource<wait::Waitable>> {
        bail!(ALONE)
    }

    fn drop(&mut self, _: Resource<tools::Running>) -> Result<()> {
        Ok(())
    }
}

impl models::Host for State {
    fn available(&mut self) -> Result<Result<Vec<models::Summary>, common::Failure>> {
        bail!(ALONE)
    }

    fn complete(&mut self, _request: models::Request) -> Result<Result<models::Response, common::Failure>> {
        bail!(ALONE)
    }

    fn open(
        &mut self,
        _request: models::Request,
    ) -> Result<Result<Resource<models::Completion>, common::Failure>> {
        bail!(ALONE)
    }

    fn embed(
        &mut self,
        _model: Option<String>,
        _texts: Vec<String>,
    ) -> Result<Result<models::Embeddings, common::Failure>> {
        bail!(ALONE)
    }
}

impl models::HostCompletion for State {
    fn next(
        &mut self,
        _: Resource<models::Completion>,
    ) -> Result<Result<Vec<models::Delta>, common::Failure>> {
        bail!(ALONE)
    }

    fn finish(
        &mut self,
        _: Resource<models::Completion>,
    ) -> Result<Result<models::Response, common::Failure>> {
        bail!(ALONE)
    }

    fn cancel(&mut self, _: Resource<models::Completion>) -> Result<()> {
        bail!(ALONE)
    }

    fn subscribe(&mut self, _: Resource<models::Completion>) -> Result<Resource<wait::Waitable>> {
        bail!(ALONE)
    }

    fn drop(&mut self, _: Resource<models::Completion>) -> Result<()> {
        Ok(())
    }
}

impl http::Host for State {
    fn fetch(&mut self, _request: http::Request) -> Result<Result<http::Response, common::Failure>> {
        bail!(ALONE)
    }

    fn open(&mut self, _request: http::Request) -> Result<Result<Resource<http::Exchange>, common::Failure>> {
        bail!(ALONE)
    }
}

impl http::HostExchange for State {
    fn head(&mut self, _: Resource<http::Exchange>) -> Result<Result<http::Head, common::Failure>> {
        bail!(ALONE)
    }

    fn read(&mut self, _: Resource<http::Exchange>, _max: u32) -> Result<Result<Vec<u8>, common::Failure>> {
        bail!(ALONE)
    }

    fn cancel(&mut self, _: Resource<http::Exchange>) -> Result<()> {
        bail!(ALONE)
    }

    fn subscribe(&mut self, _: Resource<http::Exchange>) -> Result<Resource<wait::Waitable>> {
        bail!(ALONE)
    }

    fn drop(&mut self, _: Resource<http::Exchange>) -> Result<()> {
        Ok(())
    }
}

impl artifacts::Host for State {
    fn save(&mut self, _name: String, _content: common::Blob) -> Result<Result<u32, common::Failure>> {
        bail!(ALONE)
    }

    fn load(
        &mut self,
        _name: String,
        _version: Option<u32>,
    ) -> Result<Result<Option<common::Blob>, common::Failure>> {
        bail!(ALONE)
    }

    fn read(
        &mut self,
        _name: String,
        _version: u32,
        _offset: u64,
        _max: u32,
    ) -> Result<Result<Vec<u8>, common::Failure>> {
        bail!(ALONE)
    }

    fn available(&mut self, _prefix: String) -> Result<Result<Vec<artifacts::Info>, common::Failure>> {
        bail!(ALONE)
    }

    fn versions(&mut self, _name: String) -> Result<Result<Vec<artifacts::Info>, common::Failure>> {
        bail!(ALONE)
    }

    fn remove(&mut self, _name: String, _version: Option<u32>) -> Result<Result<bool, common::Failure>> {
        bail!(ALONE)
    }
}

/// Why the agents that are measured have nothing to wait for.
const NO_WAITING: &str = "the floor has no clock";

impl wait::Host for State {
    fn any(&mut self, _: Vec<Resource<wait::Waitable>>, _: Option<u64>) -> Result<Vec<u32>> {
        bail!(NO_WAITING)
    }

    fn sleep(&mut self, _ms: u64) -> Result<()> {
        bail!(NO_WAITING)
    }

    fn timer(&mut self, _ms: u64) -> Result<Resource<wait::Waitable>> {
        bail!(NO_WAITING)
    }
}

impl wait::HostWaitable for State {
    fn ready(&mut self, _: Resource<wait::Waitable>) -> Result<bool> {
        bail!(NO_WAITING)
    }

    fn block(&mut self, _: Resource<wait::Waitable>) -> Result<()> {
        bail!(NO_WAITING)
    }

    fn drop(&mut self, _: Resource<wait::Waitable>) -> Result<()> {
        bail!(NO_WAITING)
    }
}
