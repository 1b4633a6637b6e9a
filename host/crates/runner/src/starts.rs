//! Starts that a client repeats: the same key, in the same session and with the same message, is the same invocation.

use std::sync::Arc;

use dashmap::DashMap;
use rak_core::{Content, IdempotencyKey, Parent, RunError, SessionKey, StartKey};
use sha2::{Digest as _, Sha256};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::runner::{Beginning, RunRequest, Runner, StartedRun};

type Name = (SessionKey, IdempotencyKey);

/// The starts with a key that are under way. Those with the same one go one after the other, so that the second finds the
/// invocation of the first and not, for a moment, a session that is busy with it.
#[derive(Default)]
pub(crate) struct Starts {
    under_way: DashMap<Name, Arc<Mutex<()>>>,
}

/// The right to start with a key; the next one has it when this is dropped.
struct StartTurn<'a> {
    starts: &'a Starts,
    name: Name,
    held: Option<OwnedMutexGuard<()>>,
}

impl Starts {
    async fn turn(&self, session: &SessionKey, key: &IdempotencyKey) -> StartTurn<'_> {
        let name = (session.clone(), key.clone());
        let lock = self.under_way.entry(name.clone()).or_default().clone();
        StartTurn { starts: self, name, held: Some(lock.lock_owned().await) }
    }
}

impl Drop for StartTurn<'_> {
    fn drop(&mut self) {
        drop(self.held.take());
        self.starts.under_way.remove_if(&self.name, |_, lock| Arc::strong_count(lock) == 1);
    }
}

impl Runner {
    /// Starts a run, or listens to the one that was started with the same key.
    pub(crate) async fn begin_once(
        &self,
        request: RunRequest,
        parent: Option<Parent>,
    ) -> Result<Beginning, RunError> {
        let Some(key) = request.config.idempotency_key.clone() else {
            return self.begin(request, None, parent).await;
        };
        let inner = self.inner();
        let _turn = inner.starts.turn(&request.session, &key).await;
        let start_key = StartKey { digest: digest(&request.message)?, key };
        match inner.log.started_with(&request.session, &start_key.key).await? {
            None => self.begin(request, Some(start_key), parent).await,
            Some((invocation_id, digest)) if digest == start_key.digest => {
                let events = self.listen(invocation_id, 0).await?;
                Ok(Beginning { started: StartedRun { invocation_id, events }, next: None })
            }
            Some((invocation, _)) => Err(RunError::IdempotencyConflict { key: start_key.key, invocation }),
        }
    }
}

/// What tells one message from another. The order of keys within a message's JSON does not count.
fn digest(message: &Content) -> Result<String, RunError> {
    let json = serde_json::to_vec(message).map_err(|error| RunError::Internal(error.to_string()))?;
    Ok(format!("sha256:{:x}", Sha256::digest(json)))
}
