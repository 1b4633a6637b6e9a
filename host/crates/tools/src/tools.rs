//! All tools of a host.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::{join_all, select_all};
use rak_core::{Failure, ToolAnswer, ToolCall, ToolSpec, Toolbox};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::builtin::Builtin;
use crate::failure::{no_arguments, unknown};
use crate::mcp::{self, McpServer};
use crate::patterns::ToolPatterns;
use crate::settings::ToolsSettings;

/// The built-in tools and those of MCP servers, in one namespace.
pub struct Tools {
    builtins: BTreeSet<Builtin>,
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
        Self { builtins, needs_approval, approval_expires_in, servers, tasks, stop }
    }

    /// The patterns of the tools, of all kinds, that a person has to approve each call of.
    pub fn needs_approval(&self) -> &ToolPatterns {
        &self.needs_approval
    }

    /// Waits until every server was there once, or could not be started.
    pub async fn settled(&self) {
        join_all(self.servers.values().map(|server| server.settled())).await;
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

    fn builtin(&self, name: &str) -> Option<Builtin> {
        self.builtins.iter().copied().find(|builtin| builtin.name() == name)
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
        let builtins = self.builtins.iter().map(|&builtin| self.builtin_spec(builtin));
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

    fn asks_before(&self, name: &str) -> bool {
        self.needs_approval.matches(name)
    }

    fn approval_expires_in(&self) -> Option<Duration> {
        self.approval_expires_in
    }

    async fn call(&self, call: ToolCall) -> Result<ToolAnswer, Failure> {
        if let Some(builtin) = self.builtin(&call.name) {
            return rak_schema::validate_arguments(&builtin.spec().parameters, &call.args)
                .map(|()| builtin.call(&call.args))
                .map_err(|mistakes| no_arguments(&call.name, &mistakes));
        }
        match self.at_server(&call.name) {
            Some((server, tool)) => server.call(tool, &call).await,
            None => Err(unknown(&call.name)),
        }
    }
}
