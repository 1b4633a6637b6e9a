//! Anthropic's messages.

mod answer;
mod request;
mod schema;
#[cfg(test)]
mod tests;

use rak_core::{Embeddings, Failure, FailureKind, ModelPrompt};
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;

use self::answer::AnthropicAnswer;
use super::wire::{Assembly, Call, Wire, header};
use crate::draft::Draft;
use crate::settings::RemoteSettings;

/// Whose state it is.
const PROVIDER: &str = "anthropic";
/// The version of the protocol.
const VERSION: &str = "2023-06-01";

pub(super) struct Anthropic {
    settings: RemoteSettings,
}

impl Anthropic {
    pub(super) fn new(settings: RemoteSettings) -> Self {
        Self { settings }
    }
}

impl Wire for Anthropic {
    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let version = (HeaderName::from_static("anthropic-version"), HeaderValue::from_static(VERSION));
        let key = self.settings.api_key.as_ref().and_then(|key| header(key.expose()));
        let key = key.map(|key| (HeaderName::from_static("x-api-key"), key));
        std::iter::once(version).chain(key).collect()
    }

    fn completion(&self, prompt: &ModelPrompt) -> Result<Call, Failure> {
        let body = request::body(&self.settings, prompt)?;
        Ok(Call { path: "messages".to_owned(), query: None, body })
    }

    fn assembly<'a>(&self, draft: Draft<'a>) -> Box<dyn Assembly + 'a> {
        Box::new(AnthropicAnswer::new(&self.settings.model, draft))
    }

    fn embedding(&self, _: &[String]) -> Result<Call, Failure> {
        Err(no_vectors())
    }

    fn embeddings(&self, _: Value, _: usize) -> Result<Embeddings, Failure> {
        Err(no_vectors())
    }
}

fn no_vectors() -> Failure {
    Failure::new(FailureKind::Unsupported, "the provider turns no texts into vectors")
}
