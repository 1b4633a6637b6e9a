//! A request whose answer comes while its guest goes on.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rak_core::{Base64, Failure, FailureKind, HttpAnswer, HttpHead, HttpRequest, RunHost};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Open, Whole, unknown_outcome};
use crate::gate::PutAway;

/// How much of an answer is taken in before its guest reads it, in bytes.
const MAX_AHEAD: usize = 256 << 10;
/// What is left of an answer whose host ended.
const INTERRUPTED: &str = "interrupted";

/// A clone is the same request. It is given up when the last one is dropped.
#[derive(Clone)]
#[expect(unreachable_pub, reason = "a variant of what the generated module re-exports")]
pub struct Sent {
    inner: Arc<Inner>,
}

struct Inner {
    host: Arc<dyn RunHost>,
    request: HttpRequest,
    stage: Mutex<Stage>,
    come: watch::Sender<Come>,
    /// Whether the guest was told something of the answer.
    told: AtomicBool,
    put_away: PutAway,
    _open: Open,
}

enum Stage {
    Planned,
    /// It was sent, and cut off. Whether that matters shows when somebody asks for more than the journal has.
    CutOff,
    /// Given up with this.
    Begun(JoinSet<()>),
}

/// What came of an answer, and was not read yet.
#[derive(Default)]
struct Come {
    head: Option<HttpHead>,
    bytes: Vec<u8>,
    end: Option<Result<(), Failure>>,
}

impl Come {
    /// The next bytes, or the end.
    fn piece(&mut self, max: usize) -> Option<Result<Vec<u8>, Failure>> {
        if self.bytes.is_empty() {
            return self.end.clone().map(|end| end.map(|()| Vec::new()));
        }
        let rest = self.bytes.split_off(max.min(self.bytes.len()));
        Some(Ok(std::mem::replace(&mut self.bytes, rest)))
    }
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sent").field(&self.inner.request.method).finish()
    }
}

impl Sent {
    pub(super) fn new(host: Arc<dyn RunHost>, request: HttpRequest, put_away: PutAway, open: Open) -> Self {
        let (stage, come) = (Mutex::new(Stage::Planned), watch::Sender::default());
        let told = AtomicBool::new(false);
        Self { inner: Arc::new(Inner { host, request, stage, come, told, put_away, _open: open }) }
    }

    pub(super) fn was_cut_off(&self) {
        *self.inner.stage() = Stage::CutOff;
    }

    pub(super) fn was_told(&self) {
        self.inner.told.store(true, Ordering::Relaxed);
    }

    pub(super) fn begin(&self) {
        let inner = &self.inner;
        let guard = inner.put_away.calls_tool(inner.request.is_repeatable());
        let (host, request, come) = (inner.host.clone(), inner.request.clone(), inner.come.clone());
        let mut task = JoinSet::new();
        task.spawn(async move {
            let end = take_in(host, request, &come).await;
            come.send_modify(|come| {
                come.end.get_or_insert(end);
            });
            drop(guard);
        });
        *inner.stage() = Stage::Begun(task);
    }

    /// What was cut off is sent again, where that does no harm.
    fn go_on(&self) -> Result<(), Failure> {
        if !matches!(*self.inner.stage(), Stage::CutOff) {
            return Ok(());
        }
        if self.inner.told.load(Ordering::Relaxed) {
            let message = "the host ended during the answer, and the rest is lost: ask again";
            let failure = Failure::new(FailureKind::Unavailable, message);
            return Err(Failure { code: Some(INTERRUPTED.into()), ..failure });
        }
        if !self.inner.request.is_repeatable() {
            return Err(unknown_outcome(&self.inner.request));
        }
        self.begin();
        Ok(())
    }

    /// The beginning of the answer. Not to be asked for where the journal has it.
    pub(super) async fn head(&self) -> Result<HttpHead, Failure> {
        self.go_on()?;
        let mut come = self.inner.come.subscribe();
        // The sender is held by `self`.
        let come = come.wait_for(|come| come.head.is_some() || come.end.is_some()).await;
        let come = come.map_err(|_| given_up())?;
        match (&come.head, &come.end) {
            (Some(head), _) => Ok(head.clone()),
            (None, Some(Err(failure))) => Err(failure.clone()),
            (None, _) => Err(given_up()),
        }
    }

    /// The next bytes, empty at the end. Not to be asked for where the journal has them.
    pub(super) async fn piece(&self, max: usize) -> Result<Vec<u8>, Failure> {
        self.go_on()?;
        let mut come = self.inner.come.subscribe();
        loop {
            let mut piece = None;
            self.inner.come.send_if_modified(|come| {
                piece = come.piece(max);
                // There is room again.
                piece.as_ref().is_some_and(|piece| piece.as_ref().is_ok_and(|bytes| !bytes.is_empty()))
            });
            if let Some(piece) = piece {
                return piece;
            }
            come.changed().await.map_err(|_| given_up())?;
        }
    }

    /// The whole answer.
    pub(super) async fn whole(&self) -> Result<Whole, Failure> {
        let head = self.head().await?;
        let mut body = Vec::new();
        loop {
            let piece = self.piece(MAX_AHEAD).await?;
            if piece.is_empty() {
                return Ok(Whole { head, body: Base64(body) });
            }
            body.extend_from_slice(&piece);
        }
    }

    /// Whether there is something to tell. Not to be asked where the journal knows.
    pub(crate) fn has_news(&self) -> bool {
        self.go_on().is_err() || self.is_new(&self.inner.come.borrow())
    }

    /// Returns when there is something to tell.
    pub(crate) async fn comes(&self) {
        if self.go_on().is_ok() {
            let _ = self.inner.come.subscribe().wait_for(|come| self.is_new(come)).await;
        }
    }

    fn is_new(&self, come: &Come) -> bool {
        let head = come.head.is_some() && !self.inner.told.load(Ordering::Relaxed);
        head || !come.bytes.is_empty() || come.end.is_some()
    }

    /// Its guest does not want it any more.
    pub(super) fn give_up(&self) {
        if let Stage::Begun(task) = &mut *self.inner.stage() {
            task.abort_all();
        }
        self.inner.come.send_if_modified(|come| {
            let open = come.end.is_none();
            if open {
                come.bytes.clear();
                come.end = Some(Err(given_up()));
            }
            open
        });
    }
}

/// Follows an answer to its end, no faster than it is read.
async fn take_in(
    host: Arc<dyn RunHost>,
    request: HttpRequest,
    come: &watch::Sender<Come>,
) -> Result<(), Failure> {
    let HttpAnswer { head, mut body } = host.send_http(request).await?;
    come.send_modify(|come| come.head = Some(head));
    let mut room = come.subscribe();
    loop {
        let _ = room.wait_for(|come| come.bytes.len() < MAX_AHEAD).await;
        let Some(bytes) = body.next().await? else { return Ok(()) };
        come.send_modify(|come| come.bytes.extend_from_slice(&bytes));
    }
}

impl Inner {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn given_up() -> Failure {
    let failure = Failure::new(FailureKind::Failed, "the request was given up");
    Failure { code: Some("cancelled".into()), ..failure }
}
