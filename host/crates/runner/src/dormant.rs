//! An invocation that is not over and has no run in memory: it waits, is paused, or is to go on after the host ended.

use std::sync::Arc;
use std::time::Duration;

use rak_core::time::UnixMillis;
use rak_core::{
    Begin, Content, InvocationRecord, InvocationStatus, JournalEntry, OnDisconnect, Quotas, Role, RunError,
    StateDelta, StopReason,
};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::admission::{Claim, Entry, Place};
use crate::agent_choice;
use crate::closing;
use crate::ending::Ending;
use crate::invocation_tracker::InvocationGuard;
use crate::listener::LiveRun;
use crate::recorder::Record;
use crate::run_context::resting;
use crate::run_task::{Begun, Deadline, NextRun, RunTask, Start, new_journal, not_begun};
use crate::runner::Runner;
use crate::session_queue::SessionLease;

/// How soon a store that could not be read is asked again, and how long the pauses become.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

pub(crate) struct Dormant {
    pub(crate) guard: InvocationGuard,
    pub(crate) seat: Seat,
    /// As it was when it was put away.
    pub(crate) record: InvocationRecord,
    /// Not before this is over.
    pub(crate) pause: Duration,
    /// Who has to listen to it, where its client said so.
    pub(crate) audience: Option<(Arc<LiveRun>, OnDisconnect)>,
    /// Stops it, where whoever started it gave one.
    pub(crate) caller_token: Option<CancellationToken>,
}

/// Its place in its session.
#[derive(Default)]
pub(crate) enum Seat {
    /// It has the session.
    Held(SessionLease),
    /// It waits for it.
    Waits(oneshot::Receiver<SessionLease>),
    /// There is none: it was stopped before it had one.
    #[default]
    Lost,
}

impl Seat {
    /// The session stays with it, although this host has no more to do with it: who is next in it comes after its end.
    fn keep(self) {
        if let Self::Held(lease) = self {
            lease.keep();
        }
    }

    /// Waits until it has the session.
    pub(crate) async fn wait(&mut self) {
        if let Self::Waits(turn) = self {
            let lease = turn.await;
            *self = lease.map_or(Self::Lost, Self::Held);
        }
    }
}

/// What happened to it.
enum Woken<T = ()> {
    GoesOn(T),
    /// Somebody paused it while it waited for its place.
    Rests,
    Stopped,
    /// The host ends; the next one finds it.
    Left,
}

/// Until a time in the world.
async fn until(at: Option<UnixMillis>) {
    match at {
        Some(at) => {
            let left = at.0.saturating_sub(UnixMillis::now().0);
            sleep(Duration::from_millis(u64::try_from(left).unwrap_or(0))).await;
        }
        None => std::future::pending().await,
    }
}

pub(crate) async fn cancelled(token: Option<&CancellationToken>) {
    match token {
        Some(token) => token.cancelled().await,
        None => std::future::pending().await,
    }
}

async fn abandoned(audience: Option<&(Arc<LiveRun>, OnDisconnect)>) {
    match audience {
        Some((live, on_disconnect)) => live.abandoned(*on_disconnect).await,
        None => std::future::pending().await,
    }
}

impl Dormant {
    /// What it asks of the admission. One that has not begun is a new one there, also in another host.
    fn claim(&self) -> Claim {
        let InvocationRecord { id, session, resume, .. } = &self.record;
        Claim {
            id: *id,
            user: session.user_id.clone(),
            agent: session.app_name.clone(),
            priority: resume.as_ref().map(|resume| resume.priority).unwrap_or_default(),
            again: resume.as_ref().is_none_or(|resume| resume.message.is_none()),
        }
    }

    /// Turns what stops it into its token.
    async fn watch_for_stop(&self) {
        let deadline = self.record.resume.as_ref().and_then(|resume| resume.deadline);
        tokio::select! {
            () = until(deadline) => self.guard.stop(StopReason::TimedOut),
            () = cancelled(self.caller_token.as_ref()) => self.guard.stop(StopReason::Cancelled),
            () = abandoned(self.audience.as_ref()) => self.guard.stop(StopReason::Disconnected),
        }
    }

    /// Returns when its time has come: true where it may go on, false where it was stopped. Boxed, where it waits for a time,
    /// a token or listeners at all: most that rest for long wait for a person, and for nothing else.
    async fn time_comes(&self, pause: Instant, paused: bool) -> bool {
        let wakes = self.record.waiting.as_ref().map_or(Some(UnixMillis(0)), |waiting| waiting.until);
        let deadline = self.record.resume.as_ref().and_then(|resume| resume.deadline);
        let only_woken = paused || wakes.is_none();
        if only_woken && deadline.is_none() && self.audience.is_none() && self.caller_token.is_none() {
            return std::future::pending().await;
        }
        Box::pin(async {
            tokio::select! {
                biased;
                () = self.watch_for_stop() => false,
                () = async { tokio::time::sleep_until(pause).await; until(wakes).await }, if !paused => true,
            }
        })
        .await
    }
}

impl Runner {
    /// Waits until it may go on, and makes a run of it; none where it is over, or left to the next host.
    ///
    /// What it does not do most of the time is boxed: very many may rest, and each of them is as large as this.
    pub(crate) async fn wake(&self, mut dormant: Box<Dormant>) -> Option<NextRun> {
        let place = loop {
            let woken = match self.rests(&mut dormant).await {
                Woken::GoesOn(()) => Box::pin(self.sits_down(&mut dormant)).await,
                Woken::Rests => Woken::Rests,
                Woken::Stopped => Woken::Stopped,
                Woken::Left => Woken::Left,
            };
            match woken {
                Woken::GoesOn(place) => break place,
                Woken::Rests => {}
                Woken::Stopped => match self.sees_its_end(&dormant) {
                    Some(place) => break place,
                    None => return Box::pin(self.end_dormant(dormant, None)).await,
                },
                Woken::Left => return self.leave(dormant),
            }
        };
        let stopping = self.inner().stopping.clone();
        let token = dormant.guard.token().clone();
        let (mut pause, longest) = RETRY;
        loop {
            match Box::pin(self.prepare(&dormant)).await {
                Ok(prepared) => return Some(self.again(*dormant, prepared, place)),
                Err(RunError::Store(error)) => {
                    tracing::debug!(invocation = %dormant.record.id, %error, "a run cannot go on yet");
                }
                Err(error) => {
                    let error = not_begun(&error);
                    let ending = Ending::of(Err(error), dormant.guard.settle());
                    return Box::pin(self.end_dormant(dormant, Some(ending))).await;
                }
            }
            tokio::select! {
                biased;
                () = stopping.cancelled() => return self.leave(dormant),
                () = token.cancelled() => return Box::pin(self.end_dormant(dormant, None)).await,
                () = sleep(pause) => pause = pause.saturating_mul(2).min(longest),
            }
        }
    }

    /// A place for one that was stopped while its agent waited for something: the agent learns of it from its wait, as it
    /// does in memory. None where there is no room for that now, or nothing that waits.
    fn sees_its_end(&self, dormant: &Dormant) -> Option<Place> {
        let Dormant { record, seat, .. } = dormant;
        let begun = record.resume.as_ref().is_some_and(|resume| resume.message.is_none());
        let waits = record.status == InvocationStatus::Waiting && begun && matches!(seat, Seat::Held(_));
        waits.then(|| self.inner().admission.try_place(&dormant.claim()))?
    }

    /// Returns when it may go on, or was stopped.
    async fn rests(&self, dormant: &mut Dormant) -> Woken {
        let pause = Instant::now() + std::mem::take(&mut dormant.pause);
        let stopping = self.inner().stopping.clone();
        let mut woken = dormant.record.status == InvocationStatus::Paused && !dormant.guard.is_paused();
        loop {
            let paused = dormant.guard.is_paused();
            if paused {
                Box::pin(self.store_paused(dormant)).await;
            }
            if woken && !paused {
                return Woken::GoesOn(());
            }
            tokio::select! {
                biased;
                () = dormant.guard.token().cancelled() => return Woken::Stopped,
                () = stopping.cancelled() => return Woken::Left,
                () = dormant.guard.changed() => woken = true,
                goes_on = dormant.time_comes(pause, paused) => if goes_on {
                    return Woken::GoesOn(());
                },
            }
        }
    }

    async fn store_paused(&self, dormant: &mut Dormant) {
        if dormant.record.status == InvocationStatus::Paused {
            return;
        }
        let live = self.inner().live.get_or_find(dormant.record.id);
        let recorder = self.recorder(&dormant.record, &live);
        let step = Some(resting(InvocationStatus::Paused, dormant.record.waiting.clone()));
        if let Err(error) = recorder.record(Record { step, ..Record::default() }).await {
            tracing::warn!(invocation = %dormant.record.id, %error, "that a run is paused could not be stored");
        }
        dormant.record.status = InvocationStatus::Paused;
    }

    /// Stores that it waits for nothing but its turn, and which attempt is next: a host that ends before its turn comes was
    /// none.
    async fn store_queued(&self, dormant: &mut Dormant) {
        dormant.guard.set_status(InvocationStatus::Queued);
        if dormant.record.status == InvocationStatus::Queued {
            return;
        }
        let Dormant { record, guard, .. } = dormant;
        (record.status, record.waiting) = (InvocationStatus::Queued, None);
        let begin = Begin {
            record: record.clone(),
            message: None,
            pin: false,
            start_key: None,
            quotas: Quotas::default(),
        };
        let live = self.inner().live.get_or_find(guard.id());
        // Who answers a question of it at the same moment writes its status, too.
        let stored = match self.recorder(&begin.record, &live).lock().await {
            Ok(_writing) => self.inner().log.begin(begin).await.map(drop),
            Err(error) => Err(error),
        };
        if let Err(error) = stored {
            tracing::warn!(invocation = %guard.id(), %error, "that a run waits for its turn could not be stored");
        }
    }

    /// Waits for the session, and for a place among those in memory.
    async fn sits_down(&self, dormant: &mut Dormant) -> Woken<Place> {
        let admission = self.inner().admission.clone();
        let claim = dormant.claim();
        if matches!(dormant.seat, Seat::Held(_))
            && let Some(place) = admission.try_place(&claim)
        {
            return Woken::GoesOn(place);
        }
        self.store_queued(dormant).await;
        let stopping = self.inner().stopping.clone();
        let mut seat = std::mem::take(&mut dormant.seat);
        let woken = {
            let sits_down = async {
                seat.wait().await;
                admission.place(claim).await
            };
            tokio::pin!(sits_down);
            loop {
                tokio::select! {
                    biased;
                    () = stopping.cancelled() => break Woken::Left,
                    () = dormant.guard.token().cancelled() => break Woken::Stopped,
                    place = &mut sits_down => break Woken::GoesOn(place),
                    () = dormant.guard.changed() => if dormant.guard.is_paused() {
                        break Woken::Rests;
                    },
                    () = dormant.watch_for_stop() => {}
                }
            }
        };
        dormant.seat = seat;
        woken
    }

    /// Reads what it takes to repeat the run, and stores that it goes on.
    async fn prepare(&self, dormant: &Dormant) -> Result<Prepared, RunError> {
        let inner = self.inner();
        let id = dormant.record.id;
        let mut record = inner.log.invocation(id).await?.ok_or(RunError::InvocationNotFound(id))?;
        let agent = agent_choice::exactly(inner.agents.as_ref(), &record).await?;
        let said = inner.log.message(id).await?;
        let mut recorded: Vec<JournalEntry> = Vec::new();
        for chunk in inner.log.journal(id).await? {
            recorded.extend(chunk.decode()?);
        }
        let state =
            inner.sessions.get(&record.session).await?.map(|session| session.state).unwrap_or_default();
        record.status = InvocationStatus::Active;
        record.attempt = dormant.record.attempt;
        record.waiting = None;
        record.reason = None;
        let Some(resume) = &mut record.resume else { return Err(RunError::InvocationNotFound(id)) };
        resume.stalled = dormant.record.resume.as_ref().map_or(0, |resume| resume.stalled);
        resume.attempt_began_at = recorded.len() as u64;
        let message = resume.message.take();
        let (begins_at, message) = match (said, message) {
            (Some((position, event)), _) => {
                let content = event.event.content.clone().unwrap_or_else(empty);
                let begin = Begin {
                    record: record.clone(),
                    message: None,
                    pin: false,
                    start_key: None,
                    quotas: Quotas::default(),
                };
                inner.log.begin(begin).await?;
                (Some(position), content)
            }
            (None, message) => (None, message.unwrap_or_else(empty)),
        };
        Ok(Prepared { agent, record, begins_at, message, state, recorded })
    }

    fn again(&self, dormant: Dormant, prepared: Prepared, place: Place) -> NextRun {
        let Prepared { agent, record, begins_at, message, state, recorded } = prepared;
        let inner = self.inner();
        dormant.guard.activate();
        let live = inner.live.get_or_find(record.id);
        live.continue_at(record.progress.as_ref());
        let resume = record.resume.clone().unwrap_or_default();
        let client = resume.deadline.map(|deadline| {
            let left = deadline.0.saturating_sub(UnixMillis::now().0);
            Duration::from_millis(u64::try_from(left).unwrap_or(0))
        });
        // Where its client did not say otherwise, nobody has to listen to a run that was put away.
        let at_rest =
            dormant.audience.as_ref().map_or(OnDisconnect::Continue, |(_, on_disconnect)| *on_disconnect);
        let journal = new_journal(agent.as_ref(), &record, recorded);
        let told_late = dormant.guard.token().is_cancelled();
        let task = RunTask {
            told_late,
            runner: self.clone(),
            priority: resume.priority,
            recorder: self.recorder(&record, &live),
            agents: inner.agents.clone(),
            message,
            guard: dormant.guard,
            live,
            sessions: inner.sessions.clone(),
            deadline: Deadline::in_time(client),
            on_disconnect: at_rest,
            on_disconnect_at_rest: at_rest,
            caller_token: dormant.caller_token,
            stopping: inner.stopping.clone(),
            longest_wait_in_memory: inner.settings.longest_wait_in_memory,
            start_key: None,
            quotas: Quotas::default(),
            record,
        };
        let seat = dormant.seat;
        let start = match begins_at {
            Some(begins_at) => {
                let begun = Begun { agent, begins_at, state: Some(state), journal };
                Start::Now { seat, place, begun }
            }
            None => Start::Later { seat, entry: Entry::Now(place), admitted: agent },
        };
        NextRun::new(task, start)
    }

    /// Ends it without a run.
    pub(crate) async fn end_dormant(&self, dormant: Box<Dormant>, ending: Option<Ending>) -> Option<NextRun> {
        let Dormant { guard, seat, record, .. } = *dormant;
        let live = self.inner().live.get_or_find(record.id);
        live.continue_at(record.progress.as_ref());
        let recorder = self.recorder(&record, &live);
        let ending =
            ending.unwrap_or_else(|| Ending::Stopped(guard.settle().unwrap_or(StopReason::Cancelled)));
        let stopping = &self.inner().stopping;
        let (status, events) =
            closing::end(&recorder, stopping, ending, StateDelta::new(), record.usage).await;
        tracing::info!(invocation = %record.id, session = %record.session, %status, "run ended");
        drop(seat);
        guard.complete(status);
        live.feed.push(events);
        live.feed.close();
        None
    }

    /// The host ends before it goes on: what is stored says so already.
    fn leave(&self, dormant: Box<Dormant>) -> Option<NextRun> {
        if let Some(live) = self.inner().live.get(dormant.record.id) {
            live.feed.close();
        }
        let Dormant { guard, seat, .. } = *dormant;
        guard.leave();
        seat.keep();
        None
    }
}

/// What it takes to repeat a run.
struct Prepared {
    agent: Arc<dyn rak_core::Agent>,
    record: InvocationRecord,
    /// Absent where its message is not in the session yet.
    begins_at: Option<u64>,
    message: Content,
    state: StateDelta,
    recorded: Vec<JournalEntry>,
}

fn empty() -> Content {
    Content { role: Role::USER.into(), parts: Vec::new() }
}
