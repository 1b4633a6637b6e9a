//! What is stored of an invocation so far, as far as what is written next depends on it.

use std::collections::{BTreeMap, BTreeSet};

use rak_core::{
    Content, Event, EventLog, InputKind, InputRequest, InputResponse, InvocationId, Part, StoreError,
};

/// How many events are read at a time.
const PAGE: usize = 500;

#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) last_seq: u64,
    /// Function calls without a response: id and name.
    pub(crate) open_calls: Vec<(String, String)>,
    /// What was asked of a person.
    pub(crate) requests: BTreeMap<String, InputRequest>,
    /// What was answered; messages apart.
    pub(crate) responses: BTreeMap<String, InputResponse>,
    /// The numbers of the events that are messages to the agent.
    pub(crate) messages: Vec<u64>,
    /// Questions that the agent does not wait for any more.
    pub(crate) given_up: BTreeSet<String>,
    /// Up to which event each child is shown.
    relayed: BTreeMap<InvocationId, u64>,
}

impl Written {
    /// Reads it from the log.
    pub(crate) async fn read(log: &dyn EventLog, id: InvocationId) -> Result<Self, StoreError> {
        let mut written = Self::default();
        loop {
            let page = log.read(id, written.last_seq, PAGE).await?;
            let Some(last) = page.last() else { return Ok(written) };
            written.last_seq = last.seq();
            for event in &page {
                written.observe(event);
            }
        }
    }

    /// Follows what an event opens and closes.
    pub(crate) fn observe(&mut self, event: &Event) {
        if let Some(origin) = &event.origin {
            // What a child asks and calls is its own affair.
            let relayed = self.relayed.entry(origin.through).or_default();
            *relayed = origin.seq.unwrap_or(0).max(*relayed);
            return;
        }
        if let Some(content) = &event.content {
            self.observe_content(content);
        }
        if let Some(request) = &event.input_required {
            self.requests.insert(request.request_id.clone(), request.clone());
        }
        match (&event.input_response, &event.content, event.seq) {
            (Some(_), Some(_), Some(seq)) => self.messages.push(seq),
            (Some(response), _, _) => {
                self.responses.insert(response.request_id.clone(), response.clone());
            }
            (None, _, _) => {}
        }
    }

    fn observe_content(&mut self, content: &Content) {
        for part in &content.parts {
            match part {
                Part::FunctionCall(call) => self.open_calls.push((call.id.clone(), call.name.clone())),
                Part::FunctionResponse(response) => {
                    let answered = self.open_calls.iter().position(|(id, name)| {
                        *id == response.id && (!id.is_empty() || *name == response.name)
                    });
                    if let Some(index) = answered {
                        self.open_calls.remove(index);
                    }
                }
                _ => {}
            }
        }
    }

    /// Up to which event a child is shown; 0 where nothing of it is.
    pub(crate) fn relayed(&self, child: InvocationId) -> u64 {
        self.relayed.get(&child).copied().unwrap_or(0)
    }

    /// Whether one of these questions is answered.
    pub(crate) fn any_answered(&self, requests: &[String]) -> bool {
        requests.iter().any(|request| self.is_answered(request))
    }

    /// Whether a question is answered.
    pub(crate) fn is_answered(&self, request_id: &str) -> bool {
        self.responses.contains_key(request_id) || self.message(request_id).is_some()
    }

    /// The number of the event that is this message.
    pub(crate) fn message(&self, request_id: &str) -> Option<u64> {
        let index = message_index(request_id)?;
        self.messages.get(index).copied()
    }

    /// The questions that wait for an answer.
    pub(crate) fn open(&self) -> Vec<String> {
        let open = |id: &&String| !self.is_answered(id) && !self.given_up.contains(*id);
        self.requests.keys().filter(open).cloned().collect()
    }
}

/// Which message an id means, from 0.
pub(crate) fn message_index(request_id: &str) -> Option<usize> {
    let number = request_id.strip_prefix("message-")?;
    let index = number.parse::<usize>().ok()?.checked_sub(1)?;
    (InputKind::Message.request_id(index as u64 + 1) == request_id).then_some(index)
}
