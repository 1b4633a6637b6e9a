//! Waiting: for a time, for a person, for what no contract of ours knows.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::FutureExt as _;
use rak_core::time::UnixMicros;
use rak_core::{
    ChildReply, ChildRequest, Failure, InputRequest, InputResponse, InvocationId, RunHost, Waiting,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Cost, Gate, Refusal, journal_full};
use crate::capabilities::agents::over;
use crate::capabilities::tools::{Answer, RunningTool};
use crate::guest_error::HostStop;
use crate::timeline::Call;

/// Before a wait as long as this, what the journal has is stored.
const WORTH_KEEPING: Duration = Duration::from_millis(100);

/// What a wait waits for.
#[derive(Clone, Debug, Default)]
pub(crate) struct WaitingFor {
    /// When it ends at the latest.
    pub(crate) until: Option<UnixMicros>,
    /// Questions to a person.
    requests: Vec<String>,
    /// Children.
    invocations: Vec<InvocationId>,
}

impl WaitingFor {
    pub(crate) fn time(until: UnixMicros) -> Self {
        Self { until: Some(until), ..Self::default() }
    }

    pub(crate) fn child(child: InvocationId) -> Self {
        Self { invocations: vec![child], ..Self::default() }
    }

    /// For the first of these children, or a time.
    pub(crate) fn children(children: Vec<InvocationId>, until: Option<UnixMicros>) -> Self {
        Self { until, invocations: children, requests: Vec::new() }
    }

    /// Whether nothing but the time ends it.
    fn is_for_time_alone(&self) -> bool {
        self.requests.is_empty() && self.invocations.is_empty()
    }

    /// Rounded up: whoever is woken finds that the time has come.
    fn until_millis(&self) -> Option<rak_core::time::UnixMillis> {
        self.until.map(|until| until.after(Duration::from_micros(999)).millis())
    }
}

impl From<WaitingFor> for Waiting {
    fn from(waiting: WaitingFor) -> Self {
        Self { until: waiting.until_millis(), requests: waiting.requests, invocations: waiting.invocations }
    }
}

/// A question to a person, and until when the run waits for the answer.
pub(crate) struct Question {
    pub(crate) request: InputRequest,
    pub(crate) until: Option<UnixMicros>,
}

impl Gate {
    /// A wait, with what it is told at its end. A long one puts the run away, where it is durable.
    pub(crate) async fn wait<T: Serialize + DeserializeOwned>(
        &self,
        call: Call,
        cost: Cost,
        waiting: WaitingFor,
        effect: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Refusal> {
        self.admit_call(&call, cost)?;
        if let Some(answer) = self.timeline.recall(&call)? {
            return Ok(answer?);
        }
        // In a box: a guest may wait for days, and a future holds what it was given more than once.
        let effect = Box::pin(async {
            self.keep_before(&waiting).await;
            effect.await
        });
        self.wait_and_note(call, &waiting, effect).await
    }

    /// A question to a person, and the answer; none where the wait was over before there was one.
    pub(crate) async fn ask(
        &self,
        call: Call,
        cost: Cost,
        question: Question,
        host: &dyn RunHost,
    ) -> Result<Option<InputResponse>, Refusal> {
        self.admit_call(&call, cost)?;
        if let Some(answer) = self.timeline.recall(&call)? {
            return Ok(answer?);
        }
        let Question { request, until } = question;
        let request_id = request.request_id.clone();
        let waiting = WaitingFor { until, requests: vec![request_id.clone()], ..WaitingFor::default() };
        if let Some(journal) = self.timeline.journal() {
            // The question is stored with what the wait counts from.
            journal.rest(self.timeline.real());
        }
        // Before anything may put the run away: a run must not rest for the answer to what nobody was asked.
        let asked = self.beside_the_tokens(host.ask(request, waiting.until_millis())).await;
        if let Err(refusal) = asked {
            if let Refusal::Failure(failure) = &refusal {
                self.timeline.note::<()>(call, Err(failure), None)?;
            }
            return Err(refusal);
        }
        let answer = async {
            tokio::select! {
                biased;
                response = host.answer(&request_id) => Ok(Some(response)),
                () = self.comes(until) => host.answer_by_now(&request_id).await,
            }
        };
        match self.wait_and_note(call, &waiting, answer).await {
            // Paused, or left by its host, it waits for the person all the same.
            Err(Refusal::Stop(HostStop::PutAway(None))) => {
                Err(HostStop::PutAway(Some(waiting.into())).into())
            }
            answered => answered,
        }
    }

    /// What comes first: the next answer, or the end of the run or of its stay in memory.
    pub(crate) async fn next_answer<T>(&self, next: impl Future<Output = T>) -> Result<T, Refusal> {
        self.beside_the_tokens(async { Ok(next.await) }).await
    }

    /// Waits for the end of a call that goes on while the guest does.
    pub(crate) async fn finish_tool(&self, call: Call, tool: &RunningTool) -> Result<Answer, Refusal> {
        self.admit_call(&call, Cost::default())?;
        if let Some(answer) = self.timeline.recall(&call)? {
            return Ok(answer?);
        }
        let answer = self.beside_the_tokens(tool.end()).await;
        match &answer {
            Ok(value) => self.timeline.note(call, Ok(value), None)?,
            Err(Refusal::Failure(failure)) => self.timeline.note::<Answer>(call, Err(failure), None)?,
            Err(Refusal::Stop(_)) => {}
        }
        answer
    }

    /// Starts a child, or takes in again the one that was started before. What it is told is stored before it begins: a run
    /// that is repeated after a crash must not find that it had told its child something else.
    pub(crate) async fn start_child(
        &self,
        call: Call,
        host: &dyn RunHost,
        request: ChildRequest,
    ) -> Result<InvocationId, Refusal> {
        self.admit_call(&call, Cost::default())?;
        if let Some(answer) = self.timeline.recall::<InvocationId>(&call)? {
            let child = answer?;
            host.has_child(child);
            return Ok(child);
        }
        let start = async {
            self.keep_all(host).await?;
            host.start_child(request).await
        };
        let started = self.beside_the_tokens(start).await;
        match &started {
            Ok(child) => self.timeline.note(call, Ok(child), None)?,
            Err(Refusal::Failure(failure)) => self.timeline.note::<()>(call, Err(failure), None)?,
            Err(Refusal::Stop(_)) => {}
        }
        started
    }

    /// Waits for the end of a child. Once it is over the run is not put away any more before it knows how.
    pub(crate) async fn finish_child(
        &self,
        call: Call,
        host: &Arc<dyn RunHost>,
        child: InvocationId,
    ) -> Result<ChildReply, Refusal> {
        self.admit_call(&call, Cost::default())?;
        if let Some(answer) = self.timeline.recall(&call)? {
            return Ok(answer?);
        }
        let waiting = WaitingFor::child(child);
        let end = async {
            over(host, child).await;
            Ok(())
        };
        let over = tokio::select! {
            biased;
            over = self.beside_the_tokens(end) => over,
            () = self.too_long(&waiting) => return Err(HostStop::PutAway(Some(waiting.into())).into()),
        };
        let reply = match over {
            Ok(()) => self.beside_the_tokens(host.child_reply(child)).await,
            Err(refusal) => Err(refusal),
        };
        match &reply {
            Ok(value) => self.timeline.note(call, Ok(value), None)?,
            Err(Refusal::Failure(failure)) => self.timeline.note::<ChildReply>(call, Err(failure), None)?,
            Err(Refusal::Stop(_)) => {}
        }
        reply
    }

    /// Stores all that the run did so far, before it does what cannot be taken back.
    pub(crate) async fn keep_all(&self, host: &dyn RunHost) -> Result<(), Failure> {
        if let Some(journal) = self.timeline.journal() {
            journal.rest(self.timeline.real());
            host.keep().await?;
        }
        Ok(())
    }

    async fn comes(&self, time: Option<UnixMicros>) {
        match time {
            Some(time) => self.timeline.sleep_until(time).await,
            None => std::future::pending().await,
        }
    }

    async fn wait_and_note<T: Serialize>(
        &self,
        call: Call,
        waiting: &WaitingFor,
        effect: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Refusal> {
        let answer = tokio::select! {
            biased;
            answer = self.beside_the_tokens(effect) => answer,
            () = self.too_long(waiting) => return Err(HostStop::PutAway(Some(waiting.clone().into())).into()),
        };
        // An answer that came before the end of a wait did not come at its end.
        let not_before = waiting.until.filter(|_| waiting.is_for_time_alone());
        match &answer {
            Ok(value) => self.timeline.note(call, Ok(value), not_before)?,
            Err(Refusal::Failure(failure)) => self.timeline.note::<T>(call, Err(failure), None)?,
            Err(Refusal::Stop(_)) => {}
        }
        answer
    }

    /// A wait that no contract of ours knows: nobody is told of a cancellation, and nothing is counted.
    pub(crate) async fn wait_outside<T: Serialize + DeserializeOwned>(
        &self,
        call: Call,
        waiting: WaitingFor,
        effect: impl Future<Output = wasmtime::Result<T>>,
    ) -> wasmtime::Result<T> {
        if let Some(answer) = self.timeline.recall(&call)? {
            return Ok(answer.map_err(journal_full)?);
        }
        let until = waiting.until;
        let effect = async {
            self.keep_before(&waiting).await;
            effect.await
        };
        let mut effect = std::pin::pin!(effect);
        let answer = tokio::select! {
            biased;
            answer = &mut effect => answer?,
            () = self.stops.put_away.asked() => match effect.now_or_never() {
                Some(answer) => answer?,
                None => return Err(HostStop::PutAway(None).into()),
            },
            () = self.too_long(&waiting) => return Err(HostStop::PutAway(Some(waiting.clone().into())).into()),
        };
        self.timeline.note(call, Ok(&answer), until).map_err(journal_full)?;
        Ok(answer)
    }

    /// Stores what the journal has before a wait that is worth it, with what the wait counts from: a crash in the wait
    /// neither repeats what came before it nor begins it anew.
    async fn keep_before(&self, waiting: &WaitingFor) {
        let (Some(journal), Some(keeper)) = (self.timeline.journal(), &self.stops.put_away.keeper) else {
            return;
        };
        let now = self.timeline.real();
        let longest = self.stops.put_away.longest_wait.unwrap_or_default();
        // A short one costs little, and what is too long is put away and stored with that.
        let worth_it = |until: UnixMicros| (WORTH_KEEPING..=longest).contains(&until.since(now));
        if !waiting.until.is_some_and(worth_it) {
            return;
        }
        journal.rest(now);
        if let Err(error) = keeper.keep().await {
            tracing::debug!(%error, "the journal could not be stored before a wait");
        }
    }

    /// Returns when a wait takes too long to be held in memory; at once where that is known before. A person may answer, and
    /// a child end, at any time.
    async fn too_long(&self, waiting: &WaitingFor) {
        let Some(longest) = self.stops.put_away.longest_wait else { return std::future::pending().await };
        // What goes on beside the guest would be cut off.
        if self.stops.put_away.under_way.load(Ordering::Relaxed) > 0 {
            return std::future::pending().await;
        }
        match waiting.until {
            Some(until) if until.since(self.timeline.real()) <= longest => std::future::pending().await,
            Some(_) if waiting.is_for_time_alone() => {}
            _ => tokio::time::sleep(longest).await,
        }
    }
}
