//! What `rak.toml` says of a model.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rak_core::ModelUsage;
use rak_settings::{Redactor, Secret, SettingsError, Values};
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value};

/// How long a request may take, with all its tries: as long as a large model thinks.
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(2);
/// How long a provider may be silent: the first word of a model that thinks takes longest.
const DEFAULT_IDLE_TIMEOUT: Duration = Duration::from_mins(1);
/// The longest that can be set for either.
const LONGEST_TIMEOUT: Duration = Duration::from_hours(24);
/// How often a request is made again.
const DEFAULT_RETRIES: u32 = 2;
/// The most that can be set: by then the pauses are as long as they get.
const MOST_RETRIES: u32 = 10;
/// How large an answer may be as it comes over the wire: some images, or more text than any model writes.
const DEFAULT_MAX_RESPONSE_BYTES: usize = 8 << 20;
/// The largest that can be set, in bytes: an answer is held in memory a few times over.
const LARGEST_RESPONSE_BYTES: usize = 256 << 20;
/// Headers that this host sets.
const RESERVED: [&str; 4] = ["accept", "content-length", "content-type", "host"];

/// A table `models.NAME`. Values may have secrets in them, so `Debug` shows none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelFile {
    /// Who answers.
    pub provider: Option<ProviderKind>,
    /// The provider's name of the model.
    pub model: Option<String>,
    /// What it is good for.
    pub description: String,
    /// Where it is served; the provider's public address where absent.
    pub base_url: Option<Secret>,
    /// The key to it.
    pub api_key: Option<Secret>,
    /// What else is sent along with each request.
    pub headers: BTreeMap<String, Secret>,
    /// How long a request may take, with all its tries.
    pub timeout_ms: Option<u64>,
    /// How long the provider may be silent.
    pub idle_timeout_ms: Option<u64>,
    /// How often a request is made again.
    pub retries: Option<u32>,
    /// The aliases that are asked in its place where it does not answer.
    pub fallback: Vec<String>,
    /// The longest answer, in tokens, where a request says none.
    pub max_output_tokens: Option<u32>,
    /// How large an answer may be.
    pub max_response_bytes: Option<usize>,
    /// What it costs.
    pub price: Option<Price>,
    /// Members of each request to the provider.
    pub options: Map<String, Value>,
    /// Where the answers of a scripted model are.
    pub script: Option<PathBuf>,
    /// Where what is asked and answered is written, as such a script.
    pub record: Option<PathBuf>,
}

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderKind {
    /// Whatever speaks as `OpenAI` does in its chat completions.
    OpenAi,
    /// Anthropic's messages.
    Anthropic,
    /// Google's Gemini.
    Gemini,
    /// A file.
    Scripted,
}

/// What it means.
#[derive(Clone, Debug)]
pub struct ModelSettings {
    /// What it is good for.
    pub description: String,
    /// Who answers.
    pub provider: ProviderSettings,
    /// How long a request may take, with all its tries.
    pub timeout: Duration,
    /// How often a request is made again.
    pub retries: u32,
    /// The first pause before that; each further one is twice as long.
    pub retry_after: Duration,
    /// The aliases that are asked in its place, in this order.
    pub fallback: Vec<String>,
    /// What it costs.
    pub price: Price,
    /// Where what is asked and answered is written.
    pub record: Option<PathBuf>,
    pub(crate) redactor: Redactor,
}

/// Who answers.
#[derive(Clone, Debug)]
pub enum ProviderSettings {
    /// A provider over HTTP.
    Remote(RemoteSettings),
    /// A file.
    Scripted {
        /// Where it is.
        script: PathBuf,
        /// What the model calls itself.
        model: String,
    },
}

/// How a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemoteKind {
    /// As `OpenAI` does in its chat completions.
    OpenAi,
    /// Anthropic's messages.
    Anthropic,
    /// Google's Gemini.
    Gemini,
}

/// How to reach a provider, and what to ask of it.
#[derive(Clone, Debug)]
pub struct RemoteSettings {
    /// How it speaks.
    pub kind: RemoteKind,
    /// Its name of the model.
    pub model: String,
    /// Where it is served, the version of the protocol included.
    pub base_url: Secret,
    /// The key to it.
    pub api_key: Option<Secret>,
    /// What else is sent along with each request.
    pub headers: HeaderMap,
    /// How long it may be silent.
    pub idle_timeout: Duration,
    /// How large an answer may be, in bytes as they come.
    pub max_response_bytes: usize,
    /// The longest answer, in tokens, where a request says none.
    pub max_output_tokens: Option<u32>,
    /// Members of each request to it.
    pub options: Map<String, Value>,
}

/// What tokens cost, for a million of them, in any currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Price {
    /// Those that are read.
    pub input: f64,
    /// Those that are written.
    pub output: f64,
    /// Those that are read and that the provider had cached; as the others where absent.
    pub cached: Option<f64>,
}

impl Price {
    /// What this costs, in millionths of the currency: a price for a million is one of millionths for one.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cost of more than 2^53 millionths may be off by one, and none is negative"
    )]
    pub fn cost_micros(&self, usage: &ModelUsage) -> u64 {
        let cached = usage.cached_tokens.min(usage.input_tokens);
        let read = (usage.input_tokens - cached) as f64 * self.input;
        let cost = read
            + cached as f64 * self.cached.unwrap_or(self.input)
            + usage.output_tokens as f64 * self.output;
        cost.round() as u64
    }

    fn is_usable(&self) -> bool {
        let prices = [self.input, self.output, self.cached.unwrap_or_default()];
        prices.iter().all(|price| price.is_finite() && *price >= 0.0)
    }
}

impl RemoteKind {
    /// Where it is served for everybody.
    fn public_url(self) -> &'static str {
        match self {
            Self::OpenAi => "https://api.openai.com/v1",
            Self::Anthropic => "https://api.anthropic.com/v1",
            Self::Gemini => "https://generativelanguage.googleapis.com/v1beta",
        }
    }
}

impl ModelSettings {
    /// The first pause before a request is made again.
    pub const RETRY_AFTER: Duration = Duration::from_millis(500);
}

impl ModelFile {
    /// What it means. The fallbacks are for who knows the other models.
    pub(super) fn settings(
        &self,
        key: &str,
        base: &Path,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<ModelSettings, SettingsError> {
        let mut values = Values::new(key, variable);
        let kind = match self.provider {
            Some(ProviderKind::OpenAi) => Some(RemoteKind::OpenAi),
            Some(ProviderKind::Anthropic) => Some(RemoteKind::Anthropic),
            Some(ProviderKind::Gemini) => Some(RemoteKind::Gemini),
            Some(ProviderKind::Scripted) => None,
            None => return Err(values.error("provider", "say openai, anthropic, gemini or scripted")),
        };
        let provider = match kind {
            Some(kind) => ProviderSettings::Remote(self.remote(kind, &mut values)?),
            None => self.scripted(base, &values)?,
        };
        // What a script says stays the same however often it is asked.
        let retries = self.retries.unwrap_or(if kind.is_some() { DEFAULT_RETRIES } else { 0 });
        if retries > MOST_RETRIES {
            return Err(values.error("retries", format!("give a number up to {MOST_RETRIES}")));
        }
        let price = self.price.unwrap_or_default();
        if !price.is_usable() {
            return Err(values.error("price", "give numbers that are not negative"));
        }
        Ok(ModelSettings {
            description: self.description.clone(),
            provider,
            timeout: time(&values, "timeout_ms", self.timeout_ms, DEFAULT_TIMEOUT)?,
            retries,
            retry_after: ModelSettings::RETRY_AFTER,
            fallback: Vec::new(),
            price,
            record: self.record.as_ref().map(|path| base.join(path)),
            redactor: values.redactor(),
        })
    }

    fn remote(&self, kind: RemoteKind, values: &mut Values<'_>) -> Result<RemoteSettings, SettingsError> {
        if self.script.is_some() {
            return Err(values.error("script", "this is for the provider scripted"));
        }
        let Some(model) = self.model.clone().filter(|model| !model.is_empty()) else {
            return Err(values.error("model", "say which model, by the provider's name of it"));
        };
        let base_url = match &self.base_url {
            Some(url) => values.url("base_url", url, kind.public_url())?.to_string(),
            None if self.api_key.is_none() && self.headers.is_empty() => {
                return Err(values.error("api_key", "the provider wants one, such as \"${API_KEY}\""));
            }
            None => kind.public_url().to_owned(),
        };
        let api_key = self.api_key.as_ref().map(|written| values.secret("api_key", written)).transpose()?;
        if api_key.as_ref().is_some_and(|key| !is_header(key.expose())) {
            return Err(values.error("api_key", "it is empty, or has characters that no key has"));
        }
        let max_response_bytes = self.max_response_bytes.unwrap_or(DEFAULT_MAX_RESPONSE_BYTES);
        if !(1..=LARGEST_RESPONSE_BYTES).contains(&max_response_bytes) {
            let problem = format!("give a number from 1 to {LARGEST_RESPONSE_BYTES}");
            return Err(values.error("max_response_bytes", problem));
        }
        if self.max_output_tokens == Some(0) {
            return Err(values.error("max_output_tokens", "give a number from 1 on"));
        }
        Ok(RemoteSettings {
            kind,
            model,
            base_url: Secret::new(base_url),
            api_key,
            headers: values.headers(&self.headers, &RESERVED)?,
            idle_timeout: time(values, "idle_timeout_ms", self.idle_timeout_ms, DEFAULT_IDLE_TIMEOUT)?,
            max_response_bytes,
            max_output_tokens: self.max_output_tokens,
            options: self.options.clone(),
        })
    }

    fn scripted(&self, base: &Path, values: &Values<'_>) -> Result<ProviderSettings, SettingsError> {
        let Some(script) = &self.script else {
            return Err(values.error("script", "say which file has the answers"));
        };
        let remote = [
            ("base_url", self.base_url.is_some()),
            ("api_key", self.api_key.is_some()),
            ("headers", !self.headers.is_empty()),
            ("idle_timeout_ms", self.idle_timeout_ms.is_some()),
            ("max_output_tokens", self.max_output_tokens.is_some()),
            ("max_response_bytes", self.max_response_bytes.is_some()),
            ("options", !self.options.is_empty()),
        ];
        if let Some((key, _)) = remote.into_iter().find(|(_, is_there)| *is_there) {
            return Err(values.error(key, "a scripted model has no use for it; leave it out"));
        }
        let model = self.model.clone().unwrap_or_else(|| "scripted".to_owned());
        Ok(ProviderSettings::Scripted { script: base.join(script), model })
    }
}

/// Whether a text can be sent as the value of a header, and is one.
fn is_header(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| (0x21..0x7f).contains(&byte))
}

fn time(
    values: &Values<'_>,
    key: &str,
    written: Option<u64>,
    default: Duration,
) -> Result<Duration, SettingsError> {
    let time = written.map_or(default, Duration::from_millis);
    if time.is_zero() || time > LONGEST_TIMEOUT {
        let problem = format!("give a number from 1 to {}, which is a day", LONGEST_TIMEOUT.as_millis());
        return Err(values.error(key, problem));
    }
    Ok(time)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{error, settings};
    use super::*;

    fn model(text: &str) -> ModelSettings {
        settings(&format!("[one]\n{text}")).unwrap().models.remove("one").unwrap()
    }

    fn remote(text: &str) -> RemoteSettings {
        match model(text).provider {
            ProviderSettings::Remote(remote) => remote,
            ProviderSettings::Scripted { .. } => panic!("it is no provider"),
        }
    }

    #[test]
    fn what_is_absent_is_the_default() {
        let settings = model("provider = 'openai'\nmodel = 'm'\napi_key = 'key-1'");
        assert_eq!((settings.timeout, settings.retries), (DEFAULT_TIMEOUT, DEFAULT_RETRIES));
        assert_eq!(settings.price, Price::default());
        for (provider, url) in [
            ("openai", "https://api.openai.com/v1"),
            ("anthropic", "https://api.anthropic.com/v1"),
            ("gemini", "https://generativelanguage.googleapis.com/v1beta"),
        ] {
            let remote = remote(&format!("provider = '{provider}'\nmodel = 'm'\napi_key = '${{TOKEN}}'"));
            assert_eq!(remote.base_url.expose(), url);
            assert_eq!(remote.api_key.unwrap().expose(), "hunter2-secret");
        }
    }

    #[test]
    fn a_server_of_ones_own_needs_no_key() {
        let remote = remote("provider = 'openai'\nmodel = 'llama3'\nbase_url = 'http://localhost:11434/v1'");
        assert_eq!(remote.base_url.expose(), "http://localhost:11434/v1");
        assert_eq!(remote.api_key, None);
    }

    #[test]
    fn a_script_is_seen_from_the_file() {
        let settings = model("provider = 'scripted'\nscript = 'models.toml'\nrecord = 'out.toml'");
        assert_eq!(settings.retries, 0);
        assert_eq!(settings.record.as_deref(), Some(Path::new("/etc/rak/out.toml")));
        let ProviderSettings::Scripted { script, .. } = settings.provider else { panic!("it is scripted") };
        assert_eq!(script, Path::new("/etc/rak/models.toml"));
    }

    #[test]
    fn the_price_is_for_a_million() {
        let price = Price { input: 0.25, output: 2.0, cached: Some(0.025) };
        let usage =
            ModelUsage { input_tokens: 1000, cached_tokens: 400, output_tokens: 10, ..ModelUsage::default() };
        assert_eq!(price.cost_micros(&usage), 180);
        assert_eq!(Price { cached: None, ..price }.cost_micros(&usage), 270);
        assert_eq!(Price::default().cost_micros(&usage), 0);
    }

    #[test]
    fn no_secret_is_shown() {
        let text = "[one]\nprovider = 'openai'\nmodel = 'm'\nbase_url = 'https://x/${TOKEN}'\napi_key = 'plain-key'\n\
                    headers = {x-account = 'plain-value'}";
        let file: crate::ModelsFile = toml::from_str(text).unwrap();
        let shown = format!("{file:?} {:?}", settings(text).unwrap());
        for secret in ["hunter2", "plain-key", "plain-value"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        let redactor = &settings(text).unwrap().models["one"].redactor;
        assert_eq!(redactor.redact("plain-key, plain-value, hunter2-secret".to_owned()), "***, ***, ***");
    }

    #[test]
    fn a_mistake_names_the_key_and_no_value() {
        let openai = "provider = 'openai'\nmodel = 'm'\napi_key = 'k-1'";
        let scripted = "provider = 'scripted'\nscript = 'x'";
        for (text, reason) in [
            (String::new(), "models.one.provider: say openai, anthropic, gemini or scripted"),
            ("provider = 'claude'".to_owned(), "unknown variant `claude`"),
            ("provider = 'openai'".to_owned(), "models.one.model: say which model"),
            ("provider = 'gemini'\nmodel = 'm'".to_owned(), "models.one.api_key: the provider wants one"),
            (
                "provider = 'openai'\nmodel = 'm'\napi_key = '${OPENAI_API_KEY}'".to_owned(),
                "models.one.api_key: the environment variable OPENAI_API_KEY is not set",
            ),
            (
                "provider = 'openai'\nmodel = 'm'\napi_key = \"hunter2\\n\"".to_owned(),
                "models.one.api_key: it is empty",
            ),
            (
                "provider = 'openai'\nmodel = 'm'\nbase_url = 'hunter2'".to_owned(),
                "models.one.base_url: give an address such as https://api.openai.com/v1",
            ),
            (format!("{openai}\nheaders = {{Host = 'x'}}"), "models.one.headers.Host: the protocol sets"),
            (format!("{openai}\nscript = 'x'"), "models.one.script: this is for"),
            (format!("{openai}\ntimeout_ms = 0"), "models.one.timeout_ms: give a number from 1 to 86400000"),
            (format!("{openai}\nidle_timeout_ms = 0"), "models.one.idle_timeout_ms: give a number"),
            (format!("{openai}\nretries = 11"), "models.one.retries: give a number up to 10"),
            (format!("{openai}\nmax_response_bytes = 0"), "models.one.max_response_bytes: give a number"),
            (format!("{openai}\nmax_output_tokens = 0"), "models.one.max_output_tokens: give a number"),
            (format!("{openai}\nprice = {{input = -1.0}}"), "models.one.price: give numbers"),
            (format!("{openai}\nprice = {{inputs = 1.0}}"), "unknown field `inputs`"),
            (format!("{openai}\nkey = 'hunter'"), "unknown field `key`"),
            ("provider = 'scripted'".to_owned(), "models.one.script: say which file"),
            (format!("{scripted}\napi_key = 'k'"), "models.one.api_key: a scripted model has no use for it"),
            (format!("{scripted}\noptions = {{a = 1}}"), "models.one.options: a scripted model"),
        ] {
            let error = error(&format!("[one]\n{text}"));
            assert!(error.contains(reason), "{text}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
