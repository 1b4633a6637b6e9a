//! `models`: what the agent asks models, which the host brokers.
//!
//! An answer is kept in the journal before the agent has it, so that a run that is repeated does not ask, and pay, again. A
//! model that was asked and cut off is asked once more. What an agent was told while the model still wrote cannot be
//! continued, because a model does not write the same twice: it is told that the rest is lost.

mod writing;

use std::fmt;
use std::sync::{Arc, OnceLock};

use rak_core::{
    EmbedRequest, Embeddings, Emission, Failure, FailureKind, ModelDelta, ModelPrompt, ModelRequest,
    ModelResponse, ModelSummary, ModelUsage, RunHost,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use wasmtime::component::Resource;

use crate::bindings::common;
use crate::bindings::models::{self, Delta, Host, HostCompletion, Relay, Request, Response, Summary};
use crate::capabilities::wait::Waitable;
use crate::capabilities::{answer, is_of_the_run};
use crate::convert;
use crate::gate::{Cost, Counters, Gate, Refusal};
use crate::state::GuestState;
use crate::timeline::Call;

pub(crate) use writing::Writing;

/// The member of a failure's details that says what it cost.
const USAGE: &str = "usage";
/// A token has about so many bytes: what an answer that is given up is taken to have cost, since its provider does not say.
const BYTES_OF_A_TOKEN: u64 = 4;

/// An answer that is being written, as the guest holds it.
#[derive(Debug)]
#[expect(unreachable_pub, reason = "the generated module re-exports it")]
pub struct Completion {
    writing: Writing,
    relay: Relay,
    /// What was asked, and what was told of the answer, in bytes.
    asked: u64,
    told: u64,
    /// How it ended, where the guest knows.
    ended: Option<Result<ModelResponse, Failure>>,
    bill: Bill,
}

/// Where it is counted what an answer cost that was given up.
struct Bill(Arc<Counters>);

impl fmt::Debug for Bill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bill")
    }
}

/// Also where its guest was interrupted, and nothing was said of it any more.
impl Drop for Completion {
    fn drop(&mut self) {
        self.writing.give_up();
        let pays = match self.ended {
            Some(Ok(_)) => false,
            Some(Err(_)) => self.told > 0,
            None => true,
        };
        if pays {
            self.bill.0.models.add(&about(self.asked, self.told));
        }
    }
}

/// What is sent on to the client, as it counts against the limits of events.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Relayed {
    events: u64,
    bytes: u64,
}

/// A whole answer, as it is kept.
#[derive(Serialize, Deserialize)]
struct Whole {
    response: ModelResponse,
    #[serde(default)]
    relayed: Relayed,
}

/// A piece of an answer, as it is kept.
#[derive(Serialize, Deserialize)]
struct Piece {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    deltas: Vec<ModelDelta>,
    #[serde(default)]
    relayed: Relayed,
    /// At its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    response: Option<ModelResponse>,
}

impl Host for GuestState {
    async fn available(&mut self) -> wasmtime::Result<Result<Vec<Summary>, common::Failure>> {
        let models = self.host().and_then(|host| {
            let granted = || Ok(granted(&self.gate, host.as_ref()));
            self.gate.answer_now(Call::new("models.available", "", &()), Cost::default(), granted)
        });
        let to_wit =
            |model: ModelSummary| Summary { name: model.name, description: model.description, extra: None };
        answer(models.map(|models| models.into_iter().map(to_wit).collect()))
    }

    async fn complete(&mut self, request: Request) -> wasmtime::Result<Result<Response, common::Failure>> {
        let whole = self.ask_model(request).await;
        answer(whole.map(convert::model_response_to_wit))
    }

    async fn open(
        &mut self,
        request: Request,
    ) -> wasmtime::Result<Result<Resource<Completion>, common::Failure>> {
        match self.open_model(request).await {
            Ok(completion) => Ok(Ok(self.table.push(completion)?)),
            Err(refusal) => answer(Err(refusal)),
        }
    }

    async fn embed(
        &mut self,
        model: Option<String>,
        texts: Vec<String>,
    ) -> wasmtime::Result<Result<models::Embeddings, common::Failure>> {
        answer(self.embed_texts(model, texts).await.map(convert::embeddings_to_wit))
    }
}

impl HostCompletion for GuestState {
    async fn next(
        &mut self,
        this: Resource<Completion>,
    ) -> wasmtime::Result<Result<Vec<Delta>, common::Failure>> {
        let Completion { writing, relay, ended, .. } = self.table.get(&this)?;
        if let Some(ended) = ended {
            let end = ended.as_ref().map(|_| Vec::new()).map_err(|failure| failure.clone().into());
            self.gate.count()?;
            return answer(end);
        }
        let (writing, relay) = (writing.clone(), *relay);
        let host = self.host();
        let piece = match &host {
            Ok(host) => self.next_piece(&writing, relay, host.as_ref()).await,
            Err(_) => Err(Refusal::Failure(no_models())),
        };
        let completion = self.table.get_mut(&this)?;
        let piece = match piece {
            Ok(piece) => piece,
            Err(refusal) => {
                if let Refusal::Failure(failure) = &refusal
                    && ends(failure)
                {
                    completion.ended = Some(Err(failure.clone()));
                }
                return answer(Err(refusal));
            }
        };
        completion.told += piece.deltas.iter().map(convert::delta_bytes).sum::<u64>();
        completion.ended = piece.response.map(Ok);
        Ok(Ok(piece.deltas.into_iter().map(convert::delta_to_wit).collect()))
    }

    async fn finish(
        &mut self,
        this: Resource<Completion>,
    ) -> wasmtime::Result<Result<Response, common::Failure>> {
        let Completion { writing, relay, ended, .. } = self.table.get(&this)?;
        if let Some(ended) = ended.clone() {
            self.gate.count()?;
            return answer(ended.map(convert::model_response_to_wit).map_err(Refusal::from));
        }
        let (writing, relay) = (writing.clone(), *relay);
        let response = match self.host() {
            Ok(host) => {
                let call = Call::new("models.finish", "", &());
                // The client saw a part of another answer, where this one is asked for again.
                let relay = if writing.is_interrupted() { Relay::Off } else { relay };
                let whole = async {
                    writing.begin();
                    whole(&self.gate, &writing, relay, host.as_ref()).await
                };
                let whole = self.gate.answer_soon(call, Cost::default(), whole).await;
                whole.map(|whole| self.spend(whole))
            }
            Err(refusal) => Err(refusal),
        };
        self.table.get_mut(&this)?.ended = match &response {
            Ok(response) => Some(Ok(response.clone())),
            Err(Refusal::Failure(failure)) if ends(failure) => Some(Err(failure.clone())),
            Err(_) => None,
        };
        answer(response.map(convert::model_response_to_wit))
    }

    async fn cancel(&mut self, this: Resource<Completion>) -> wasmtime::Result<()> {
        self.gate.count()?;
        self.table.get(&this)?.writing.give_up();
        Ok(())
    }

    async fn subscribe(&mut self, this: Resource<Completion>) -> wasmtime::Result<Resource<Waitable>> {
        self.gate.count()?;
        let writing = self.table.get(&this)?.writing.clone();
        Ok(self.table.push(Waitable::Model(writing))?)
    }

    async fn drop(&mut self, this: Resource<Completion>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl GuestState {
    /// Asks a model, and waits for the whole answer.
    async fn ask_model(&mut self, request: Request) -> Result<ModelResponse, Refusal> {
        let (asked, relay, prompt) = self.read(request)?;
        let host = self.host()?;
        let call = Call::new("models.complete", shown(asked.as_deref()), &(&asked, &prompt));
        let gate = &self.gate;
        let asked_bytes = bytes_of(&prompt);
        let writing = OnceLock::new();
        let whole = async {
            let model = model_for(gate, host.as_ref(), asked.as_deref())?;
            keep(gate, host.as_ref()).await;
            let request = request_of(host.as_ref(), model, prompt);
            let writing =
                writing.get_or_init(|| Writing::new(host.clone(), request, gate.put_away().clone()));
            writing.begin();
            whole(gate, writing, relay, host.as_ref())
                .await
                .map_err(|failure| with_cost(failure, about(asked_bytes, writing.bytes())))
        };
        let whole = gate.answer_soon(call, Cost::of_a_model(), whole).await;
        if let Err(Refusal::Failure(failure)) = &whole {
            // Whoever stops a run has what was written so far on the bill.
            let cut_off = writing.get().filter(|writing| is_of_the_run(failure) && writing.bytes() > 0);
            let cost = cut_off.map(|writing| about(asked_bytes, writing.bytes()));
            cost.or_else(|| cost_of(failure)).iter().for_each(|cost| gate.uses_model(cost));
        }
        Ok(self.spend(whole?))
    }

    /// Asks a model, which writes while the guest goes on.
    async fn open_model(&mut self, request: Request) -> Result<Completion, Refusal> {
        let (asked, relay, prompt) = self.read(request)?;
        let host = self.host()?;
        let call = Call::new("models.open", shown(asked.as_deref()), &(&asked, &prompt));
        // What is in the journal was asked in another attempt, and cut off with it.
        let was_asked = self.gate.timeline.is_replaying();
        let gate = &self.gate;
        let opened = async {
            let model = model_for(gate, host.as_ref(), asked.as_deref())?;
            keep(gate, host.as_ref()).await;
            Ok(model)
        };
        let model = gate.answer_soon(call, Cost::of_a_model(), opened).await?;
        let asked = bytes_of(&prompt);
        let request = request_of(host.as_ref(), model, prompt);
        let writing = Writing::new(host, request, gate.put_away().clone());
        if was_asked {
            writing.was_cut_off();
        } else {
            writing.begin();
        }
        let bill = Bill(gate.counters());
        Ok(Completion { writing, relay, asked, told: 0, ended: None, bill })
    }

    async fn next_piece(
        &mut self,
        writing: &Writing,
        relay: Relay,
        host: &dyn RunHost,
    ) -> Result<Piece, Refusal> {
        let next = async {
            writing.go_on()?;
            let (deltas, end) = writing.news().await;
            let relayed = relay_on(&self.gate, host, relay, Relayed::default(), &deltas).await?;
            let response = match end {
                // Told with the next piece.
                _ if !deltas.is_empty() => None,
                Some(end) => Some(end?),
                None => None,
            };
            Ok(Piece { deltas, relayed, response })
        };
        let piece = self.gate.answer_soon(Call::new("models.next", "", &()), Cost::default(), next).await?;
        if !piece.deltas.is_empty() {
            writing.was_told();
        }
        self.gate.uses_events(piece.relayed.events, piece.relayed.bytes);
        piece.response.iter().for_each(|response| self.gate.uses_model(&response.usage));
        Ok(piece)
    }

    async fn embed_texts(
        &mut self,
        asked: Option<String>,
        texts: Vec<String>,
    ) -> Result<Embeddings, Refusal> {
        let host = self.host()?;
        let call = Call::new("models.embed", shown(asked.as_deref()), &(&asked, &texts));
        let gate = &self.gate;
        let embed = async {
            let model = model_for(gate, host.as_ref(), asked.as_deref())?;
            keep(gate, host.as_ref()).await;
            let _held = gate.put_away().calls_tool(false);
            let info = host.info();
            let (session, invocation) = (info.session.clone(), info.id);
            host.embed(EmbedRequest { model, texts, session, invocation }).await
        };
        let embeddings = gate.answer_soon(call, Cost::of_a_model(), embed).await?;
        gate.uses_model(&embeddings.usage);
        Ok(embeddings)
    }

    /// Reads a request of the guest.
    fn read(&self, request: Request) -> Result<(Option<String>, Relay, ModelPrompt), Refusal> {
        let (asked, relay) = (request.model.clone(), request.relay);
        match convert::prompt_from_wit(request) {
            Ok(prompt) => Ok((asked, relay, prompt)),
            Err(failure) => {
                self.gate.admit(Cost::default())?;
                Err(failure.into())
            }
        }
    }

    /// Counts what an answer cost, whether it is new or repeated.
    fn spend(&self, whole: Whole) -> ModelResponse {
        let Whole { response, relayed } = whole;
        self.gate.uses_events(relayed.events, relayed.bytes);
        self.gate.uses_model(&response.usage);
        response
    }
}

/// The model that is meant, where it may be asked.
fn model_for(gate: &Gate, host: &dyn RunHost, asked: Option<&str>) -> Result<String, Failure> {
    let models = host.models();
    if models.is_empty() {
        return Err(no_models());
    }
    let invalid = |message: &str| Failure::new(FailureKind::InvalidArgument, message);
    let Some(asked) = asked else {
        let granted = granted(gate, host);
        return match granted.first() {
            Some(model) if is_default(gate, host, &model.name) => Ok(model.name.clone()),
            Some(_) => Err(invalid(
                "the request names no model, and there is no default: [models] of rak.toml names none, nor does `models` \
                 of [grants] in agent.toml begin with the alias of one",
            )),
            None => Err(Failure::new(
                FailureKind::Denied,
                "the agent may not ask models: its agent.toml names none in `models` of [grants]",
            )),
        };
    };
    if !gate.grants_model(asked) {
        let message = format!(
            "the agent may not ask the model {asked:?}: its agent.toml does not name it in `models` of [grants]"
        );
        return Err(Failure::new(FailureKind::Denied, message));
    }
    if models.iter().any(|model| model.name == asked) {
        return Ok(asked.to_owned());
    }
    let names: Vec<_> = granted(gate, host).into_iter().map(|model| model.name).collect();
    let message = format!("there is no model {asked:?}; there are: {}", names.join(", "));
    Err(Failure::new(FailureKind::NotFound, message))
}

/// The models that the agent may ask, its default first.
fn granted(gate: &Gate, host: &dyn RunHost) -> Vec<ModelSummary> {
    let mut models = host.models();
    models.retain(|model| gate.grants_model(&model.name));
    // Stable: the others stay sorted by name.
    models.sort_by_key(|model| !is_default(gate, host, &model.name));
    models
}

/// Whether it is the one that is meant where none is named: the agent's own, where its manifest begins with one, or else
/// the host's.
fn is_default(gate: &Gate, host: &dyn RunHost, model: &str) -> bool {
    match gate.first_model() {
        Some(first) => first == model,
        None => host.default_model().is_some_and(|default| default == model),
    }
}

fn no_models() -> Failure {
    Failure::new(FailureKind::NotFound, "there are no models here: rak.toml of the host has no [models]")
}

/// About how many bytes are asked.
fn bytes_of(prompt: &ModelPrompt) -> u64 {
    let system = prompt.system.as_ref().map_or(0, String::len) as u64;
    let tools = prompt
        .tools
        .iter()
        .map(|tool| (tool.name.len() + tool.description.len() + tool.parameters.to_string().len()) as u64);
    system + prompt.contents.iter().map(convert::content_bytes).sum::<u64>() + tools.sum::<u64>()
}

/// About what an answer cost of which nobody says it.
fn about(asked: u64, written: u64) -> ModelUsage {
    let tokens = |bytes: u64| bytes.div_ceil(BYTES_OF_A_TOKEN);
    ModelUsage { input_tokens: tokens(asked), output_tokens: tokens(written), ..ModelUsage::default() }
}

/// An answer that failed after a part of it was written is paid for. The failure says so, and with it a run that is repeated.
fn with_cost(mut failure: Failure, cost: ModelUsage) -> Failure {
    if cost.output_tokens > 0 && failure.details.is_none() {
        failure.details = serde_json::to_value(cost).ok().map(|cost| json!({ USAGE: cost }));
    }
    failure
}

fn cost_of(failure: &Failure) -> Option<ModelUsage> {
    serde_json::from_value(failure.details.as_ref()?.get(USAGE)?.clone()).ok()
}

fn shown(asked: Option<&str>) -> String {
    asked.map(|model| format!("{model:?}")).unwrap_or_default()
}

fn request_of(host: &dyn RunHost, model: String, prompt: ModelPrompt) -> ModelRequest {
    let info = host.info();
    ModelRequest { model, prompt, session: info.session.clone(), invocation: info.id }
}

/// Stores what the run did so far: who crashes while a model writes does not ask for what came before it again.
async fn keep(gate: &Gate, host: &dyn RunHost) {
    if let Err(error) = gate.keep_all(host).await {
        tracing::debug!(%error, "the journal could not be stored before a model was asked");
    }
}

/// Follows an answer to its end.
async fn whole(gate: &Gate, writing: &Writing, relay: Relay, host: &dyn RunHost) -> Result<Whole, Failure> {
    let mut relayed = Relayed::default();
    loop {
        let (deltas, end) = writing.news().await;
        relayed = relay_on(gate, host, relay, relayed, &deltas).await?;
        if let Some(end) = end {
            return Ok(Whole { response: end?, relayed });
        }
    }
}

/// Sends on to the client what is relayed of these, after so much.
async fn relay_on(
    gate: &Gate,
    host: &dyn RunHost,
    relay: Relay,
    before: Relayed,
    deltas: &[ModelDelta],
) -> Result<Relayed, Failure> {
    let emission = |delta: &ModelDelta| match delta {
        ModelDelta::Text(text) if relay != Relay::Off => Some(Emission::TextDelta(text.clone())),
        ModelDelta::Thought(text) if relay == Relay::All => Some(Emission::ThoughtDelta(text.clone())),
        _ => None,
    };
    let emissions: Vec<_> = deltas.iter().filter_map(emission).collect();
    if emissions.is_empty() {
        return Ok(before);
    }
    let bytes: u64 = emissions.iter().map(convert::emission_bytes).sum();
    let relayed = Relayed { events: before.events + emissions.len() as u64, bytes: before.bytes + bytes };
    gate.has_room_for_events(relayed.events, relayed.bytes)?;
    host.emit(emissions).await?;
    Ok(relayed)
}

/// Whether a failure is the end of an answer, and not of the run, or only of what was told of it. It depends on nothing
/// but the failure: a run that is repeated finds the same.
fn ends(failure: &Failure) -> bool {
    !is_of_the_run(failure) && failure.code.as_deref() != Some(writing::INTERRUPTED)
}
