//! Models of providers over HTTP.
//!
//! A [`Wire`] is how one kind of provider speaks: it makes a request of what is asked, and an [`Assembly`] puts the answer
//! together. All else is the same for all: the way there (`http`), what goes wrong on it (`failure`), what the operator and
//! the agent add to a request (`additions`), what models write as arguments (`arguments`), what an answer cost
//! where nobody says (`estimate`), and what a provider wants back later (`state`).

mod additions;
mod anthropic;
mod arguments;
mod estimate;
mod failure;
#[cfg(test)]
mod fixture;
mod gemini;
mod http;
mod openai;
mod parts;
mod state;
mod wire;

use std::ops::ControlFlow;

use async_trait::async_trait;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use rak_core::{Embeddings, Failure, ModelPrompt, ModelResponse, ToolChoice};
use reqwest::Url;
use reqwest::header::HeaderMap;
use serde_json::Value;

use self::failure::{of_error, refused};
use self::http::{Answer, Http, json};
use self::wire::{Assembly, Call, Wire};
use crate::draft::Draft;
use crate::provider::{Listener, Provider};
use crate::settings::{RemoteKind, RemoteSettings};
use crate::structured::invalid;

/// What some providers end a stream with.
const DONE: &str = "[DONE]";

/// A model of a provider.
pub(crate) struct Remote {
    http: Http,
    url: Url,
    headers: HeaderMap,
    wire: Box<dyn Wire>,
}

impl Remote {
    pub(crate) fn new(settings: RemoteSettings) -> Result<Self, String> {
        let url = Url::parse(settings.base_url.expose()).map_err(|_| "base_url is no address".to_owned())?;
        let http = Http::new(&url, settings.idle_timeout, settings.max_response_bytes)?;
        let mut headers = settings.headers.clone();
        let wire: Box<dyn Wire> = match settings.kind {
            RemoteKind::OpenAi => Box::new(openai::OpenAi::new(settings, &url)),
            RemoteKind::Anthropic => Box::new(anthropic::Anthropic::new(settings)),
            RemoteKind::Gemini => Box::new(gemini::Gemini::new(settings)),
        };
        for (name, mut value) in wire.headers() {
            value.set_sensitive(true);
            // What the operator writes wins.
            headers.entry(name).or_insert(value);
        }
        Ok(Self { http, url, headers, wire })
    }

    async fn post(&self, call: &Call) -> Result<Answer, Failure> {
        self.http.post(call.url(&self.url), self.headers.clone(), &call.body).await
    }
}

#[async_trait]
impl Provider for Remote {
    async fn complete(
        &self,
        prompt: &ModelPrompt,
        listener: &Listener<'_>,
    ) -> Result<ModelResponse, Failure> {
        check_choice(prompt)?;
        let answer = self.post(&self.wire.completion(prompt)?).await?;
        let mut assembly = self.wire.assembly(Draft::new(prompt, listener));
        let response = if answer.is_stream {
            assembled(answer.events(), assembly).await?
        } else {
            // Some servers do not stream, whatever they are asked.
            let _ = take(assembly.as_mut(), answer.value().await?)?;
            assembly.finish()?
        };
        let usage = estimate::usage(response.usage, prompt, &response.content);
        Ok(ModelResponse { usage, ..response })
    }

    async fn embed(&self, texts: &[String]) -> Result<Embeddings, Failure> {
        let answer = self.post(&self.wire.embedding(texts)?).await?.value().await?;
        let embeddings = self.wire.embeddings(answer, texts.len())?;
        let usage = estimate::vectors_usage(embeddings.usage, texts);
        Ok(Embeddings { usage, ..embeddings })
    }
}

/// Puts an answer together of its events.
async fn assembled(
    mut events: BoxStream<'static, Result<String, Failure>>,
    mut assembly: Box<dyn Assembly + '_>,
) -> Result<ModelResponse, Failure> {
    while let Some(data) = events.next().await {
        let data = data?;
        if data == DONE || take(assembly.as_mut(), json(data.as_bytes())?)?.is_break() {
            break;
        }
    }
    assembly.finish()
}

fn take(assembly: &mut dyn Assembly, event: Value) -> Result<ControlFlow<()>, Failure> {
    match event.get("error") {
        Some(error) if !error.is_null() => Err(of_error(error)),
        _ => assembly.take(event),
    }
}

/// A vector of an answer.
fn vector(value: Option<&mut Value>) -> Result<Vec<f32>, Failure> {
    let value = value.map(Value::take).unwrap_or_default();
    serde_json::from_value(value)
        .map_err(|error| invalid(format!("it gave something that is no vector: {error}")))
}

/// A function that has to be called is one that there is.
fn check_choice(prompt: &ModelPrompt) -> Result<(), Failure> {
    match &prompt.tool_choice {
        ToolChoice::Required if prompt.tools.is_empty() => {
            Err(refused("tool_choice requires a call, and there are no tools"))
        }
        ToolChoice::Named(name) if prompt.tools.iter().all(|tool| tool.name != *name) => {
            Err(refused(format!("tool_choice names {name:?}, which is none of the tools")))
        }
        _ => Ok(()),
    }
}
