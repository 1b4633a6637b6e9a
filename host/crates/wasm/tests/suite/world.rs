//! The world outside the hosts: tools and models, and what was done with them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use rak_core::{
    Content, EmbedRequest, Embeddings, Failure, FailureKind, FinishReason, FunctionCall, ModelDelta,
    ModelRequest, ModelResponse, ModelSummary, ModelUsage, Models, Part, Role, ToolAnswer, ToolCall,
    ToolHints, ToolSpec, Toolbox,
};
use serde_json::{Value, json};
use tokio::sync::watch;

/// What stays when a host ends.
#[derive(Default)]
pub(crate) struct World {
    calls: Mutex<Vec<Called>>,
    /// What models were asked: their names, and the last text.
    asked: Mutex<Vec<(String, String)>>,
    /// How many of them write now.
    writing: watch::Sender<usize>,
    /// Whether `waits`, `writes_slowly` and the model `slow` may answer.
    open: watch::Sender<bool>,
}

/// A call that came.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Called {
    pub(crate) name: String,
    pub(crate) args: Value,
    pub(crate) key: String,
}

impl World {
    fn calls(&self) -> MutexGuard<'_, Vec<Called>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn called(&self) -> Vec<Called> {
        self.calls().clone()
    }

    /// How often each tool was called.
    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        self.calls().iter().fold(BTreeMap::new(), |mut counts, call| {
            *counts.entry(call.name.clone()).or_default() += 1;
            counts
        })
    }

    /// What models were asked so far.
    pub(crate) fn asked(&self) -> Vec<(String, String)> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many models write now.
    pub(crate) fn writing(&self) -> watch::Receiver<usize> {
        self.writing.subscribe()
    }

    /// What waits may answer from now on.
    pub(crate) fn let_answer(&self) {
        self.open.send_replace(true);
    }
}

/// The world, as a host reaches it.
pub(crate) struct Tools(pub(crate) std::sync::Arc<World>);

const READ_ONLY: ToolHints = ToolHints {
    read_only: true,
    destructive: false,
    idempotent: false,
    open_world: false,
    needs_approval: false,
};
const WRITES: ToolHints = ToolHints { read_only: false, destructive: true, ..READ_ONLY };

#[async_trait]
impl Toolbox for Tools {
    fn specs(&self) -> Vec<ToolSpec> {
        let spec = |name: &str, hints| ToolSpec {
            name: name.into(),
            description: format!("It {name}."),
            parameters: json!({"type": "object", "properties": {"n": {"type": "integer"}}}),
            hints,
        };
        vec![
            spec("asks", ToolHints { needs_approval: true, ..WRITES }),
            spec("fails", READ_ONLY),
            spec("looks", READ_ONLY),
            spec("puts", ToolHints { idempotent: true, ..WRITES }),
            spec("waits", READ_ONLY),
            spec("writes", WRITES),
            spec("writes_slowly", WRITES),
        ]
    }

    fn asks_before(&self, name: &str) -> bool {
        name == "agent.second"
    }

    async fn call(&self, call: ToolCall) -> Result<ToolAnswer, Failure> {
        let ToolCall { name, args, idempotency_key: key, .. } = call;
        self.0.calls().push(Called { name: name.clone(), args: args.clone(), key });
        match name.as_str() {
            "fails" => Ok(ToolAnswer { response: json!({"error": "as asked"}), failed: true }),
            "waits" | "writes_slowly" => {
                let _ = self.0.open.subscribe().wait_for(|open| *open).await;
                Ok(ToolAnswer { response: json!({"did": args}), failed: false })
            }
            "nowhere" => Err(Failure::new(FailureKind::NotFound, "no such tool")),
            _ => Ok(ToolAnswer { response: json!({"did": args}), failed: false }),
        }
    }
}

/// The models of the world, as a host reaches them.
pub(crate) struct Minds(pub(crate) std::sync::Arc<World>);

/// What a model writes costs as much as it has words, and what it reads 10.
pub(crate) const READ: u64 = 10;

/// A model writes, until this is dropped.
struct Writes<'a>(&'a World);

impl Drop for Writes<'_> {
    fn drop(&mut self) {
        self.0.writing.send_modify(|writing| *writing -= 1);
    }
}

impl Minds {
    fn asked(&self, request: &ModelRequest) -> (String, Writes<'_>) {
        let text = request.prompt.contents.last().map(Content::text).unwrap_or_default();
        let mut asked = self.0.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push((request.model.clone(), text.clone()));
        self.0.writing.send_modify(|writing| *writing += 1);
        (text, Writes(&self.0))
    }
}

#[async_trait]
impl Models for Minds {
    fn summaries(&self) -> Vec<ModelSummary> {
        let summary = |name: &str| ModelSummary { name: name.into(), description: format!("It is {name}.") };
        ["busy", "large", "slow", "small"].map(summary).into()
    }

    fn default_model(&self) -> Option<String> {
        Some("small".into())
    }

    async fn complete(
        &self,
        request: ModelRequest,
        on_delta: Option<&(dyn Fn(ModelDelta) + Send + Sync)>,
    ) -> Result<ModelResponse, Failure> {
        let (text, _writes) = self.asked(&request);
        let tell = |delta| on_delta.iter().for_each(|tell| tell(ModelDelta::clone(&delta)));
        match request.model.as_str() {
            "busy" => {
                let failure = Failure::new(FailureKind::RateLimited, "the model is busy");
                return Err(Failure { retry_after_ms: Some(1500), ..failure });
            }
            "slow" => {
                tell(ModelDelta::Text("well, ".into()));
                let _ = self.0.open.subscribe().wait_for(|open| *open).await;
            }
            _ => {}
        }
        tell(ModelDelta::Thought("hm".into()));
        // At once: how much of it is told together depends on the moment.
        tell(ModelDelta::Text(text.clone()));
        let mut parts = vec![Part::Thought("hm".into()), Part::Text(text.clone())];
        let call = request.prompt.tools.first().map(|tool| FunctionCall {
            id: "1".into(),
            name: tool.name.clone(),
            args: json!({"n": 1}),
        });
        parts.extend(call.clone().map(Part::FunctionCall));
        call.clone().map(ModelDelta::FunctionCall).into_iter().for_each(tell);
        Ok(ModelResponse {
            model: format!("{}-1", request.model),
            content: Content { role: Role::MODEL.into(), parts },
            finish: if call.is_some() { FinishReason::FunctionCalls } else { FinishReason::Stop },
            usage: ModelUsage {
                input_tokens: READ,
                output_tokens: text.split_whitespace().count() as u64,
                cost_micros: 3,
                ..ModelUsage::default()
            },
            extra: None,
        })
    }

    async fn embed(&self, request: EmbedRequest) -> Result<Embeddings, Failure> {
        let EmbedRequest { model, texts, .. } = request;
        let lengths = texts.iter().map(|text| u16::try_from(text.len()).unwrap_or(u16::MAX));
        Ok(Embeddings {
            model: format!("{model}-1"),
            vectors: lengths.map(|length| vec![f32::from(length), 0.5]).collect(),
            usage: ModelUsage { input_tokens: READ, ..ModelUsage::default() },
        })
    }
}
