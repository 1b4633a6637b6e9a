//! `agents`: other agents, each in an invocation of its own.

use std::sync::Arc;
use std::time::Duration;

use rak_core::{
    AppName, ChildOptions, ChildReply, ChildRequest, Content, Failure, FailureKind, InvocationId, Role,
    RunHost, SessionId,
};
use sha2::{Digest as _, Sha256};
use wasmtime::component::Resource;

use crate::bindings::agents::{Host, HostChild, Options, Reply, Summary};
use crate::bindings::common;
use crate::capabilities::wait::Waitable;
use crate::capabilities::{answer, is_of_the_run};
use crate::convert;
use crate::gate::{Cost, Refusal};
use crate::state::GuestState;
use crate::timeline::Call;

/// A child, as the guest holds it.
#[derive(Debug)]
#[expect(unreachable_pub, reason = "the generated module re-exports it")]
pub struct Child {
    pub(crate) id: InvocationId,
    pub(crate) agent: AppName,
    detached: bool,
    /// How it ended, where the guest asked already.
    ended: Option<Result<ChildReply, Failure>>,
}

impl Host for GuestState {
    async fn available(&mut self) -> wasmtime::Result<Result<Vec<Summary>, common::Failure>> {
        let agents = self.host().and_then(|host| {
            let callable = || {
                let agents = host.agents().into_iter();
                Ok(agents.filter(|agent| self.gate.grants_agent(&agent.name)).collect::<Vec<_>>())
            };
            self.gate.answer_now(Call::new("agents.available", "", &()), Cost::default(), callable)
        });
        answer(agents.map(|agents| agents.into_iter().map(convert::summary_to_wit).collect()))
    }

    async fn call(
        &mut self,
        agent: String,
        input: common::Content,
        options: Options,
    ) -> wasmtime::Result<Result<Reply, common::Failure>> {
        let reply = match self.begin(agent, input, &options).await {
            Ok(child) => self.end_of(child.id, &child.agent).await,
            Err(refusal) => Err(refusal),
        };
        answer(reply.map(convert::reply_to_wit))
    }

    async fn start(
        &mut self,
        agent: String,
        input: common::Content,
        options: Options,
    ) -> wasmtime::Result<Result<Resource<Child>, common::Failure>> {
        let child = self.begin(agent, input, &options).await;
        match child {
            Ok(child) => Ok(Ok(self.table.push(child)?)),
            Err(refusal) => answer(Err(refusal)),
        }
    }
}

impl HostChild for GuestState {
    async fn invocation_id(&mut self, this: Resource<Child>) -> wasmtime::Result<String> {
        self.gate.count()?;
        Ok(self.table.get(&this)?.id.to_string())
    }

    async fn finish(&mut self, this: Resource<Child>) -> wasmtime::Result<Result<Reply, common::Failure>> {
        let Child { id, agent, ended, .. } = self.table.get(&this)?;
        let (id, agent) = (*id, agent.clone());
        if let Some(ended) = ended.clone() {
            self.gate.count()?;
            return answer(ended.map(convert::reply_to_wit).map_err(Refusal::from));
        }
        let end = self.end_of(id, &agent).await;
        let ended = match &end {
            Ok(reply) => Some(Ok(reply.clone())),
            // The call was refused, and the child may live.
            Err(Refusal::Failure(failure)) if is_of_the_run(failure) => None,
            Err(Refusal::Failure(failure)) => Some(Err(failure.clone())),
            Err(Refusal::Stop(_)) => None,
        };
        self.table.get_mut(&this)?.ended = ended;
        answer(end.map(convert::reply_to_wit))
    }

    async fn cancel(&mut self, this: Resource<Child>) -> wasmtime::Result<()> {
        self.gate.count()?;
        let id = self.table.get(&this)?.id;
        if let Some(host) = &self.host {
            host.cancel_child(id);
        }
        Ok(())
    }

    async fn subscribe(&mut self, this: Resource<Child>) -> wasmtime::Result<Resource<Waitable>> {
        self.gate.count()?;
        let id = self.table.get(&this)?.id;
        Ok(self.table.push(Waitable::Child(id))?)
    }

    async fn drop(&mut self, this: Resource<Child>) -> wasmtime::Result<()> {
        let child = self.table.delete(this)?;
        if let Some(host) = &self.host
            && !child.detached
            && child.ended.is_none()
        {
            host.cancel_child(child.id);
        }
        Ok(())
    }
}

impl GuestState {
    async fn begin(
        &mut self,
        agent: String,
        input: common::Content,
        options: &Options,
    ) -> Result<Child, Refusal> {
        let what = format!("{agent:?}");
        let asked = self.asked_for(&agent, input, options);
        let (agent, input, options) = match asked {
            Ok(asked) => asked,
            Err(failure) => {
                self.gate.admit(Cost::default())?;
                return Err(failure.into());
            }
        };
        self.start_child("agents.start", what, agent, input, options).await
    }

    /// Starts a child of this run.
    pub(crate) async fn start_child(
        &mut self,
        name: &'static str,
        what: String,
        agent: AppName,
        input: Content,
        options: ChildOptions,
    ) -> Result<Child, Refusal> {
        let host = self.host()?;
        self.children += 1;
        let told = serde_json::to_vec(&input).unwrap_or_default();
        let ChildOptions { session, timeout, relay, detached } = &options;
        let options_told = (session, timeout.map(|time| time.as_millis()), relay, detached);
        let call = Call::new(name, what, &(&agent, Sha256::digest(told).as_slice(), options_told));
        let detached = *detached;
        let request = ChildRequest { number: self.children, agent: agent.clone(), input, options };
        let id = self.gate.start_child(call, host.as_ref(), request).await?;
        Ok(Child { id, agent, detached, ended: None })
    }

    fn asked_for(
        &self,
        agent: &str,
        input: common::Content,
        options: &Options,
    ) -> Result<(AppName, Content, ChildOptions), Failure> {
        let invalid =
            |what: &str, error| Failure::new(FailureKind::InvalidArgument, format!("{what}: {error}"));
        let name = AppName::new(agent).map_err(|error| invalid("the agent to call", error))?;
        if !self.gate.grants_agent(&name) {
            let message = format!(
                "the agent may not call {name:?}: its agent.toml does not name it in `agents` of [grants]"
            );
            return Err(Failure::new(FailureKind::Denied, message));
        }
        let mut input = convert::content_from_wit(input)?;
        // Whoever calls speaks as its client does, also with what a model said.
        if input.role != Role::FUNCTION {
            input.role = Role::USER.into();
        }
        let session = options.session.as_ref().map(SessionId::new).transpose();
        let options = ChildOptions {
            session: session.map_err(|error| invalid("the child's session", error))?,
            timeout: options.timeout_ms.map(Duration::from_millis),
            relay: options.relay_events,
            detached: options.detached,
        };
        Ok((name, input, options))
    }

    /// Waits for the end of a child.
    pub(crate) async fn end_of(
        &mut self,
        child: InvocationId,
        agent: &AppName,
    ) -> Result<ChildReply, Refusal> {
        let host = self.host()?;
        let call = Call::new("agents.finish", format!("{agent:?}"), &child);
        self.gate.finish_child(call, &host, child).await
    }
}

/// Returns when a child is over. Until then the run does not stand in the way of others.
pub(crate) async fn over(host: &Arc<dyn RunHost>, child: InvocationId) {
    if !host.is_child_over(child) {
        let _way = host.give_way();
        host.child_over(child).await;
    }
}
