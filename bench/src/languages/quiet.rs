//! A host that keeps nothing.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use async_trait::async_trait;
use rak_core::{
    AppName, Emission, Failure, HistoryPage, InvocationId, InvocationInfo, JournalEntry, RunHost, SessionKey,
};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Answers whatever is asked at once, unless it is told to hold the guest.
pub(super) struct Quiet {
    info: InvocationInfo,
    token: CancellationToken,
    /// Whether `emit` answers; a guest that it does not answer lives on.
    answers: bool,
    /// Has a permit for each call of `emit`.
    emitted: Semaphore,
}

impl Quiet {
    pub(super) fn new(name: &AppName, answers: bool) -> anyhow::Result<Arc<Self>> {
        let session = SessionKey {
            app_name: name.clone(),
            user_id: "user".parse().ok().context("a user has a name")?,
            session_id: "session".parse().ok().context("a session has a name")?,
        };
        let info = InvocationInfo {
            id: InvocationId::new(),
            session,
            agent_version: String::new(),
            attempt: 1,
            parent: None,
        };
        Ok(Arc::new(Self { info, token: CancellationToken::new(), answers, emitted: Semaphore::new(0) }))
    }

    /// Returns when the guest has called `emit`.
    pub(super) async fn emitted(&self) {
        if let Ok(permit) = self.emitted.acquire().await {
            permit.forget();
        }
    }

    /// How often the guest has called `emit`.
    pub(super) fn emissions(&self) -> usize {
        self.emitted.available_permits()
    }
}

#[async_trait]
impl RunHost for Quiet {
    fn info(&self) -> &InvocationInfo {
        &self.info
    }

    fn token(&self) -> &CancellationToken {
        &self.token
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }

    async fn emit_recorded(
        &self,
        _emissions: Vec<Emission>,
        _entry: Option<JournalEntry>,
    ) -> Result<u64, Failure> {
        self.emitted.add_permits(1);
        if !self.answers {
            std::future::pending::<()>().await;
        }
        Ok(0)
    }

    async fn history(&self, _before: Option<u64>, _limit: usize) -> Result<HistoryPage, Failure> {
        Ok(HistoryPage { entries: Vec::new(), next: None })
    }

    fn state(&self, _key: &str) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    fn set_state(&self, _key: &str, _value: Value) -> Result<(), Failure> {
        Ok(())
    }

    fn state_keys(&self, _prefix: &str) -> Result<Vec<String>, Failure> {
        Ok(Vec::new())
    }
}
