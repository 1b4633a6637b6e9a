//! The file that a scripted model speaks from: which reply is given to what.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use rak_core::{
    Failure, FailureKind, FinishReason, FunctionCall, ModelPrompt, ModelResponse, ModelUsage, Part, Role,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::digest::digest;

/// Replies and vectors, as a person writes them. Unknown keys are errors.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ScriptFile {
    /// What a reply costs that says nothing of it.
    usage: Option<UsageFile>,
    /// The first whose conditions hold is given.
    reply: Vec<ReplyFile>,
    embedding: Vec<EmbeddingFile>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ReplyFile {
    when: When,
    thought: Option<String>,
    text: Option<String>,
    calls: Vec<CallFile>,
    /// The reply fails so, after what it says.
    fail: Option<FailFile>,
    finish: Option<String>,
    usage: Option<UsageFile>,
    /// Before each word.
    delay_ms: u64,
    /// What was asked where the reply was recorded, for whoever reads it.
    asked: Option<String>,
    /// What was recorded, in place of all else: a response as JSON.
    response: Option<String>,
}

/// Conditions; those that are absent hold.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct When {
    /// The text of the last message is this.
    text: Option<String>,
    /// It has this in it.
    contains: Option<String>,
    /// The last message ends with the response of this function.
    tool: Option<String>,
    /// The model has spoken so often.
    turn: Option<usize>,
    /// The digest of all that is asked.
    prompt: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CallFile {
    name: String,
    #[serde(default)]
    args: Map<String, Value>,
    #[serde(default)]
    id: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FailFile {
    kind: FailureKind,
    code: Option<String>,
    message: Option<String>,
    retry_after_ms: Option<u64>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct UsageFile {
    input: u64,
    output: u64,
    cached: u64,
    thoughts: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EmbeddingFile {
    /// The text it stands for; any, where absent.
    text: Option<String>,
    vector: Vec<f32>,
}

/// What a file says.
#[derive(Debug)]
pub(crate) struct Script {
    name: String,
    replies: Vec<Reply>,
    embeddings: Vec<EmbeddingFile>,
}

/// What is said, and when.
#[derive(Debug)]
pub(crate) struct Reply {
    when: When,
    pub(super) parts: Vec<Part>,
    pub(super) failure: Option<Failure>,
    pub(super) model: Option<String>,
    pub(super) finish: FinishReason,
    pub(super) usage: ModelUsage,
    pub(super) extra: Option<Value>,
    pub(super) delay: Duration,
}

impl Script {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        Self::parse(&name, &text).map_err(|error| format!("{} cannot be used: {error}", path.display()))
    }

    pub(crate) fn parse(name: &str, text: &str) -> Result<Self, String> {
        let file: ScriptFile = toml::from_str(text).map_err(|error| error.to_string())?;
        let usage = file.usage.unwrap_or_default();
        let replies = file.reply.into_iter().enumerate();
        let replies = replies.map(|(index, reply)| {
            Reply::new(reply, usage).map_err(|problem| format!("reply {}: {problem}", index + 1))
        });
        Ok(Self {
            name: name.to_owned(),
            replies: replies.collect::<Result<_, _>>()?,
            embeddings: file.embedding,
        })
    }

    /// What it is called.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What is said to this.
    pub(crate) fn reply(&self, prompt: &ModelPrompt) -> Option<&Reply> {
        self.replies.iter().find(|reply| reply.when.holds(prompt))
    }

    /// Whether it has replies that are found by the digest of a prompt.
    pub(crate) fn has_recorded_replies(&self) -> bool {
        self.replies.iter().any(|reply| reply.when.prompt.is_some())
    }

    /// The vector of a text.
    pub(crate) fn vector(&self, text: &str) -> Option<&[f32]> {
        let mut embeddings = self.embeddings.iter();
        let found =
            embeddings.find(|embedding| embedding.text.as_deref().is_none_or(|wanted| wanted == text));
        found.map(|embedding| embedding.vector.as_slice())
    }

    /// The digests of the prompts, and the texts, that it has an answer to and to nothing else.
    pub(super) fn recorded(&self) -> (HashSet<String>, HashSet<String>) {
        let prompts = self.replies.iter().filter_map(|reply| reply.when.prompt.clone());
        let texts = self.embeddings.iter().filter_map(|embedding| embedding.text.clone());
        (prompts.collect(), texts.collect())
    }
}

impl When {
    fn holds(&self, prompt: &ModelPrompt) -> bool {
        let last = prompt.contents.last();
        let text = last.map(rak_core::Content::text).unwrap_or_default();
        let tool = match last.and_then(|last| last.parts.last()) {
            Some(Part::FunctionResponse(response)) => Some(response.name.as_str()),
            _ => None,
        };
        self.text.as_ref().is_none_or(|wanted| *wanted == text)
            && self.contains.as_ref().is_none_or(|wanted| text.contains(wanted))
            && self.tool.as_deref().is_none_or(|wanted| Some(wanted) == tool)
            && self.turn.is_none_or(|wanted| wanted == turn(prompt))
            && self.prompt.as_ref().is_none_or(|wanted| *wanted == digest(prompt))
    }
}

/// How often the model has spoken.
pub(super) fn turn(prompt: &ModelPrompt) -> usize {
    prompt.contents.iter().filter(|content| content.role == Role::MODEL).count()
}

impl Reply {
    fn new(file: ReplyFile, usage: UsageFile) -> Result<Self, String> {
        let says = file.thought.is_some() || file.text.is_some() || !file.calls.is_empty();
        match &file.response {
            Some(_) if says || file.fail.is_some() => Err("response stands for all that is said".to_owned()),
            Some(response) => Self::recorded(file.when, response, file.delay_ms),
            None if !says && file.fail.is_none() => {
                Err("it says nothing; give text, thought, calls or fail".to_owned())
            }
            None => Ok(Self::written(file, usage)),
        }
    }

    fn recorded(when: When, response: &str, delay_ms: u64) -> Result<Self, String> {
        let response: ModelResponse =
            serde_json::from_str(response).map_err(|error| format!("response is none: {error}"))?;
        Ok(Self {
            when,
            parts: response.content.parts,
            failure: None,
            model: Some(response.model),
            finish: response.finish,
            usage: response.usage,
            extra: response.extra,
            delay: Duration::from_millis(delay_ms),
        })
    }

    fn written(file: ReplyFile, usage: UsageFile) -> Self {
        let finish = match file.finish.as_deref() {
            None if file.calls.is_empty() => FinishReason::Stop,
            None | Some("function_calls") => FinishReason::FunctionCalls,
            Some("stop") => FinishReason::Stop,
            Some("length") => FinishReason::Length,
            Some("filtered") => FinishReason::Filtered,
            Some(word) => FinishReason::Other(word.to_owned()),
        };
        let calls = file.calls.into_iter().map(|call| {
            let args = Value::Object(call.args);
            Part::FunctionCall(FunctionCall { id: call.id, name: call.name, args })
        });
        let said = [file.thought.map(Part::Thought), file.text.map(Part::Text)];
        let usage = file.usage.unwrap_or(usage);
        Self {
            when: file.when,
            parts: said.into_iter().flatten().chain(calls).collect(),
            failure: file.fail.map(Failure::from),
            model: None,
            finish,
            usage: ModelUsage {
                input_tokens: usage.input,
                output_tokens: usage.output,
                cached_tokens: usage.cached,
                thought_tokens: usage.thoughts,
                cost_micros: 0,
            },
            extra: None,
            delay: Duration::from_millis(file.delay_ms),
        }
    }
}

impl From<FailFile> for Failure {
    fn from(file: FailFile) -> Self {
        let message = file.message.unwrap_or_else(|| "it fails, as its script says".to_owned());
        let failure = Self::new(file.kind, message);
        Self { code: file.code, retry_after_ms: file.retry_after_ms, ..failure }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_used_is_named() {
        for (text, reason) in [
            ("[[replies]]", "unknown field `replies`"),
            ("[[reply]]\ntxt = 'a'", "unknown field `txt`"),
            ("[[reply]]\nwhen = {texts = 'a'}\ntext = 'b'", "unknown field `texts`"),
            ("[[reply]]\ntext = 'a'\n[[reply]]\nwhen = {text = 'b'}", "reply 2: it says nothing"),
            ("[[reply]]\ntext = 'a'\nresponse = '{}'", "reply 1: response stands for all"),
            ("[[reply]]\nresponse = '{}'", "reply 1: response is none: missing field `model`"),
            ("[[reply]]\nfail = {kind = 'sad'}", "unknown variant `sad`"),
            ("[[embedding]]\ntext = 'a'", "missing field `vector`"),
        ] {
            let error = Script::parse("models.toml", text).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
        let error = Script::read(Path::new("/nonexistent/models.toml")).unwrap_err();
        assert!(error.contains("/nonexistent/models.toml cannot be read: No such file"), "{error}");
    }
}
