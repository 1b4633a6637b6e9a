//! All tools of a host.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::{join_all, select_all};
use rak_core::{
    ArtifactLimits, ArtifactService, Failure, HttpClient, SessionService, ToolAnswer, ToolCall, ToolSpec,
    Toolbox,
};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::builtin::{Builtin, Ports};
use crate::failure::{no_arguments, unknown};
use crate::mcp::{self, McpServer};
use crate::patterns::ToolPatterns;
use crate::settings::ToolsSettings;

/// The built-in tools and those of MCP servers, in one namespace.
pub struct Tools {
    builtins: BTreeSet<Builtin>,
    ports: Ports,
    needs_approval: ToolPatterns,
    approval_expires_in: Option<Duration>,
    servers: BTreeMap<String, Arc<McpServer>>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Tools {
    /// Starts what has to be started, and waits for none of it. Needs a runtime of tokio.
    pub fn start(settings: ToolsSettings) -> Self {
        let ToolsSettings { builtins, needs_approval, approval_expires_in, mcp } = settings;
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let servers = mcp.into_iter().map(|(name, settings)| {
            let server = Arc::new(McpServer::new(&name, settings, needs_approval.clone()));
            tasks.spawn(server.clone().keep(stop.clone(), tasks.clone()));
            (name, server)
        });
        let servers = servers.collect();
        let ports = Ports::default();
        Self { builtins, ports, needs_approval, approval_expires_in, servers, tasks, stop }
    }

    /// With what `http.fetch` asks through; without it there is no such tool.
    #[must_use]
    pub fn with_http(mut self, http: Arc<dyn HttpClient>) -> Self {
        self.ports.http = Some(http);
        self
    }

    /// With where `memory.*` remembers; without it there are no such tools.
    #[must_use]
    pub fn with_sessions(mut self, sessions: Arc<dyn SessionService>) -> Self {
        self.ports.sessions = Some(sessions);
        self
    }

    /// With where the files of `artifact.*` are, and how much may be kept; without it there are no such tools.
    #[must_use]
    pub fn with_artifacts(mut self, artifacts: Arc<dyn ArtifactService>, limits: ArtifactLimits) -> Self {
        self.ports.artifacts = Some((artifacts, limits));
        self
    }

    /// The patterns of the tools, of all kinds, that a person has to approve each call of.
    pub fn needs_approval(&self) -> &ToolPatterns {
        &self.needs_approval
    }

    /// Waits until the tools are as the condition wants them.
    pub async fn wait_for(&self, mut condition: impl FnMut(&[ToolSpec]) -> bool) {
        loop {
            let changes: Vec<_> = self.servers.values().map(|server| Box::pin(server.watch())).collect();
            if condition(&self.specs()) {
                return;
            }
            if changes.is_empty() {
                return std::future::pending().await;
            }
            select_all(changes).await;
        }
    }

    /// Ends the servers, and waits until all of them are gone.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// The built-in tools that are there.
    fn builtins(&self) -> impl Iterator<Item = Builtin> {
        self.builtins.iter().copied().filter(|builtin| builtin.is_there(&self.ports))
    }

    fn builtin(&self, name: &str) -> Option<Builtin> {
        self.builtins().find(|builtin| builtin.name() == name)
    }

    fn builtin_spec(&self, builtin: Builtin) -> ToolSpec {
        let mut spec = builtin.spec();
        spec.hints.needs_approval = self.needs_approval.matches(&spec.name);
        spec
    }

    fn at_server<'a>(&self, name: &'a str) -> Option<(&Arc<McpServer>, &'a str)> {
        let (server, tool) = mcp::parts(name)?;
        Some((self.servers.get(server)?, tool))
    }
}

impl Drop for Tools {
    fn drop(&mut self) {
        // Their tasks end by themselves then, though nobody waits for it.
        self.stop.cancel();
    }
}

#[async_trait]
impl Toolbox for Tools {
    fn specs(&self) -> Vec<ToolSpec> {
        let builtins = self.builtins().map(|builtin| self.builtin_spec(builtin));
        let mut specs: Vec<_> =
            builtins.chain(self.servers.values().flat_map(|server| server.specs())).collect();
        specs.sort_by(|a, b| a.name.cmp(&b.name));
        specs
    }

    fn spec(&self, name: &str) -> Option<ToolSpec> {
        if let Some(builtin) = self.builtin(name) {
            return Some(self.builtin_spec(builtin));
        }
        let (server, tool) = self.at_server(name)?;
        server.spec(tool)
    }

    async fn known(&self, name: &str) -> Result<(), Failure> {
        match self.at_server(name) {
            Some((server, tool)) if self.builtin(name).is_none() => server.known(tool).await,
            _ => Ok(()),
        }
    }

    async fn settled(&self) {
        join_all(self.servers.values().map(|server| server.settled())).await;
    }

    fn asks_before(&self, name: &str) -> bool {
        self.needs_approval.matches(name)
    }

    fn approval_expires_in(&self) -> Option<Duration> {
        self.approval_expires_in
    }

    async fn call(&self, call: ToolCall) -> Result<ToolAnswer, Failure> {
        if let Some(builtin) = self.builtin(&call.name) {
            rak_schema::validate_arguments(&builtin.spec().parameters, &call.args)
                .map_err(|mistakes| no_arguments(&call.name, &mistakes))?;
            return builtin.call(&call, &self.ports).await;
        }
        match self.at_server(&call.name) {
            Some((server, tool)) => server.call(tool, &call).await,
            None => Err(unknown(&call.name)),
        }
    }
}
