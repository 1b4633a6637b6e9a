//! An answer of a model that is being written while its guest goes on.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rak_core::{Failure, FailureKind, ModelDelta, ModelRequest, ModelResponse, RunHost};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::convert;
use crate::gate::PutAway;

/// What is written within this is told at once: each piece is a call, an event and an entry of the journal, and nobody
/// reads faster.
const PACE: Duration = Duration::from_millis(40);
/// The code of the failure where the rest of an answer is lost.
pub(super) const INTERRUPTED: &str = "interrupted";

/// A clone is the same answer. It is given up when the last one is dropped.
#[derive(Clone)]
#[expect(unreachable_pub, reason = "a variant of what the generated module re-exports")]
pub struct Writing {
    inner: Arc<Inner>,
}

struct Inner {
    host: Arc<dyn RunHost>,
    request: ModelRequest,
    stage: Mutex<Stage>,
    /// What was written and not told yet.
    written: watch::Sender<Written>,
    /// How many bytes were written so far.
    bytes: Arc<AtomicU64>,
    /// Whether the guest was told a part.
    told: AtomicBool,
    /// When the next part is due.
    due: Mutex<Instant>,
    put_away: PutAway,
}

enum Stage {
    /// To be asked when somebody wants to know the answer.
    Planned,
    /// The model was asked, and cut off.
    CutOff,
    /// Given up with this.
    Begun(JoinSet<()>),
}

#[derive(Default)]
struct Written {
    deltas: Vec<ModelDelta>,
    end: Option<Result<ModelResponse, Failure>>,
}

impl Written {
    fn push(&mut self, delta: ModelDelta) {
        match (self.deltas.last_mut(), delta) {
            (Some(ModelDelta::Text(before)), ModelDelta::Text(text))
            | (Some(ModelDelta::Thought(before)), ModelDelta::Thought(text)) => before.push_str(&text),
            (_, delta) => self.deltas.push(delta),
        }
    }

    fn has_news(&self) -> bool {
        !self.deltas.is_empty() || self.end.is_some()
    }
}

impl fmt::Debug for Writing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Writing").field(&self.inner.request.model).finish()
    }
}

impl Writing {
    pub(super) fn new(host: Arc<dyn RunHost>, request: ModelRequest, put_away: PutAway) -> Self {
        Self {
            inner: Arc::new(Inner {
                host,
                request,
                stage: Mutex::new(Stage::Planned),
                written: watch::Sender::new(Written::default()),
                bytes: Arc::default(),
                told: AtomicBool::new(false),
                due: Mutex::new(Instant::now()),
                put_away,
            }),
        }
    }

    /// How many bytes were written so far.
    pub(super) fn bytes(&self) -> u64 {
        self.inner.bytes.load(Ordering::Relaxed)
    }

    pub(super) fn was_cut_off(&self) {
        *self.inner.stage() = Stage::CutOff;
    }

    pub(super) fn was_told(&self) {
        self.inner.told.store(true, Ordering::Relaxed);
    }

    /// Whether the guest was told a part of an answer that was cut off.
    pub(super) fn is_interrupted(&self) -> bool {
        matches!(*self.inner.stage(), Stage::CutOff) && self.inner.told.load(Ordering::Relaxed)
    }

    /// Asks the model, where that was not done in this attempt.
    pub(super) fn begin(&self) {
        let mut stage = self.inner.stage();
        if matches!(*stage, Stage::Begun(_)) || self.inner.written.borrow().end.is_some() {
            return;
        }
        // The run is not put away while it is asked: what it costs would be paid twice.
        let guard = self.inner.put_away.calls_tool(false);
        let (host, request) = (self.inner.host.clone(), self.inner.request.clone());
        let (written, bytes) = (self.inner.written.clone(), self.inner.bytes.clone());
        let mut task = JoinSet::new();
        task.spawn(async move {
            let told = written.clone();
            let on_delta: rak_core::OnDelta = Arc::new(move |delta| {
                bytes.fetch_add(convert::delta_bytes(&delta), Ordering::Relaxed);
                told.send_modify(|written| written.push(delta));
            });
            let end = host.ask_model(request, Some(on_delta)).await;
            written.send_modify(|written| {
                written.end.get_or_insert(end);
            });
            drop(guard);
        });
        *stage = Stage::Begun(task);
    }

    /// Asks the model again where it was cut off; a failure where the guest was told a part already.
    pub(super) fn go_on(&self) -> Result<(), Failure> {
        if self.is_interrupted() {
            let message = "the host ended while the model wrote, and the rest is lost: ask again";
            let failure = Failure::new(FailureKind::Unavailable, message);
            return Err(Failure { code: Some(INTERRUPTED.into()), ..failure });
        }
        self.begin();
        Ok(())
    }

    /// What was written since the last time, and the end where it is there. Waits for one of them.
    pub(super) async fn news(&self) -> (Vec<ModelDelta>, Option<Result<ModelResponse, Failure>>) {
        let mut written = self.inner.written.subscribe();
        // The sender is held by `self`.
        let _ = written.wait_for(Written::has_news).await;
        let due = *self.inner.due();
        tokio::select! {
            _ = written.wait_for(|written| written.end.is_some()) => {}
            () = tokio::time::sleep_until(due) => {}
        }
        *self.inner.due() = Instant::now() + PACE;
        let mut news = (Vec::new(), None);
        self.inner.written.send_if_modified(|written| {
            news = (std::mem::take(&mut written.deltas), written.end.clone());
            false
        });
        news
    }

    /// Whether there is something to tell. Not to be asked where the journal knows.
    pub(crate) fn has_news(&self) -> bool {
        self.go_on().is_err() || self.inner.written.borrow().has_news()
    }

    /// Returns when there is something to tell.
    pub(crate) async fn comes(&self) {
        if self.go_on().is_ok() {
            let _ = self.inner.written.subscribe().wait_for(Written::has_news).await;
        }
    }

    /// Its guest does not want it any more.
    pub(super) fn give_up(&self) {
        if let Stage::Begun(task) = &mut *self.inner.stage() {
            task.abort_all();
        }
        self.inner.written.send_if_modified(|written| {
            let open = written.end.is_none();
            if open {
                written.end = Some(Err(given_up()));
            }
            open
        });
    }
}

impl Inner {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn due(&self) -> MutexGuard<'_, Instant> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn given_up() -> Failure {
    let failure = Failure::new(FailureKind::Failed, "the completion was given up");
    Failure { code: Some("cancelled".into()), ..failure }
}
