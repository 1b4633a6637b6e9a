//! Google's Gemini.

mod answer;
mod request;
#[cfg(test)]
mod tests;

use rak_core::{Embeddings, Failure, ModelPrompt, ModelUsage};
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::{Value, json};

use self::answer::GeminiAnswer;
use super::wire::{Assembly, Call, Wire, header, number};
use crate::draft::Draft;
use crate::settings::RemoteSettings;
use crate::structured::invalid;

/// Whose state it is.
const PROVIDER: &str = "gemini";

pub(super) struct Gemini {
    settings: RemoteSettings,
}

impl Gemini {
    pub(super) fn new(settings: RemoteSettings) -> Self {
        Self { settings }
    }

    /// The model in an address; one that is tuned has a folder of its own.
    fn path(&self) -> String {
        let model = &self.settings.model;
        if model.contains('/') { model.clone() } else { format!("models/{model}") }
    }
}

impl Wire for Gemini {
    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let key = self.settings.api_key.as_ref().and_then(|key| header(key.expose()));
        key.map(|key| (HeaderName::from_static("x-goog-api-key"), key)).into_iter().collect()
    }

    fn completion(&self, prompt: &ModelPrompt) -> Result<Call, Failure> {
        let body = request::body(&self.settings, prompt)?;
        let path = format!("{}:streamGenerateContent", self.path());
        Ok(Call { path, query: Some(("alt", "sse")), body })
    }

    fn assembly<'a>(&self, draft: Draft<'a>) -> Box<dyn Assembly + 'a> {
        Box::new(GeminiAnswer::new(&self.settings.model, draft))
    }

    fn embedding(&self, texts: &[String]) -> Result<Call, Failure> {
        let request = |text: &String| json!({"model": self.path(), "content": {"parts": [{"text": text}]}});
        let body = json!({"requests": texts.iter().map(request).collect::<Vec<_>>()});
        Ok(Call { path: format!("{}:batchEmbedContents", self.path()), query: None, body })
    }

    fn embeddings(&self, mut answer: Value, expected: usize) -> Result<Embeddings, Failure> {
        let mut found = answer.get_mut("embeddings").map(Value::take).unwrap_or_default();
        let found = found.as_array_mut().into_iter().flatten();
        let vectors: Vec<_> =
            found.map(|embedding| super::vector(embedding.get_mut("values"))).collect::<Result<_, _>>()?;
        if vectors.len() != expected {
            return Err(invalid(format!("it gave {} vectors for {expected} texts", vectors.len())));
        }
        let input_tokens = number(&answer, "/usageMetadata/promptTokenCount");
        let usage = ModelUsage { input_tokens, ..ModelUsage::default() };
        Ok(Embeddings { model: self.settings.model.clone(), vectors, usage })
    }
}
