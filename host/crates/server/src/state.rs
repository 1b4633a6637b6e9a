//! What the handlers share.

use std::sync::Arc;

use axum::extract::FromRef;
use rak_core::SessionService;
use rak_runner::{InvocationTracker, Runner};
use tokio::sync::Semaphore;

use crate::lifecycle::Lifecycle;
use crate::settings::ServerSettings;

/// How many journals may be on their way to clients at once: each is in memory as a whole, and may have 50 MB.
const JOURNALS_AT_ONCE: usize = 4;

/// How many artifacts may be on their way from clients at once: each is in memory as a whole, and may have 16 MiB.
const UPLOADS_AT_ONCE: usize = 16;

/// What the handlers share. A clone is the same state; a new one is made for each server.
#[derive(Clone)]
pub struct AppState {
    /// Runs agents.
    pub runner: Runner,
    /// Where sessions are kept.
    pub session_service: Arc<dyn SessionService>,
    /// The live invocations, and how the newest ones ended.
    pub invocation_tracker: InvocationTracker,
    /// What the server allows.
    pub settings: Arc<ServerSettings>,
    pub(crate) lifecycle: Lifecycle,
    /// Places for journals on their way to clients.
    pub(crate) journals: Arc<Semaphore>,
    /// Places for artifacts on their way from clients.
    pub(crate) uploads: Arc<Semaphore>,
}

impl AppState {
    /// The state of a server for this runner, with the runner's sessions and invocations.
    pub fn new(runner: Runner, settings: ServerSettings) -> Self {
        Self {
            session_service: runner.session_service().clone(),
            invocation_tracker: runner.invocation_tracker().clone(),
            settings: Arc::new(settings),
            lifecycle: Lifecycle::default(),
            journals: Arc::new(Semaphore::new(JOURNALS_AT_ONCE)),
            uploads: Arc::new(Semaphore::new(UPLOADS_AT_ONCE)),
            runner,
        }
    }
}

impl FromRef<AppState> for Arc<ServerSettings> {
    fn from_ref(state: &AppState) -> Self {
        state.settings.clone()
    }
}
