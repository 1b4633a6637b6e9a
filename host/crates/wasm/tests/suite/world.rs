//! The world outside the hosts: tools, models and a server, and what was done with them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use rak_core::{
    Content, EmbedRequest, Embeddings, Failure, FailureKind, FinishReason, FunctionCall, HttpAnswer,
    HttpBody, HttpClient, HttpHead, HttpRequest, ModelDelta, ModelRequest, ModelResponse, ModelSummary,
    ModelUsage, Models, Part, Role, ToolAnswer, ToolCall, ToolHints, ToolSpec, Toolbox,
};
use serde_json::{Value, json};
use tokio::sync::watch;

/// What stays when a host ends.
#[derive(Default)]
pub(crate) struct World {
    calls: Mutex<Vec<Called>>,
    /// What models were asked: their names, and the last text.
    asked: Mutex<Vec<(String, String)>>,
    /// What the server was sent: method, path, and body.
    sent: Mutex<Vec<String>>,
    /// How many requests it answers now.
    answering: watch::Sender<usize>,
    /// How many of them write now.
    writing: watch::Sender<usize>,
    /// Whether `waits`, `writes_slowly`, the model `slow` and the server at `/slow` may answer.
    open: watch::Sender<bool>,
    /// Whether `late` is known, which it is when somebody has waited for it.
    late: AtomicBool,
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

    /// What the server was sent so far.
    pub(crate) fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many requests the server answers now.
    pub(crate) fn answering(&self) -> watch::Receiver<usize> {
        self.answering.subscribe()
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
pub(crate) struct Tools(pub(crate) Arc<World>);

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
        let late = self.0.late.load(Ordering::Relaxed).then(|| spec("late", READ_ONLY));
        let always = vec![
            spec("asks", ToolHints { needs_approval: true, ..WRITES }),
            spec("fails", READ_ONLY),
            spec("looks", READ_ONLY),
            spec("puts", ToolHints { idempotent: true, ..WRITES }),
            spec("waits", READ_ONLY),
            spec("writes", WRITES),
            spec("writes_slowly", WRITES),
        ];
        always.into_iter().chain(late).collect()
    }

    async fn known(&self, name: &str) -> Result<(), Failure> {
        match name {
            "late" => self.0.late.store(true, Ordering::Relaxed),
            "mcp.down.tool" => return Err(Failure::new(FailureKind::Unavailable, "it ended")),
            _ => {}
        }
        Ok(())
    }

    fn asks_before(&self, name: &str) -> bool {
        name == "agent.second"
    }

    async fn call(&self, call: ToolCall) -> Result<ToolAnswer, Failure> {
        let ToolCall { name, args, idempotency_key: key, .. } = call;
        self.0.calls().push(Called { name: name.clone(), args: args.clone(), key });
        match name.as_str() {
            "fails" => Ok(ToolAnswer {
                response: json!({"error": "as asked"}),
                failed: true,
                ..ToolAnswer::default()
            }),
            "waits" | "writes_slowly" => {
                let _ = self.0.open.subscribe().wait_for(|open| *open).await;
                Ok(ToolAnswer { response: json!({"did": args}), ..ToolAnswer::default() })
            }
            "nowhere" => Err(Failure::new(FailureKind::NotFound, "no such tool")),
            _ => Ok(ToolAnswer { response: json!({"did": args}), ..ToolAnswer::default() }),
        }
    }
}

/// The models of the world, as a host reaches them.
pub(crate) struct Minds(pub(crate) Arc<World>);

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

/// The server of the world, as a host reaches it.
pub(crate) struct Web(pub(crate) Arc<World>);

/// The server answers, until this is dropped.
struct Answers(Arc<World>);

impl Drop for Answers {
    fn drop(&mut self) {
        self.0.answering.send_modify(|answering| *answering -= 1);
    }
}

/// Pieces of an answer; the one behind `waits` comes when the world may answer.
struct Pieces {
    left: VecDeque<Vec<u8>>,
    /// How many come at once.
    at_once: usize,
    answers: Answers,
}

#[async_trait]
impl HttpBody for Pieces {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        if self.at_once == 0 {
            let _ = self.answers.0.open.subscribe().wait_for(|open| *open).await;
        } else {
            self.at_once -= 1;
        }
        Ok(self.left.pop_front())
    }
}

#[async_trait]
impl HttpClient for Web {
    async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, Failure> {
        let HttpRequest { method, url, headers, body, credential, allowed, .. } = request;
        let path = url.strip_prefix("https://world.example").unwrap_or_default().to_owned();
        let world_is_allowed = allowed.iter().any(|place| place.matches(true, "world.example", 443));
        if path.is_empty() || !world_is_allowed {
            return Err(Failure::new(FailureKind::Denied, format!("{url} is not allowed")));
        }
        let body = String::from_utf8_lossy(&body).into_owned();
        self.0.sent.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{method} {path} {body}"));
        self.0.answering.send_modify(|answering| *answering += 1);
        let answers = Answers(self.0.clone());
        let (status, pieces, at_once) = match path.as_str() {
            "/hello" => (200, vec!["hello".to_owned()], usize::MAX),
            "/echo" => {
                let asked = headers.iter().map(|(name, value)| format!("{name}={value}"));
                let asked = asked.chain(credential).collect::<Vec<_>>().join(",");
                (200, vec![format!("{method} {asked} {body}")], usize::MAX)
            }
            "/pieces" => (200, ["one", "two", "three"].map(str::to_owned).into(), 1),
            "/slow" => {
                let _ = self.0.open.subscribe().wait_for(|open| *open).await;
                (200, vec!["at last".to_owned()], usize::MAX)
            }
            "/gone" => return Err(Failure::new(FailureKind::Unavailable, "nobody is there")),
            _ => (404, vec!["nothing here".to_owned()], usize::MAX),
        };
        let headers = vec![("content-type".to_owned(), "text/plain".to_owned())];
        let left = pieces.into_iter().map(String::into_bytes).collect();
        Ok(HttpAnswer {
            head: HttpHead { status, url, headers },
            body: Box::new(Pieces { left, at_once, answers }),
        })
    }
}
