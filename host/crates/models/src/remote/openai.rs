//! Whatever speaks as `OpenAI` does in its chat completions: `OpenAI` itself, Ollama, vLLM, llama.cpp, `OpenRouter` and many more.

mod answer;
mod request;
#[cfg(test)]
mod tests;

use rak_core::{Embeddings, Failure, ModelPrompt, ModelUsage};
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use serde_json::{Value, json};

use self::answer::OpenAiAnswer;
use super::wire::{Assembly, Call, Wire, header, number, text};
use crate::draft::Draft;
use crate::settings::RemoteSettings;
use crate::structured::invalid;

/// Whose state it is.
const PROVIDER: &str = "openai";

pub(super) struct OpenAi {
    settings: RemoteSettings,
    /// Whether it is a server that refuses the older name of the longest answer; the others know no other one.
    is_strict: bool,
}

impl OpenAi {
    pub(super) fn new(settings: RemoteSettings, url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default();
        let is_strict = host == "api.openai.com" || host.ends_with(".openai.azure.com");
        Self { settings, is_strict }
    }
}

impl Wire for OpenAi {
    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let key = self.settings.api_key.as_ref();
        let value = key.and_then(|key| header(&format!("Bearer {}", key.expose())));
        value.map(|value| (AUTHORIZATION, value)).into_iter().collect()
    }

    fn completion(&self, prompt: &ModelPrompt) -> Result<Call, Failure> {
        let body = request::body(&self.settings, self.is_strict, prompt)?;
        Ok(Call { path: "chat/completions".to_owned(), query: None, body })
    }

    fn assembly<'a>(&self, draft: Draft<'a>) -> Box<dyn Assembly + 'a> {
        Box::new(OpenAiAnswer::new(&self.settings.model, draft))
    }

    fn embedding(&self, texts: &[String]) -> Result<Call, Failure> {
        let body = json!({"model": self.settings.model, "input": texts, "encoding_format": "float"});
        Ok(Call { path: "embeddings".to_owned(), query: None, body })
    }

    fn embeddings(&self, answer: Value, expected: usize) -> Result<Embeddings, Failure> {
        let mut data = answer.get("data").and_then(Value::as_array).cloned().unwrap_or_default();
        data.sort_by_key(|item| number(item, "/index"));
        let vectors = data.iter_mut().map(|item| super::vector(item.get_mut("embedding")));
        let vectors: Vec<_> = vectors.collect::<Result<_, _>>()?;
        if vectors.len() != expected {
            return Err(invalid(format!("it gave {} vectors for {expected} texts", vectors.len())));
        }
        let model = text(&answer, "/model").unwrap_or(&self.settings.model).to_owned();
        let input_tokens = number(&answer, "/usage/prompt_tokens");
        Ok(Embeddings { model, vectors, usage: ModelUsage { input_tokens, ..ModelUsage::default() } })
    }
}
