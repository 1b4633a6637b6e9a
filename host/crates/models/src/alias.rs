//! One model under its alias: asked again where that helps, and never with a secret in what it says.

use std::time::Duration;

use rak_core::{Embeddings, Failure, FailureKind, ModelPrompt, ModelResponse};
use rak_settings::{Redactor, SettingsError, shortened};
use tokio::time::{Instant, sleep, timeout_at};

use crate::provider::{Listener, Provider};
use crate::remote::Remote;
use crate::retry::Retries;
use crate::scripted::{Recording, Scripted};
use crate::settings::{ModelSettings, Price, ProviderSettings};
use crate::structured;

/// How much of what a provider says is passed on, in bytes.
const MAX_TEXT_BYTES: usize = 2000;

/// A model under its alias.
pub(crate) struct Alias {
    name: String,
    description: String,
    provider: Box<dyn Provider>,
    timeout: Duration,
    retries: Retries,
    fallback: Vec<String>,
    price: Price,
    redactor: Redactor,
    recording: Option<Recording>,
}

impl Alias {
    pub(crate) fn new(name: &str, settings: ModelSettings) -> Result<Self, SettingsError> {
        let error = |key: &str, problem| SettingsError::new(format!("models.{name}{key}"), problem);
        let provider: Box<dyn Provider> = match settings.provider {
            ProviderSettings::Remote(remote) => {
                Box::new(Remote::new(remote).map_err(|problem| error("", problem))?)
            }
            ProviderSettings::Scripted { script, model } => {
                Box::new(Scripted::read(&script, model).map_err(|problem| error(".script", problem))?)
            }
        };
        let recording = settings.record.as_deref().map(Recording::open).transpose();
        Ok(Self {
            name: name.to_owned(),
            description: settings.description,
            provider,
            timeout: settings.timeout,
            retries: Retries { most: settings.retries, first_pause: settings.retry_after },
            fallback: settings.fallback,
            price: settings.price,
            redactor: settings.redactor,
            recording: recording.map_err(|problem| error(".record", problem))?,
        })
    }

    pub(crate) fn description(&self) -> &str {
        &self.description
    }

    /// The aliases that are asked in its place.
    pub(crate) fn fallback(&self) -> &[String] {
        &self.fallback
    }

    pub(crate) async fn complete(
        &self,
        prompt: &ModelPrompt,
        listener: &Listener<'_>,
    ) -> Result<ModelResponse, Failure> {
        let schema = prompt.response_schema.as_ref();
        if let Some(schema) = schema {
            structured::check(schema).await.map_err(|failure| self.named(failure))?;
        }
        let once = || async {
            let response = self.provider.complete(prompt, listener).await?;
            match schema {
                Some(schema) => structured::validated(schema, response).await,
                None => Ok(response),
            }
        };
        let answered = self.ask(listener, once).await;
        let mut response = answered.map_err(|failure| self.named(failure))?;
        if response.usage.cost_micros == 0 {
            response.usage.cost_micros = self.price.cost_micros(&response.usage);
        }
        if let Some(recording) = &self.recording {
            recording.reply(prompt, &response, &self.redactor).await;
        }
        Ok(response)
    }

    pub(crate) async fn embed(&self, texts: &[String]) -> Result<Embeddings, Failure> {
        let nobody = Listener::new(None);
        let answered = self.ask(&nobody, || self.provider.embed(texts)).await;
        let mut embeddings = answered.map_err(|failure| self.named(failure))?;
        embeddings.usage.cost_micros = self.price.cost_micros(&embeddings.usage);
        if let Some(recording) = &self.recording {
            recording.vectors(texts, &embeddings.vectors, &self.redactor).await;
        }
        Ok(embeddings)
    }

    /// Asks until there is an answer, or no use in asking.
    async fn ask<T, F: Future<Output = Result<T, Failure>>>(
        &self,
        listener: &Listener<'_>,
        mut once: impl FnMut() -> F,
    ) -> Result<T, Failure> {
        let end = Instant::now() + self.timeout;
        let mut made = 0;
        loop {
            let Ok(answered) = timeout_at(end, once()).await else {
                return Err(self.too_slow());
            };
            let failure = match answered {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let left = end.saturating_duration_since(Instant::now());
            let pause = match self.retries.pause(&failure, made, left, fastrand::f64()) {
                Some(pause) if !listener.has_heard() => pause,
                _ => return Err(failure),
            };
            let shown = self.named(failure);
            tracing::info!(target: "rak::models", model = self.name, ?pause, %shown, "asked again");
            sleep(pause).await;
            made += 1;
        }
    }

    fn too_slow(&self) -> Failure {
        let message = format!("it took longer than {} ms", self.timeout.as_millis());
        Failure::new(FailureKind::DeadlineExceeded, message)
    }

    /// The failure as others may see it.
    fn named(&self, failure: Failure) -> Failure {
        let text = shortened(self.redactor.redact(failure.message), MAX_TEXT_BYTES);
        Failure { message: format!("model {:?}: {text}", self.name), ..failure }
    }
}
