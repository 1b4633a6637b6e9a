//! Models that a file speaks for. What they answer depends on the file and on what they are asked and on nothing else, so that
//! whoever repeats something gets the same.

mod recording;
mod script;
mod watched;

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use rak_core::{
    Content, Embeddings, Failure, FailureKind, ModelPrompt, ModelResponse, ModelUsage, Part, Role,
};
use rak_settings::shortened;
use tokio::time::sleep;

pub(crate) use self::recording::Recording;
use self::script::Script;
use self::watched::Watched;
use crate::draft::Draft;
use crate::provider::{Listener, Provider};

/// The code of a failure where the file says nothing.
const NO_REPLY: &str = "no_reply";
/// How much is shown of what there is no answer to, in bytes.
const MAX_SHOWN_BYTES: usize = 200;

/// A model that a file speaks for.
pub(crate) struct Scripted {
    /// What the model calls itself.
    model: String,
    script: Watched,
}

impl Scripted {
    /// Reads the file.
    pub(crate) fn read(path: &Path, model: String) -> Result<Self, String> {
        Ok(Self { model, script: Watched::read(path)? })
    }
}

#[async_trait]
impl Provider for Scripted {
    async fn complete(
        &self,
        prompt: &ModelPrompt,
        listener: &Listener<'_>,
    ) -> Result<ModelResponse, Failure> {
        let script = self.script.script().await?;
        let reply = script.reply(prompt).ok_or_else(|| no_reply(prompt, &script))?;
        let mut draft = Draft::new(prompt, listener);
        for part in &reply.parts {
            say(&mut draft, part, reply.delay).await;
        }
        match &reply.failure {
            Some(failure) => Err(failure.clone()),
            None => Ok(ModelResponse {
                model: reply.model.clone().unwrap_or_else(|| self.model.clone()),
                content: draft.content(),
                finish: reply.finish.clone(),
                usage: reply.usage,
                extra: reply.extra.clone(),
            }),
        }
    }

    async fn embed(&self, texts: &[String]) -> Result<Embeddings, Failure> {
        let script = self.script.script().await?;
        let vectors = texts.iter().map(|text| {
            let vector = script.vector(text).ok_or_else(|| no_vector(text, script.name()))?;
            Ok(vector.to_owned())
        });
        let vectors = vectors.collect::<Result<_, Failure>>()?;
        Ok(Embeddings { model: self.model.clone(), vectors, usage: ModelUsage::default() })
    }
}

/// Says a part word by word.
async fn say(draft: &mut Draft<'_>, part: &Part, delay: Duration) {
    match part {
        Part::Text(text) => {
            for (index, word) in text.split_inclusive(' ').enumerate() {
                pause(delay).await;
                // What was recorded as two parts is two again.
                if index == 0 { draft.text_apart(word) } else { draft.text(word) }
            }
        }
        Part::Thought(text) => {
            for word in text.split_inclusive(' ') {
                pause(delay).await;
                draft.thought(word);
            }
        }
        Part::FunctionCall(call) => {
            pause(delay).await;
            draft.call(call.clone());
        }
        part => draft.silent(part.clone()),
    }
}

async fn pause(delay: Duration) {
    if !delay.is_zero() {
        sleep(delay).await;
    }
}

fn no_reply(prompt: &ModelPrompt, script: &Script) -> Failure {
    let asked = match prompt.contents.last() {
        Some(last) => shown(last),
        None => "no message".to_owned(),
    };
    let turn = script::turn(prompt);
    let found = if script.has_recorded_replies() {
        ". Replies that were recorded are found by the digest of the whole prompt: where the instruction, the tools or \
         anything else in it has changed since, record them anew"
    } else {
        ""
    };
    let message = format!("{} has no reply to {asked}, in turn {turn}{found}", script.name());
    Failure { code: Some(NO_REPLY.to_owned()), ..Failure::new(FailureKind::NotFound, message) }
}

fn no_vector(text: &str, script: &str) -> Failure {
    let text = shortened(text.to_owned(), MAX_SHOWN_BYTES);
    let message = format!("{script} has no embedding of the text {text:?}");
    Failure { code: Some(NO_REPLY.to_owned()), ..Failure::new(FailureKind::NotFound, message) }
}

/// What a message is, for a person who writes a script.
fn shown(content: &Content) -> String {
    let text = shortened(content.text(), MAX_SHOWN_BYTES);
    match content.parts.last() {
        Some(Part::FunctionResponse(response)) => format!("the response of the function {:?}", response.name),
        _ if content.role == Role::USER => format!("the text {text:?}"),
        _ => format!("the text {text:?} of the role {}", content.role),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rak_core::{FinishReason, FunctionResponse, ModelDelta};
    use serde_json::json;
    use std::sync::Mutex;

    const SCRIPT: &str = r#"
        usage = {input = 3, output = 4}

        [[reply]]
        when = {text = "hello"}
        thought = "hm"
        text = "good day to you"

        [[reply]]
        when = {tool = "add"}
        text = "so it is"

        [[reply]]
        when = {contains = "add", turn = 0}
        calls = [{name = "add", args = {a = 1, b = 2}}, {name = "add", id = "x"}]

        [[reply]]
        when = {contains = "long"}
        text = "a b"
        delay_ms = 60000
        finish = "length"
        usage = {input = 1, output = 2, cached = 1, thoughts = 2}

        [[reply]]
        when = {text = "cut"}
        text = "only so far"
        fail = {kind = "unavailable", code = "cut", message = "gone", retry_after_ms = 7}

        [[embedding]]
        text = "hello"
        vector = [0.5, 1.0]

        [[embedding]]
        vector = [0.0, 1.0]
    "#;

    fn scripted() -> Scripted {
        speaking(SCRIPT)
    }

    fn speaking(script: &str) -> Scripted {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("models.toml");
        std::fs::write(&path, script).unwrap();
        // With the folder the file goes away, and what was read of it stays.
        Scripted::read(&path, "small-1".into()).unwrap()
    }

    fn asked(text: &str) -> ModelPrompt {
        ModelPrompt { contents: vec![Content::new_user_text(text)], ..ModelPrompt::default() }
    }

    async fn told(prompt: &ModelPrompt) -> (Result<ModelResponse, Failure>, Vec<ModelDelta>) {
        let told = Mutex::new(Vec::new());
        let tell = |delta| told.lock().unwrap().push(delta);
        let response = scripted().complete(prompt, &Listener::new(Some(&tell))).await;
        (response, told.into_inner().unwrap())
    }

    #[tokio::test]
    async fn it_says_what_the_script_says_word_by_word() {
        let (response, told) = told(&asked("hello")).await;
        let response = response.unwrap();
        assert_eq!(response.model, "small-1");
        let parts = [Part::Thought("hm".into()), Part::Text("good day to you".into())];
        assert_eq!(response.content.parts, parts);
        assert_eq!(response.finish, FinishReason::Stop);
        assert_eq!((response.usage.input_tokens, response.usage.output_tokens), (3, 4));
        let words = ["good ", "day ", "to ", "you"].map(|word| ModelDelta::Text(word.into()));
        let mut expected = vec![ModelDelta::Thought("hm".into())];
        expected.extend(words);
        assert_eq!(told, expected);
    }

    #[tokio::test]
    async fn it_calls_functions_and_hears_what_they_answer() {
        let mut prompt = asked("please add");
        let (response, told) = told(&prompt).await;
        let response = response.unwrap();
        assert_eq!(response.finish, FinishReason::FunctionCalls);
        let Some(Part::FunctionCall(call)) = response.content.parts.first().cloned() else {
            panic!("it calls a function: {response:?}");
        };
        assert_eq!((call.id.as_str(), &call.args), ("call-1", &json!({"a": 1, "b": 2})));
        assert_eq!(told.len(), 2);
        let heard = FunctionResponse { id: call.id, name: call.name, response: json!({}), failed: false };
        prompt.contents.push(response.content);
        prompt.contents.push(Content { role: "function".into(), parts: vec![Part::FunctionResponse(heard)] });
        let response = scripted().complete(&prompt, &Listener::new(None)).await.unwrap();
        assert_eq!(response.content.text(), "so it is");
    }

    #[tokio::test(start_paused = true)]
    async fn it_takes_its_time_where_it_is_told_to() {
        let before = tokio::time::Instant::now();
        let (response, told) = told(&asked("the long one")).await;
        assert_eq!(before.elapsed(), Duration::from_mins(2));
        let response = response.unwrap();
        assert_eq!((response.finish, told.len()), (FinishReason::Length, 2));
        assert_eq!((response.usage.cached_tokens, response.usage.thought_tokens), (1, 2));
    }

    #[tokio::test]
    async fn it_fails_after_what_it_said() {
        let (response, told) = told(&asked("cut")).await;
        let failure = response.unwrap_err();
        assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Unavailable, Some("cut")));
        assert_eq!((failure.message.as_str(), failure.retry_after_ms), ("gone", Some(7)));
        assert_eq!(told.len(), 3);
    }

    #[tokio::test]
    async fn what_the_script_does_not_know_is_shown() {
        let failure = told(&asked("unheard of")).await.0.unwrap_err();
        assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::NotFound, Some("no_reply")));
        assert_eq!(failure.message, "models.toml has no reply to the text \"unheard of\", in turn 0");
    }

    #[tokio::test]
    async fn what_was_not_recorded_is_explained() {
        let recorded = speaking("[[reply]]\nwhen = {prompt = '00'}\ntext = 'a'");
        let failure = recorded.complete(&asked("hello"), &Listener::new(None)).await.unwrap_err();
        let beginning = "models.toml has no reply to the text \"hello\", in turn 0. Replies that were recorded are found by the digest of the whole prompt";
        assert!(failure.message.starts_with(beginning), "{failure}");
    }

    #[tokio::test]
    async fn a_vector_is_that_of_the_text_or_of_any() {
        let embeddings = scripted().embed(&["hello".into(), String::new()]).await.unwrap();
        assert_eq!(embeddings.vectors, [[0.5, 1.0], [0.0, 1.0]]);
    }
}
