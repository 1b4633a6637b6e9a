//! Children: invocations that other invocations started. Who belongs to whom, and what goes from a child to its parent.
//!
//! A child is an invocation like any other, with a session, a place and a life of its own; it goes on by itself after the
//! host ended. What ties it to its parent is in its record. In memory each parent that is not over has its family here: whoever
//! stops the parent stops the family, and each member has a task that follows it to its end, shows its events in the
//! parent's stream where that is wanted, and wakes a parent that rests until then.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use dashmap::DashMap;
use futures::StreamExt as _;
use rak_core::{
    AppName, ChildReply, ChildRequest, Content, EncodedEvent, ErrorDetails, Event, EventOrigin, EventStream,
    Failure, FailureKind, IfBusy, InvocationId, InvocationRecord, InvocationStatus, OnDisconnect, Parent,
    Priority, RunConfig, RunError, SYSTEM_AUTHOR, SessionId, SessionKey, StopReason, StoreError, USER_AUTHOR,
};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

use crate::recorder::{Record, is_stored};
use crate::runner::{RunRequest, Runner};

/// How many events are read from the store at a time.
const PAGE: usize = 500;
/// How soon a store that could not be read or written is asked again, and how long the pauses become.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// Behind every event.
const AFTER_ALL: u64 = u64::MAX;

/// The families of the invocations that are not over. A clone shares them.
#[derive(Clone, Default)]
pub(crate) struct Families {
    families: Arc<DashMap<InvocationId, HashMap<InvocationId, Member>>>,
}

struct Member {
    over: watch::Sender<bool>,
    detached: bool,
}

impl Families {
    /// Takes a child in. Gives what says that it is over, and whether it is new here: then somebody has to follow it.
    fn adopt(
        &self,
        parent: InvocationId,
        child: InvocationId,
        detached: bool,
    ) -> (watch::Receiver<bool>, bool) {
        let mut family = self.families.entry(parent).or_default();
        let new = !family.contains_key(&child);
        let member =
            family.entry(child).or_insert_with(|| Member { over: watch::Sender::new(false), detached });
        (member.over.subscribe(), new)
    }

    fn is_over(&self, parent: InvocationId, child: InvocationId) {
        if let Some(member) = self.families.get(&parent).as_ref().and_then(|family| family.get(&child)) {
            member.over.send_replace(true);
        }
    }

    /// Whether one of these children is over.
    pub(crate) fn any_over(&self, parent: InvocationId, children: &[InvocationId]) -> bool {
        let Some(family) = self.families.get(&parent) else { return false };
        children.iter().filter_map(|child| family.get(child)).any(|member| *member.over.borrow())
    }

    /// How many children are not over.
    fn living(&self, parent: InvocationId) -> usize {
        let family = self.families.get(&parent);
        family.map_or(0, |family| family.values().filter(|member| !*member.over.borrow()).count())
    }

    /// The children that end with their parent and are not over.
    pub(crate) fn dependents(&self, parent: InvocationId) -> Vec<InvocationId> {
        let Some(family) = self.families.get(&parent) else { return Vec::new() };
        let depends = |member: &Member| !member.detached && !*member.over.borrow();
        family.iter().filter(|(_, member)| depends(member)).map(|(child, _)| *child).collect()
    }

    /// The parent is over, or not this process's any more.
    pub(crate) fn forget(&self, parent: InvocationId) {
        self.families.remove(&parent);
    }
}

/// How many children an invocation may have at once, and how deep a tree may grow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) children: usize,
    pub(crate) depth: usize,
}

/// Who starts a child.
pub(crate) struct Caller {
    pub(crate) id: InvocationId,
    pub(crate) session: SessionKey,
    pub(crate) parent: Option<Parent>,
    pub(crate) priority: Priority,
}

impl Caller {
    /// The agents above a child of it.
    fn lineage(&self) -> Vec<AppName> {
        let above = self.parent.as_ref().map(|parent| parent.lineage.as_slice()).unwrap_or_default();
        above.iter().chain([&self.session.app_name]).cloned().collect()
    }

    fn check(&self, agent: &AppName, living: usize, bounds: Bounds) -> Result<Vec<AppName>, Failure> {
        let lineage = self.lineage();
        if lineage.contains(agent) {
            let path: Vec<_> = lineage.iter().chain([agent]).map(AppName::as_str).collect();
            let message = format!("agents may not call each other in a circle: {}", path.join(" -> "));
            return Err(refused(FailureKind::InvalidArgument, "cycle", message));
        }
        if lineage.len() > bounds.depth {
            let message =
                format!("agents may call each other {} deep, and this would be one more", bounds.depth);
            return Err(refused(FailureKind::LimitExceeded, "child_depth", message));
        }
        if living >= bounds.children {
            let message =
                format!("an invocation may have {} children at once, and this one has", bounds.children);
            return Err(refused(FailureKind::LimitExceeded, "children", message));
        }
        Ok(lineage)
    }
}

fn refused(kind: FailureKind, code: &str, message: String) -> Failure {
    Failure { code: Some(code.into()), ..Failure::new(kind, message) }
}

/// The id of an invocation's `number`-th child: the same one whenever the invocation is repeated.
fn child_id(parent: InvocationId, number: u64) -> InvocationId {
    let digest = Sha256::digest(format!("{parent}/{number}"));
    let mut bits = [0; 10];
    bits.iter_mut().zip(digest).for_each(|(bit, of)| *bit = of);
    parent.derived(&bits)
}

impl Runner {
    /// Starts a child, or finds the one that was started with the same number.
    pub(crate) async fn start_child(
        &self,
        caller: Caller,
        request: ChildRequest,
    ) -> Result<InvocationId, Failure> {
        // In a task of its own: a caller that is put away meanwhile must not leave a child that nobody follows.
        let runner = self.clone();
        let starting = async move { runner.begin_child(&caller, request).await };
        let starting = self.inner().tasks.spawn_on(starting, self.inner().runtime());
        let lost = |error| Failure::new(FailureKind::Failed, format!("the start was lost: {error}"));
        starting.await.map_err(lost)?
    }

    async fn begin_child(&self, caller: &Caller, request: ChildRequest) -> Result<InvocationId, Failure> {
        let inner = self.inner();
        let id = child_id(caller.id, request.number);
        if inner.log.invocation(id).await?.is_some() {
            self.has_child(caller.id, id);
            return Ok(id);
        }
        let bounds = Bounds { children: inner.settings.max_children, depth: inner.settings.max_child_depth };
        let lineage = caller.check(&request.agent, inner.tracker.families().living(caller.id), bounds)?;
        let ChildRequest { agent, input, options, .. } = request;
        let session_id = match options.session {
            Some(session) => session,
            None => {
                SessionId::new(id.to_string()).map_err(RunError::from).map_err(|error| not_started(&error))?
            }
        };
        let parent =
            Parent { invocation_id: caller.id, lineage, relay: options.relay, detached: options.detached };
        let (relay, detached) = (parent.relay, parent.detached);
        let request = RunRequest {
            invocation_id: id,
            session: SessionKey { app_name: agent, user_id: caller.session.user_id.clone(), session_id },
            message: input,
            config: RunConfig {
                if_busy: IfBusy::Queue,
                on_disconnect: Some(OnDisconnect::Continue),
                timeout: options.timeout,
                priority: caller.priority,
                ..RunConfig::default()
            },
            cancel_token: None,
        };
        // Taken in before it begins: whoever stops the parent in this moment finds it.
        let (_, new) = inner.tracker.families().adopt(caller.id, id, detached);
        let started = match self.start_below(request, Some(parent)).await {
            Ok(started) => started,
            Err(error) => {
                inner.tracker.families().is_over(caller.id, id);
                return Err(not_started(&error));
            }
        };
        if new {
            // From the start, so that what is only sent is shown, too.
            self.follow(caller.id, id, Some(started.events).filter(|_| relay));
        }
        // Its parent was stopped before the child could be.
        let stopped = inner.tracker.status(caller.id).is_none_or(InvocationStatus::is_terminal);
        if stopped && !detached {
            inner.tracker.stop(id, StopReason::ParentEnded);
        }
        Ok(id)
    }

    /// A child of an invocation that goes on. Gives what says that it is over.
    pub(crate) fn has_child(&self, parent: InvocationId, child: InvocationId) -> watch::Receiver<bool> {
        self.takes_in(parent, child, false)
    }

    /// The same, of one that may live on by itself.
    pub(crate) fn takes_in(
        &self,
        parent: InvocationId,
        child: InvocationId,
        detached: bool,
    ) -> watch::Receiver<bool> {
        let (over, new) = self.inner().tracker.families().adopt(parent, child, detached);
        if new {
            self.follow(parent, child, None);
        }
        over
    }

    /// Follows a child to its end.
    fn follow(&self, parent: InvocationId, child: InvocationId, mut events: Option<EventStream>) {
        let runner = self.clone();
        let follow = async move {
            let (mut pause, longest) = RETRY;
            loop {
                match runner.follow_once(parent, child, events.take()).await {
                    Ok(true) => break,
                    // The host ends, or the child's end is still to be stored.
                    Ok(false) => {}
                    Err(error) => tracing::debug!(%parent, %child, %error, "a child cannot be followed yet"),
                }
                tokio::select! {
                    () = runner.inner().stopping.cancelled() => return,
                    () = tokio::time::sleep(pause) => pause = pause.saturating_mul(2).min(longest),
                }
            }
            runner.inner().tracker.families().is_over(parent, child);
            runner.wake_parent(parent, child).await;
        };
        self.inner().tasks.spawn_on(follow, self.inner().runtime());
    }

    /// True where the child is over, and everything of it is shown that is to be.
    async fn follow_once(
        &self,
        parent: InvocationId,
        child: InvocationId,
        events: Option<EventStream>,
    ) -> Result<bool, RunError> {
        let log = &self.inner().log;
        let Some(record) = log.invocation(child).await? else { return Ok(true) };
        if record.parent.is_some_and(|of| of.relay && of.invocation_id == parent) {
            match self.relay(parent, child, record.session.app_name.as_str(), events).await {
                // The parent may be over, or gone with its session.
                Ok(()) | Err(RunError::InvocationOver(_) | RunError::InvocationNotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let mut end = self.listen(child, AFTER_ALL).await?;
        while end.next().await.transpose()?.is_some() {}
        Ok(log.invocation(child).await?.is_none_or(|record| record.status.is_terminal()))
    }

    /// Shows what a child emits in its parent's stream, from where that had come to, until it is over.
    async fn relay(
        &self,
        parent: InvocationId,
        child: InvocationId,
        agent: &str,
        events: Option<EventStream>,
    ) -> Result<(), RunError> {
        let inner = self.inner();
        let record = self.unfinished(parent).await?;
        let live = inner.live.get_or_find(parent);
        let recorder = self.recorder(&record, &live);
        let mut events = if let Some(events) = events {
            events
        } else {
            let after = recorder.lock().await?.written().relayed(child);
            self.listen(child, after).await?
        };
        while let Some(event) = events.next().await.transpose()? {
            let Some(shown) = shown(&event, parent, child, agent) else { continue };
            let mut writing = recorder.lock().await?;
            let before = writing.written().relayed(child);
            if is_stored(&shown) && event.seq() <= before {
                continue;
            }
            let record = Record { events: vec![shown], ..Record::default() };
            recorder.record_locked(writing, record).await.map_err(|failure| match failure.kind {
                FailureKind::Conflict | FailureKind::NotFound => RunError::InvocationOver(parent),
                _ => StoreError::unavailable(failure.message).into(),
            })?;
        }
        drop((recorder, live));
        inner.live.forget(parent);
        Ok(())
    }

    /// A parent that was put away until its child is over goes on.
    async fn wake_parent(&self, parent: InvocationId, child: InvocationId) {
        let waits = match self.inner().log.invocation(parent).await {
            Ok(Some(record)) => record.waiting.is_some_and(|waiting| waiting.invocations.contains(&child)),
            Ok(None) => false,
            // It looks by itself what became of it.
            Err(_) => true,
        };
        if waits {
            self.inner().tracker.wake(parent);
        }
    }

    /// What a child that is over returned.
    pub(crate) async fn child_reply(&self, child: InvocationId) -> Result<ChildReply, Failure> {
        let log = &self.inner().log;
        let gone = || Failure::new(FailureKind::NotFound, format!("there is no invocation {child} any more"));
        let record = log.invocation(child).await?.ok_or_else(gone)?;
        let mut said = None;
        let mut after = 0;
        loop {
            let page = log.read(child, after, PAGE).await?;
            let last = page.last().ok_or_else(|| unknown_end(&record))?;
            after = last.seq();
            let own = |event: &&EncodedEvent| {
                event.origin.is_none() && event.author != USER_AUTHOR && event.author != SYSTEM_AUTHOR
            };
            if let Some(content) = page.iter().rev().filter(own).find_map(|event| event.content.clone()) {
                said = Some(content);
            }
            if last.turn_complete {
                return reply(&record, &last.event, said);
            }
        }
    }
}

/// The reply that a child's last event is.
fn reply(record: &InvocationRecord, end: &Event, said: Option<Content>) -> Result<ChildReply, Failure> {
    if record.status == InvocationStatus::Completed {
        return Ok(ChildReply {
            invocation_id: record.id,
            content: said,
            escalate: end.actions.escalate,
            transfer_to: end.actions.transfer_to_agent.clone(),
            extra: end.custom.as_ref().map(|custom| custom.value.clone()),
        });
    }
    let agent = &record.session.app_name;
    let message = end.error_message.clone().unwrap_or_else(|| format!("it ended as {}", record.status));
    let code = end.error_code.clone().unwrap_or_else(|| record.status.to_string());
    let said: Option<&ErrorDetails> = end.error_details.as_ref();
    let kind = match (record.status, said.map(|said| said.kind)) {
        (InvocationStatus::TimedOut, _) => FailureKind::DeadlineExceeded,
        (InvocationStatus::Interrupted, _) => FailureKind::Unavailable,
        // This kind tells the caller that it is being cancelled itself.
        (_, Some(FailureKind::Cancelled) | None) => FailureKind::Failed,
        (_, Some(kind)) => kind,
    };
    let details = match said.and_then(|said| said.details.clone()) {
        Some(own) => json!({"agent": agent, "invocationId": record.id, "details": own}),
        None => json!({"agent": agent, "invocationId": record.id}),
    };
    Err(Failure {
        kind,
        code: Some(code),
        message: format!("the agent {agent:?} failed: {message}"),
        retry_after_ms: said.and_then(|said| said.retry_after_ms),
        details: Some(details),
    })
}

/// The end of a child could not be stored with its events.
fn unknown_end(record: &InvocationRecord) -> Failure {
    let message = format!("how invocation {} ended is not stored", record.id);
    Failure { code: Some("not_stored".into()), ..Failure::new(FailureKind::Unavailable, message) }
}

/// Why a child did not begin.
fn not_started(error: &RunError) -> Failure {
    let (kind, code) = match error {
        RunError::AgentNotFound { .. } => (FailureKind::NotFound, None),
        RunError::InvalidId(_) => (FailureKind::InvalidArgument, None),
        RunError::QuotaExceeded { .. } => (FailureKind::LimitExceeded, Some("quota_exceeded")),
        RunError::QueueFull { .. } => (FailureKind::LimitExceeded, Some("queue_full")),
        _ => (FailureKind::Unavailable, None),
    };
    let retry_after = match error {
        RunError::QuotaExceeded { retry_after, .. } => u64::try_from(retry_after.as_millis()).ok(),
        _ => None,
    };
    Failure {
        code: code.map(str::to_owned),
        retry_after_ms: retry_after,
        ..Failure::new(kind, error.to_string())
    }
}

/// A child's event as its parent's client sees it. How the child ended is between the two; what it said at its end is not.
fn shown(event: &EncodedEvent, parent: InvocationId, child: InvocationId, agent: &str) -> Option<Event> {
    if event.turn_complete && event.content.is_none() {
        return None;
    }
    let mut shown = Event::clone(&event.event);
    shown.origin = Some(EventOrigin {
        invocation_id: event.origin.as_ref().map_or(child, |origin| origin.invocation_id),
        through: child,
        seq: event.seq,
    });
    shown.branch =
        if event.branch.is_empty() { agent.to_owned() } else { format!("{agent}.{}", event.branch) };
    shown.invocation_id = parent;
    shown.seq = None;
    shown.turn_complete = false;
    // The state is that of the child's session.
    shown.actions = rak_core::EventActions::default();
    // A question is answered where it was seen.
    let address = |request_id: &mut String| {
        if !request_id.contains('/') {
            *request_id = format!("{child}/{request_id}");
        }
    };
    shown.input_required.iter_mut().for_each(|request| address(&mut request.request_id));
    shown.input_response.iter_mut().for_each(|response| address(&mut response.request_id));
    Some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> AppName {
        AppName::new(text).unwrap()
    }

    #[test]
    fn a_child_has_the_same_id_when_its_parent_is_repeated() {
        let [one, two] = [InvocationId::new(), InvocationId::new()];
        assert_eq!(child_id(one, 1), child_id(one, 1));
        assert_ne!(child_id(one, 1), child_id(one, 2));
        assert_ne!(child_id(one, 1), child_id(two, 1));
    }

    #[test]
    fn circles_depth_and_number_are_bounded() {
        let session = SessionKey {
            app_name: name("b"),
            user_id: rak_core::UserId::anonymous(),
            session_id: SessionId::random(),
        };
        let parent = Parent {
            invocation_id: InvocationId::new(),
            lineage: vec![name("a")],
            relay: false,
            detached: false,
        };
        let id = InvocationId::new();
        let caller = Caller { id, session, parent: Some(parent), priority: Priority::default() };
        let bounds = Bounds { children: 2, depth: 2 };
        let check = |agent: &str, living, bounds| {
            let checked = caller.check(&name(agent), living, bounds);
            checked.map_err(|failure| (failure.code.unwrap_or_default(), failure.message))
        };
        assert_eq!(check("c", 1, bounds), Ok(vec![name("a"), name("b")]));
        for circle in ["a", "b"] {
            let (code, message) = check(circle, 0, bounds).unwrap_err();
            assert_eq!(code, "cycle");
            assert!(message.ends_with(&format!("a -> b -> {circle}")), "{message}");
        }
        assert_eq!(check("c", 2, bounds).unwrap_err().0, "children");
        assert_eq!(check("c", 0, Bounds { depth: 1, ..bounds }).unwrap_err().0, "child_depth");
    }
}
