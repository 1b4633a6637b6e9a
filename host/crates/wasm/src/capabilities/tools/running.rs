//! A call of a tool that goes on while its guest does.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rak_core::{Failure, FailureKind, RunHost, ToolCall};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Answer, unknown_outcome};
use crate::gate::PutAway;

/// A clone is the same call. It is given up when the last one is dropped.
#[derive(Clone)]
#[expect(unreachable_pub, reason = "a variant of what the generated module re-exports")]
pub struct RunningTool {
    inner: Arc<Inner>,
}

struct Inner {
    host: Arc<dyn RunHost>,
    call: ToolCall,
    /// Doing it twice does no harm.
    repeatable: bool,
    stage: Mutex<Stage>,
    end: watch::Sender<Option<Result<Answer, Failure>>>,
    put_away: PutAway,
}

enum Stage {
    Planned,
    /// It was begun, and cut off. Whether that matters shows when somebody asks for its end, and no journal has it.
    CutOff,
    /// Given up with this.
    Begun(JoinSet<()>),
}

impl fmt::Debug for RunningTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RunningTool").field(&self.inner.call.name).finish()
    }
}

impl RunningTool {
    pub(super) fn new(host: Arc<dyn RunHost>, call: ToolCall, repeatable: bool, put_away: PutAway) -> Self {
        let (stage, end) = (Mutex::new(Stage::Planned), watch::Sender::new(None));
        Self { inner: Arc::new(Inner { host, call, repeatable, stage, end, put_away }) }
    }

    pub(super) fn was_cut_off(&self) {
        *self.inner.stage() = Stage::CutOff;
    }

    pub(super) fn begin(&self) {
        let guard = self.inner.put_away.calls_tool(self.inner.repeatable);
        let (host, call, end) = (self.inner.host.clone(), self.inner.call.clone(), self.inner.end.clone());
        let mut task = JoinSet::new();
        task.spawn(async move {
            let answer = host.call_tool(call).await.map(Answer::from);
            end.send_replace(Some(answer));
            drop(guard);
        });
        *self.inner.stage() = Stage::Begun(task);
    }

    /// What was cut off is done again, or is over.
    fn go_on(&self) {
        if !matches!(*self.inner.stage(), Stage::CutOff) {
            return;
        }
        if self.inner.repeatable {
            self.begin();
        } else {
            *self.inner.stage() = Stage::Planned;
            self.inner.end.send_replace(Some(Err(unknown_outcome(&self.inner.call.name))));
        }
    }

    /// Whether it is over. Not to be asked where the journal knows.
    pub(crate) fn is_over(&self) -> bool {
        self.go_on();
        self.inner.end.borrow().is_some()
    }

    /// Its end. Not to be asked for where the journal has it.
    pub(crate) async fn end(&self) -> Result<Answer, Failure> {
        self.go_on();
        let mut end = self.inner.end.subscribe();
        let answer = match end.wait_for(Option::is_some).await {
            Ok(answer) => answer.clone(),
            Err(_) => None,
        };
        answer.unwrap_or_else(|| Err(given_up(&self.inner.call.name)))
    }

    /// Its guest does not want it any more.
    pub(super) fn give_up(&self) {
        self.inner.abort();
        let name = &self.inner.call.name;
        self.inner.end.send_if_modified(|end| {
            let open = end.is_none();
            if open {
                *end = Some(Err(given_up(name)));
            }
            open
        });
    }
}

impl Inner {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn abort(&self) {
        if let Stage::Begun(task) = &mut *self.stage() {
            task.abort_all();
        }
    }
}

fn given_up(tool: &str) -> Failure {
    let failure = Failure::new(FailureKind::Failed, format!("the call of {tool} was given up"));
    Failure { code: Some("cancelled".into()), ..failure }
}
