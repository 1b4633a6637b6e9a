//! All models of a host.

use std::collections::BTreeMap;

use async_trait::async_trait;
use rak_core::{
    EmbedRequest, Embeddings, Failure, FailureKind, ModelDelta, ModelRequest, ModelResponse, ModelSummary,
    Models,
};
use rak_settings::SettingsError;

use crate::alias::Alias;
use crate::provider::Listener;
use crate::retry::may_pass;
use crate::settings::ModelsSettings;

/// The models of the configuration, by alias.
pub struct ProviderModels {
    default: Option<String>,
    aliases: BTreeMap<String, Alias>,
}

impl ProviderModels {
    /// Reads the scripts, and reaches for nobody.
    pub fn new(settings: ModelsSettings) -> Result<Self, SettingsError> {
        let aliases = settings.models.into_iter().map(|(name, settings)| {
            let alias = Alias::new(&name, settings)?;
            Ok((name, alias))
        });
        Ok(Self { default: settings.default, aliases: aliases.collect::<Result<_, SettingsError>>()? })
    }

    fn alias(&self, name: &str) -> Result<&Alias, Failure> {
        self.aliases.get(name).ok_or_else(|| {
            let names: Vec<_> = self.aliases.keys().map(String::as_str).collect();
            let message = match names.as_slice() {
                [] => format!("there is no model {name:?}, and no other one either"),
                names => format!("there is no model {name:?}; there are: {}", names.join(", ")),
            };
            Failure::new(FailureKind::NotFound, message)
        })
    }
}

#[async_trait]
impl Models for ProviderModels {
    fn summaries(&self) -> Vec<ModelSummary> {
        let summary = |(name, alias): (&String, &Alias)| ModelSummary {
            name: name.clone(),
            description: alias.description().to_owned(),
        };
        self.aliases.iter().map(summary).collect()
    }

    fn default_model(&self) -> Option<String> {
        self.default.clone()
    }

    async fn complete(
        &self,
        request: ModelRequest,
        on_delta: Option<&(dyn Fn(ModelDelta) + Send + Sync)>,
    ) -> Result<ModelResponse, Failure> {
        let first = self.alias(&request.model)?;
        let listener = Listener::new(on_delta);
        let fallbacks = first.fallback().iter().filter_map(|name| self.aliases.get(name));
        let mut failures = Vec::new();
        for alias in std::iter::once(first).chain(fallbacks) {
            match alias.complete(&request.prompt, &listener).await {
                Ok(response) => return Ok(response),
                Err(failure) => {
                    let is_final = listener.has_heard() || !may_pass(&failure);
                    tracing::info!(target: "rak::models", is_final, %failure, "no answer");
                    failures.push(failure);
                    if is_final {
                        break;
                    }
                }
            }
        }
        Err(joined(failures))
    }

    async fn embed(&self, request: EmbedRequest) -> Result<Embeddings, Failure> {
        // The vectors of another model could not be compared with those of this one, so no other one is asked.
        self.alias(&request.model)?.embed(&request.texts).await
    }
}

/// The failure of all that were asked: the last one's, with the texts of the others before it, and the earliest time at which
/// one of them may answer.
fn joined(failures: Vec<Failure>) -> Failure {
    let retry_after_ms = failures.iter().filter_map(|failure| failure.retry_after_ms).min();
    let texts: Vec<_> = failures.iter().map(|failure| failure.message.as_str()).collect();
    let message = texts.join("; ");
    match failures.into_iter().last() {
        Some(last) => Failure { message, retry_after_ms, ..last },
        None => Failure::new(FailureKind::Failed, message),
    }
}
