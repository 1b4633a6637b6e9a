//! What people say to an invocation.

use std::sync::Arc;

use rak_core::time::UnixMillis;
use rak_core::{
    Content, Event, InputKind, InputRequest, InputResponse, InvocationId, InvocationRecord, InvocationStatus,
    Reply, Respond, RespondError, RunError, USER_AUTHOR,
};
use serde_json::Value;

use crate::recorder::{Record, Recorder, Writing};
use crate::run_context::resting;
use crate::runner::Runner;
use crate::written::{Written, message_index};

/// How many messages may be sent to one invocation.
const MAX_MESSAGES: usize = 10_000;

impl Runner {
    /// Answers a question of an invocation, or says something to it. When this returns, the answer is stored, and the
    /// invocation goes on with it wherever it is: in memory, put away, in the next host. The same answer again is no
    /// second one. Gives the id of the question.
    pub async fn respond(&self, id: InvocationId, respond: Respond) -> Result<String, RespondError> {
        // In a task of its own: a caller that goes away must not leave an answer that is stored and wakes nobody.
        let runner = self.clone();
        let answering = self.inner().tasks.spawn(async move {
            let answered = runner.take_answer(id, respond).await;
            runner.inner().live.forget(id);
            answered
        });
        answering.await.map_err(|error| RunError::Internal(error.to_string()))?
    }

    async fn take_answer(&self, id: InvocationId, respond: Respond) -> Result<String, RespondError> {
        let (child, respond) = self.addressee(id, respond).await?;
        if child != id {
            let answered = Box::pin(self.answer_here(child, respond)).await;
            self.inner().live.forget(child);
            return Ok(format!("{child}/{}", answered?));
        }
        self.answer_here(id, respond).await
    }

    async fn answer_here(&self, id: InvocationId, respond: Respond) -> Result<String, RespondError> {
        let live = self.inner().live.get_or_find(id);
        let record = self.inner().log.invocation(id).await?.ok_or(RunError::InvocationNotFound(id))?;
        if respond.user_id.as_ref().is_some_and(|user| *user != record.session.user_id) {
            return Err(RunError::InvocationNotFound(id).into());
        }
        let recorder = self.recorder(&record, &live);
        let mut writing = recorder.lock().await?;
        // Read again: whoever writes its end holds the lock.
        let record = self.inner().log.invocation(id).await?.ok_or(RunError::InvocationNotFound(id))?;
        let by = respond.by;
        let said = match respond.reply {
            Reply::Message { request_id, content } => {
                self.message(&record, writing.written(), request_id, content, by).await?
            }
            Reply::Decision { request_id, decision } => {
                let answer =
                    serde_json::to_value(&decision).map_err(|error| RunError::Internal(error.to_string()))?;
                let response = InputResponse { request_id, answer, by };
                answer_to(InputKind::Approve, &record, writing.written(), response).await?
            }
            Reply::Answer { request_id, answer } => {
                let response = InputResponse { request_id, answer, by };
                answer_to(InputKind::Ask, &record, writing.written(), response).await?
            }
        };
        let event = match said {
            Said::Before(request_id) => return Ok(request_id),
            Said::New(event) => event,
        };
        let request_id = event.input_response.as_ref().map(|response| response.request_id.clone());
        let request_id = request_id.unwrap_or_default();
        store(&recorder, writing, &record, *event, &request_id).await?;
        live.answered.send_replace(());
        self.inner().tracker.wake(id);
        Ok(request_id)
    }

    /// Whose question it is: a child's is named by the child's id, a slash, and its id there.
    async fn addressee(
        &self,
        id: InvocationId,
        mut respond: Respond,
    ) -> Result<(InvocationId, Respond), RespondError> {
        let request_id = match &mut respond.reply {
            Reply::Decision { request_id, .. }
            | Reply::Answer { request_id, .. }
            | Reply::Message { request_id: Some(request_id), .. } => request_id,
            Reply::Message { request_id: None, .. } => return Ok((id, respond)),
        };
        let Some((child, own)) = request_id.split_once('/') else { return Ok((id, respond)) };
        let not_found = || RespondError::RequestNotFound {
            invocation: id,
            request_id: request_id.clone(),
            open: Vec::new(),
        };
        let child: InvocationId = child.parse().map_err(|_| not_found())?;
        let mut above = child;
        while above != id {
            let record = self.inner().log.invocation(above).await?;
            let parent = record.and_then(|record| record.parent).ok_or_else(not_found)?;
            above = parent.invocation_id;
        }
        let own = own.to_owned();
        *request_id = own;
        Ok((child, respond))
    }

    /// A message has the number of its place; one that names its number is taken once.
    async fn message(
        &self,
        record: &InvocationRecord,
        written: &Written,
        request_id: Option<String>,
        content: Content,
        by: Option<String>,
    ) -> Result<Said, RespondError> {
        let next = written.messages.len();
        if let Some(request_id) = request_id {
            let not_found = |request_id| RespondError::RequestNotFound {
                invocation: record.id,
                request_id,
                open: written.open(),
            };
            let Some(index) = message_index(&request_id) else {
                return Err(match written.requests.get(&request_id) {
                    Some(request) => wrong_kind(request),
                    None => not_found(request_id),
                });
            };
            if let Some(seq) = written.messages.get(index) {
                let events = self.inner().log.read(record.id, seq.saturating_sub(1), 1).await?;
                let before = events.first().and_then(|event| event.event.content.clone());
                return if before == Some(content) {
                    Ok(Said::Before(request_id))
                } else {
                    Err(RespondError::AlreadyAnswered { request_id })
                };
            }
            if index != next {
                return Err(not_found(request_id));
            }
        }
        if record.status.is_terminal() {
            return Err(RunError::InvocationOver(record.id).into());
        }
        if next >= MAX_MESSAGES {
            return Err(RespondError::TooManyMessages { limit: MAX_MESSAGES });
        }
        let request_id = InputKind::Message.request_id(next as u64 + 1);
        let mut event = Event::new(record.id, USER_AUTHOR);
        event.content = Some(content);
        event.input_response = Some(InputResponse { request_id, answer: Value::Null, by });
        Ok(Said::New(Box::new(event)))
    }
}

enum Said {
    /// The same was said before.
    Before(String),
    New(Box<Event>),
}

async fn answer_to(
    kind: InputKind,
    record: &InvocationRecord,
    written: &Written,
    response: InputResponse,
) -> Result<Said, RespondError> {
    let request_id = response.request_id.clone();
    let Some(request) = written.requests.get(&request_id) else {
        let open = written.open();
        return Err(RespondError::RequestNotFound { invocation: record.id, request_id, open });
    };
    if request.kind != kind {
        return Err(wrong_kind(request));
    }
    if let Some(before) = written.responses.get(&request_id) {
        // Whoever answered: it is the same answer.
        return if before.answer == response.answer {
            Ok(Said::Before(request_id))
        } else {
            Err(RespondError::AlreadyAnswered { request_id })
        };
    }
    if record.status.is_terminal() {
        return Err(RunError::InvocationOver(record.id).into());
    }
    let over = request.expires_at.is_some_and(|at| at <= UnixMillis::now());
    if over || written.given_up.contains(&request_id) {
        return Err(RespondError::RequestExpired { request_id });
    }
    let (schema, answer) = (request.schema.clone(), response.answer.clone());
    // The schema is the agent's, and may take its time.
    let valid = tokio::task::spawn_blocking(move || rak_schema::validate(&schema, &answer)).await;
    if let Err(reason) = valid.map_err(|error| RunError::Internal(error.to_string()))? {
        return Err(RespondError::InvalidAnswer { request_id, reason });
    }
    let mut event = Event::new(record.id, USER_AUTHOR);
    event.input_response = Some(response);
    Ok(Said::New(Box::new(event)))
}

fn wrong_kind(request: &InputRequest) -> RespondError {
    let reason = match request.kind {
        InputKind::Approve => "it is asked whether something may be done: send a decision",
        InputKind::Ask => "it is a question: send an answer",
        InputKind::Message => "it waits for a message: send a message",
    };
    RespondError::InvalidAnswer { request_id: request.request_id.clone(), reason: reason.into() }
}

/// An invocation that waits for this goes on with it, also where the host ends right now.
async fn store(
    recorder: &Arc<Recorder>,
    writing: Writing,
    record: &InvocationRecord,
    event: Event,
    request_id: &str,
) -> Result<(), RunError> {
    let waits = |record: &InvocationRecord| {
        let waiting = record.waiting.as_ref();
        waiting.is_some_and(|waiting| waiting.requests.iter().any(|request| request == request_id))
    };
    let step = match record.status {
        InvocationStatus::Waiting if waits(record) => Some(resting(InvocationStatus::Active, None)),
        // It goes on when somebody resumes it, and waits for nothing else.
        InvocationStatus::Paused if waits(record) => Some(resting(InvocationStatus::Paused, None)),
        _ => None,
    };
    let stored = recorder.record_locked(writing, Record { events: vec![event], step, ..Record::default() });
    stored.await.map(drop).map_err(|failure| rak_core::StoreError::unavailable(failure.message).into())
}
