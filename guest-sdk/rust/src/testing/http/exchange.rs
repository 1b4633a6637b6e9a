//! An answer that comes while the fake clock moves.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use super::HttpAnswer;
use crate::host::{Receiving, Started};
use crate::testing::invocation::{FakeTimer, Inner};
use crate::testing::started::{FakeStarted, Script};
use crate::wait::millis;
use crate::{Failure, HttpHead, HttpResponse};

/// An answer that is coming.
pub(crate) struct FakeExchange {
    run: Rc<Inner>,
    started: FakeStarted<()>,
    head: RefCell<Result<HttpHead, Failure>>,
    begins_at_ms: Cell<u64>,
    /// What was not read yet, and when it comes.
    coming: RefCell<VecDeque<(u64, Vec<u8>)>>,
    /// When there is something that the agent does not know: the beginning, the next piece, or the end.
    tells_at_ms: Rc<Cell<u64>>,
}

impl FakeExchange {
    /// Begins now, and comes piece by piece over the time that it takes, but no longer than the timeout.
    pub(super) fn new(
        run: &Rc<Inner>,
        answer: HttpAnswer,
        url: String,
        timeout: Option<Duration>,
        cancelled: Rc<Cell<bool>>,
    ) -> Self {
        let now_ms = run.clock.now_ms();
        let (takes_ms, timeout_ms) = (millis(answer.takes), timeout.map_or(u64::MAX, millis));
        let pieces = answer.pieces.len() as u64;
        let after = |piece: u64| (takes_ms * piece).checked_div(pieces).unwrap_or(takes_ms);
        let coming = (1..).map(after).zip(answer.pieces).take_while(|(after_ms, _)| *after_ms <= timeout_ms);
        let coming = coming.map(|(after_ms, piece)| (now_ms + after_ms, piece)).collect();
        let head = answer.beginning.map(|beginning| HttpHead {
            status: beginning.status,
            url: beginning.url.unwrap_or(url),
            headers: beginning.headers,
            extra: None,
        });
        let in_time =
            |after_ms: u64| if after_ms > timeout_ms { Err(Failure::deadline_exceeded()) } else { Ok(()) };
        let begins_at_ms = now_ms + after(1).min(timeout_ms);
        let script = Script {
            takes_ms: takes_ms.min(timeout_ms),
            end: in_time(takes_ms).and(answer.end),
            when_cancelled: Failure::failed("the request was cancelled").with_code("cancelled"),
            detached: false,
        };
        Self {
            run: Rc::clone(run),
            started: FakeStarted::new(run, script, cancelled),
            head: in_time(after(1)).and(head).into(),
            begins_at_ms: Cell::new(begins_at_ms),
            coming: RefCell::new(coming),
            tells_at_ms: Rc::new(Cell::new(begins_at_ms)),
        }
    }

    /// Waits for the whole of it, as a part of the call that asked.
    pub(crate) fn end(&self) -> Result<HttpResponse, Failure> {
        self.started.end()?;
        let body = self.coming.take().into_iter().flat_map(|(_, piece)| piece).collect();
        Ok(HttpResponse::new(self.head.borrow().clone()?, body))
    }

    /// The agent knows the beginning: the next that it does not know is a piece, or the end.
    fn told(&self) {
        let next = self.coming.borrow().front().map(|(at_ms, _)| *at_ms);
        self.tells_at_ms.set(next.unwrap_or(self.started.over_at_ms()));
    }
}

impl Started for FakeExchange {
    type Timer = FakeTimer;
    type Answer = HttpHead;

    fn wait(&self) -> Result<HttpHead, Failure> {
        self.run.gate()?;
        self.run.clock.wait_until(self.begins_at_ms.get());
        self.run.clock.check()?;
        self.told();
        self.head.borrow().clone()
    }

    fn stop(&self) {
        self.started.stop();
        let now_ms = self.run.clock.now_ms();
        self.coming.borrow_mut().retain(|(at_ms, _)| *at_ms <= now_ms);
        if self.begins_at_ms.get() > now_ms {
            self.begins_at_ms.set(now_ms);
            // The end says why there is none.
            if let Err(failure) = self.started.end() {
                *self.head.borrow_mut() = Err(failure);
            }
        }
        self.told();
    }

    fn timer(&self) -> FakeTimer {
        self.run.clock.count_call();
        FakeTimer::new(&self.run, Rc::clone(&self.tells_at_ms))
    }
}

impl Receiving for FakeExchange {
    fn receive(&self, max: u32) -> Result<Vec<u8>, Failure> {
        self.run.gate()?;
        let next = self.coming.borrow().front().map(|(at_ms, _)| *at_ms);
        self.run.clock.wait_until(next.unwrap_or(self.started.over_at_ms()));
        self.run.clock.check()?;
        let Some((at_ms, mut piece)) = self.coming.borrow_mut().pop_front() else {
            // A failure is told after everything that came before it.
            return self.started.end().map(|()| Vec::new());
        };
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        if piece.len() > max {
            let rest = piece.split_off(max);
            self.coming.borrow_mut().push_front((at_ms, rest));
        }
        self.told();
        Ok(piece)
    }
}
