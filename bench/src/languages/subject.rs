//! What is measured: an agent as the host runs it.

use std::sync::Arc;

use anyhow::{Context as _, ensure};
use futures::future::join_all;
use rak_core::{Agent as _, AgentRun, AppName, Content, RunHost as _};
use rak_wasm::{AgentSettings, ComponentAgent, EngineSettings, Limits, Loader, WasmEngine};

use super::quiet::Quiet;
use super::{ANSWER, INPUT, LIVE};
use crate::measure;

/// A loaded agent.
pub(super) struct Subject {
    agent: Arc<ComponentAgent>,
    name: AppName,
}

impl Subject {
    pub(super) async fn new(settings: EngineSettings, component: Vec<u8>) -> anyhow::Result<Self> {
        let engine = WasmEngine::new(settings)?;
        let loader = Loader::new(engine.clone(), None, Limits::default());
        let name: AppName = "greeter".parse().ok().context("an agent has a name")?;
        let loaded = loader.load_bytes(&name, component).await?;
        let agent = ComponentAgent::new(&engine, name.clone(), loaded, AgentSettings::default());
        Ok(Self { agent: Arc::new(agent), name })
    }

    /// One fresh run.
    pub(super) async fn run(&self) -> anyhow::Result<()> {
        let host = Quiet::new(&self.name, true)?;
        let (result, _) = self.agent.run(run(&host)).await;
        let content = result?.content.context("there is no answer")?;
        ensure!(content == Content::new_model_text(ANSWER), "the answer is {content:?}");
        ensure!(host.emissions() == 2, "there are {} deltas", host.emissions());
        Ok(())
    }

    /// What the process holds more for each instance that waits in its first event.
    pub(super) async fn live_bytes(&self) -> anyhow::Result<u64> {
        let before = measure::private_bytes();
        let hosts = (0..LIVE).map(|_| Quiet::new(&self.name, false)).collect::<Result<Vec<_>, _>>()?;
        let runs = join_all(hosts.iter().map(|host| self.agent.run(run(host))));
        let measured = async {
            for host in &hosts {
                host.emitted().await;
            }
            let held = measure::private_bytes().saturating_sub(before);
            for host in &hosts {
                host.token().cancel();
            }
            held
        };
        let (_, held) = tokio::join!(runs, measured);
        Ok(held / u64::from(LIVE))
    }
}

fn run(host: &Arc<Quiet>) -> AgentRun {
    AgentRun { input: Content::new_user_text(INPUT), host: host.clone() }
}
