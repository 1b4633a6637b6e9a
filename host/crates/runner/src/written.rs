//! What is stored of an invocation so far, as far as what is written next depends on it.

use std::collections::BTreeMap;

use rak_core::{Content, Event, EventLog, InputRequest, InputResponse, InvocationId, Part, StoreError};

/// How many events are read at a time.
const PAGE: usize = 500;

#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) last_seq: u64,
    /// Function calls without a response: id and name.
    pub(crate) open_calls: Vec<(String, String)>,
    /// What was asked of a person.
    pub(crate) requests: BTreeMap<String, InputRequest>,
    /// What was answered.
    pub(crate) responses: BTreeMap<String, InputResponse>,
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
        if let Some(content) = &event.content {
            self.observe_content(content);
        }
        if let Some(request) = &event.input_required {
            self.requests.insert(request.request_id.clone(), request.clone());
        }
        if let Some(response) = &event.input_response {
            self.responses.insert(response.request_id.clone(), response.clone());
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

    /// Whether one of these questions is answered.
    pub(crate) fn any_answered(&self, requests: &[String]) -> bool {
        requests.iter().any(|request| self.responses.contains_key(request))
    }
}
