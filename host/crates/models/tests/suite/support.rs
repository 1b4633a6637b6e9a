//! Models, and what they are asked.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use rak_core::{
    AppName, Content, EmbedRequest, Embeddings, Failure, InvocationId, ModelDelta, ModelPrompt, ModelRequest,
    ModelResponse, Models as _, SessionId, SessionKey, UserId,
};
use rak_models::{ModelsFile, ProviderModels};

use crate::server::Server;

/// Longer than anything takes on a machine that is busy; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_mins(2);
/// What the variable `RAK_TEST_KEY` of the host is.
pub(crate) const KEY: &str = "hunter2-is-a-secret";

/// A kind of provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    OpenAi,
    Anthropic,
    Gemini,
}

pub(crate) const ALL_KINDS: [Kind; 3] = [Kind::OpenAi, Kind::Anthropic, Kind::Gemini];

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
        }
    }

    /// A whole answer, as it comes.
    pub(crate) fn stream(self) -> &'static str {
        match self {
            Self::OpenAi => include_str!("../streams/openai.sse"),
            Self::Anthropic => include_str!("../streams/anthropic.sse"),
            Self::Gemini => include_str!("../streams/gemini.sse"),
        }
    }

    /// The beginning of it, the first thought included.
    pub(crate) fn beginning(self) -> &'static str {
        let stream = self.stream();
        let end = stream.find("They want ").unwrap();
        let end = end + stream[end..].find("\n\n").unwrap() + 2;
        &stream[..end]
    }

    /// The beginning of it, without a word.
    pub(crate) fn wordless(self) -> &'static str {
        let stream = self.stream();
        let end = stream[..stream.find("They want ").unwrap()].rfind("\n\n").map_or(0, |end| end + 2);
        &stream[..end]
    }

    /// The settings of a model that a server speaks for.
    pub(crate) fn model(self, server: &Server) -> String {
        let (name, port) = (self.name(), server.port);
        format!(
            "provider = '{name}'\nmodel = 'small-1'\nbase_url = 'http://127.0.0.1:{port}/v1'\napi_key = '${{RAK_TEST_KEY}}'\n"
        )
    }
}

/// The models of a configuration; a request is made again at once.
pub(crate) fn models(text: &str) -> ProviderModels {
    models_in(Path::new(""), text)
}

pub(crate) fn models_in(base: &Path, text: &str) -> ProviderModels {
    let file: ModelsFile = toml::from_str(text).unwrap();
    let variable = |name: &str| (name == "RAK_TEST_KEY").then(|| KEY.to_owned());
    let mut settings = file.settings(base, &variable).unwrap();
    for model in settings.models.values_mut() {
        model.retry_after = Duration::from_millis(1);
    }
    ProviderModels::new(settings).unwrap()
}

/// One model, called `one`, that a server speaks for.
pub(crate) fn one(kind: Kind, server: &Server, settings: &str) -> ProviderModels {
    models(&format!("[one]\n{}{settings}", kind.model(server)))
}

pub(crate) fn hello() -> ModelPrompt {
    ModelPrompt { contents: vec![Content::new_user_text("hello")], ..ModelPrompt::default() }
}

pub(crate) fn request(model: &str, prompt: ModelPrompt) -> ModelRequest {
    ModelRequest { model: model.to_owned(), prompt, session: session(), invocation: InvocationId::new() }
}

fn session() -> SessionKey {
    SessionKey {
        app_name: AppName::new("echo").unwrap(),
        user_id: UserId::anonymous(),
        session_id: SessionId::new("s").unwrap(),
    }
}

/// What a model answers where nobody listens.
pub(crate) async fn ask(models: &ProviderModels, model: &str) -> Result<ModelResponse, Failure> {
    soon(models.complete(request(model, hello()), None)).await
}

/// What it answers, and what it told on the way.
pub(crate) async fn listen(
    models: &ProviderModels,
    model: &str,
) -> (Result<ModelResponse, Failure>, Vec<ModelDelta>) {
    let told = Mutex::new(Vec::new());
    let tell = |delta| told.lock().unwrap().push(delta);
    let response = soon(models.complete(request(model, hello()), Some(&tell))).await;
    (response, told.into_inner().unwrap())
}

pub(crate) async fn embed(models: &ProviderModels, texts: &[&str]) -> Result<Embeddings, Failure> {
    let texts = texts.iter().map(|&text| text.to_owned()).collect();
    let request =
        EmbedRequest { model: "one".to_owned(), texts, session: session(), invocation: InvocationId::new() };
    soon(models.embed(request)).await
}

/// What happens without being waited for too long.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it takes too long")
}
