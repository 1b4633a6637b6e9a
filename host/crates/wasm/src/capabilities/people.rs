//! `people`: a person in the loop.

use std::time::Duration;

use rak_core::time::UnixMicros;
use rak_core::{Content, Decision, Failure, FailureKind, InputKind, InputRequest, InputResponse};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::bindings::{common, people};
use crate::capabilities::answer;
use crate::capabilities::wait::FOREVER;
use crate::convert;
use crate::gate::{Cost, Need, Question, Refusal, WaitingFor};
use crate::state::GuestState;
use crate::timeline::Call;

/// What a person is shown where the agent waits for the next message.
const WAITS_FOR_A_MESSAGE: &str = "The agent waits for a message.";

/// How many questions there were: a run that is repeated asks the same ones under the same ids.
#[derive(Default)]
pub(crate) struct Asked {
    questions: u64,
    /// Messages that the agent was given.
    messages: u64,
}

impl people::Host for GuestState {
    async fn approve(
        &mut self,
        action: String,
        details: String,
        expires_in_ms: Option<u64>,
    ) -> wasmtime::Result<Result<people::Decision, common::Failure>> {
        let asked = match convert::json_from_wit(&details, "what a person is to see") {
            Ok(details) => {
                let ask = Ask {
                    kind: InputKind::Approve,
                    schema: InputKind::Approve.schema(),
                    details: Some(details),
                    need: Need::People,
                };
                self.ask_person("people.approve", action, ask, expires_in_ms).await
            }
            Err(failure) => self.refuse(failure),
        };
        let decision = asked.and_then(|response| {
            let Decision { approved, reason, edited } = read(response.answer)?;
            let edited = edited.map(|edited| edited.to_string());
            Ok(people::Decision { approved, by: response.by, reason, edited })
        });
        answer(decision)
    }

    async fn ask(
        &mut self,
        question: String,
        schema: String,
        expires_in_ms: Option<u64>,
    ) -> wasmtime::Result<Result<String, common::Failure>> {
        let asked = match convert::json_from_wit(&schema, "the schema") {
            Ok(schema) => {
                let ask = Ask { kind: InputKind::Ask, schema, details: None, need: Need::People };
                self.ask_person("people.ask", question, ask, expires_in_ms).await
            }
            Err(failure) => self.refuse(failure),
        };
        answer(asked.map(|response| response.answer.to_string()))
    }

    async fn next_message(
        &mut self,
        timeout_ms: Option<u64>,
    ) -> wasmtime::Result<Result<Option<common::Content>, common::Failure>> {
        let message = self.next(timeout_ms).await;
        answer(message.map(|message| message.map(convert::content_to_wit)))
    }
}

/// A question to a person.
pub(crate) struct Ask {
    pub(crate) kind: InputKind,
    pub(crate) details: Option<Value>,
    pub(crate) schema: Value,
    /// What it takes to ask it.
    pub(crate) need: Need,
}

impl GuestState {
    /// Asks a person, and waits for the answer.
    pub(crate) async fn ask_person(
        &mut self,
        name: &'static str,
        prompt: String,
        ask: Ask,
        expires_in_ms: Option<u64>,
    ) -> Result<InputResponse, Refusal> {
        let until = self.in_ms_of(expires_in_ms);
        self.asked.questions += 1;
        let call =
            Call::new(name, format!("{prompt:?}"), &(&prompt, &ask.details, &ask.schema, expires_in_ms));
        let request = InputRequest {
            request_id: ask.kind.request_id(self.asked.questions),
            kind: ask.kind,
            prompt,
            details: ask.details,
            schema: ask.schema,
            expires_at: until.map(UnixMicros::millis),
        };
        let cost = Cost { need: ask.need, ..cost_of(&request) };
        let host = self.host()?;
        let response = self.gate.ask(call, cost, Question { request, until }, host.as_ref()).await?;
        response.ok_or_else(|| expired().into())
    }

    async fn next(&mut self, timeout_ms: Option<u64>) -> Result<Option<Content>, Refusal> {
        const NAME: &str = "people.next-message";
        let until = self.in_ms_of(timeout_ms);
        let request_id = InputKind::Message.request_id(self.asked.messages + 1);
        let shown = timeout_ms.map(|ms| format!("{ms} ms")).unwrap_or_default();
        let call = Call::new(NAME, shown, &timeout_ms);
        let host = self.host()?;
        let response = if let (Some(now), Some(0)) = (until, timeout_ms) {
            // Nobody is asked for what is not waited for.
            let cost = Cost { need: Need::People, ..Cost::default() };
            self.gate.wait(call, cost, WaitingFor::time(now), host.answer_by_now(&request_id)).await?
        } else {
            let request = InputRequest {
                request_id,
                kind: InputKind::Message,
                prompt: WAITS_FOR_A_MESSAGE.into(),
                details: None,
                schema: InputKind::Message.schema(),
                expires_at: None,
            };
            let cost = cost_of(&request);
            self.gate.ask(call, cost, Question { request, until }, host.as_ref()).await?
        };
        let Some(response) = response else { return Ok(None) };
        self.asked.messages += 1;
        Ok(Some(read(response.answer)?))
    }

    fn in_ms_of(&self, ms: Option<u64>) -> Option<UnixMicros> {
        let mark = self.gate.timeline.mark();
        ms.map(|ms| mark.after(Duration::from_millis(ms).min(FOREVER)))
    }

    fn refuse<T>(&self, failure: Failure) -> Result<T, Refusal> {
        self.gate.admit(Cost::default())?;
        Err(failure.into())
    }
}

/// A question is an event.
fn cost_of(request: &InputRequest) -> Cost {
    let details = request.details.as_ref().map_or(0, |details| details.to_string().len());
    let bytes = (request.prompt.len() + details + request.schema.to_string().len()) as u64;
    Cost { need: Need::People, events: 1, event_bytes: bytes, largest_event: bytes, ..Cost::default() }
}

fn expired() -> Failure {
    let failure = Failure::new(FailureKind::DeadlineExceeded, "nobody answered in time");
    Failure { code: Some("expired".into()), ..failure }
}

/// Reads what the host stored; it was looked at when it came.
pub(crate) fn read<T: DeserializeOwned>(answer: Value) -> Result<T, Refusal> {
    serde_json::from_value(answer).map_err(|error| {
        Failure::new(FailureKind::Failed, format!("the answer cannot be read: {error}")).into()
    })
}
