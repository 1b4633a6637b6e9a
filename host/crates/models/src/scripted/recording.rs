//! What a model was asked and answered, written as a script that answers the same.

use std::collections::HashSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rak_core::{ModelPrompt, ModelResponse};
use rak_settings::Redactor;
use serde::Serialize;
use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;

use super::script::Script;
use super::shown;
use crate::digest::digest;

/// What a file begins with that was not there.
const HEAD: &str =
    "# What models were asked and answered. Each reply is given to exactly the prompt with its digest.\n";

/// A script that is being written. What is in it stays; what is known already is not written again.
pub(crate) struct Recording {
    path: PathBuf,
    written: Arc<Mutex<Written>>,
}

#[derive(Debug)]
struct Written {
    text: String,
    prompts: HashSet<String>,
    texts: HashSet<String>,
}

/// An addition to the script.
#[derive(Default, Serialize)]
struct Addition {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reply: Vec<RecordedReply>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    embedding: Vec<RecordedVector>,
}

#[derive(Serialize)]
struct RecordedReply {
    asked: String,
    when: RecordedPrompt,
    response: String,
}

#[derive(Serialize)]
struct RecordedPrompt {
    prompt: String,
}

#[derive(Serialize)]
struct RecordedVector {
    text: String,
    vector: Vec<f32>,
}

impl Recording {
    /// Goes on with the file, or begins it.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => HEAD.to_owned(),
            Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
        };
        let script = Script::parse("", &text)
            .map_err(|error| format!("{} is there, and is no script: {error}", path.display()))?;
        let (prompts, texts) = script.recorded();
        let written = Written { text, prompts, texts };
        // Better now than after the first answer that was paid for.
        store(path, &written.text)
            .map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
        Ok(Self { path: path.to_owned(), written: Arc::new(Mutex::new(written)) })
    }

    /// Writes an answer down. One that cannot be written is a matter of the log, since it is an answer all the same.
    pub(crate) async fn reply(&self, prompt: &ModelPrompt, response: &ModelResponse, redactor: &Redactor) {
        let digest = digest(prompt);
        if !self.locked().prompts.insert(digest.clone()) {
            return;
        }
        // What is made of strings and numbers can be written.
        let response = serde_json::to_string_pretty(response).unwrap_or_default();
        let reply = RecordedReply {
            asked: redactor.redact(prompt.contents.last().map(shown).unwrap_or_default()),
            when: RecordedPrompt { prompt: digest },
            response: redactor.redact(response),
        };
        self.append(Addition { reply: vec![reply], ..Addition::default() }).await;
    }

    /// Writes vectors down.
    pub(crate) async fn vectors(&self, texts: &[String], vectors: &[Vec<f32>], redactor: &Redactor) {
        let new: Vec<_> = {
            let mut written = self.locked();
            let pairs = texts.iter().zip(vectors);
            pairs.filter(|(text, _)| written.texts.insert((*text).clone())).collect()
        };
        let recorded = |(text, vector): (&String, &Vec<f32>)| RecordedVector {
            text: redactor.redact(text.clone()),
            vector: vector.clone(),
        };
        let embedding: Vec<_> = new.into_iter().map(recorded).collect();
        if !embedding.is_empty() {
            self.append(Addition { embedding, ..Addition::default() }).await;
        }
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn append(&self, addition: Addition) {
        let (path, written) = (self.path.clone(), self.written.clone());
        let stored = spawn_blocking(move || {
            let addition = toml::to_string_pretty(&addition).map_err(io::Error::other)?;
            let mut written = written.lock().unwrap_or_else(PoisonError::into_inner);
            written.text.push('\n');
            written.text.push_str(&addition);
            store(&path, &written.text)
        });
        if let Err(error) = stored.await.map_err(io::Error::other).flatten() {
            let path = self.path.display();
            tracing::warn!(target: "rak::models", %path, %error, "an answer could not be recorded");
        }
    }
}

/// Puts a file in the place of the one that is there, so that there is always a whole one.
fn store(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{Listener, Provider as _};
    use crate::scripted::Scripted;
    use rak_core::{Content, Failure, FinishReason, FunctionCall, ModelUsage, Part};
    use serde_json::json;

    fn asked(text: &str) -> ModelPrompt {
        ModelPrompt { contents: vec![Content::new_user_text(text)], ..ModelPrompt::default() }
    }

    fn response(text: &str) -> ModelResponse {
        let args = json!({"none": null, "large": u64::MAX, "quotes": "''' \"\"\" \u{7f}\n"});
        let call = FunctionCall { id: "x".into(), name: "f".into(), args };
        ModelResponse {
            model: "small-1".into(),
            content: Content {
                role: "model".into(),
                parts: vec![Part::Text(text.into()), Part::FunctionCall(call)],
            },
            finish: FinishReason::Other("pause".into()),
            usage: ModelUsage { input_tokens: 3, cost_micros: 7, ..ModelUsage::default() },
            extra: Some(json!({"id": 1})),
        }
    }

    fn redactor() -> Redactor {
        Redactor::new(["hunter2".to_owned()])
    }

    async fn answer(path: &Path, text: &str) -> Result<ModelResponse, Failure> {
        let scripted = Scripted::read(path, "scripted".into()).unwrap();
        scripted.complete(&asked(text), &Listener::new(None)).await
    }

    #[tokio::test]
    async fn what_is_recorded_is_answered_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("recorded.toml");
        let recording = Recording::open(&path).unwrap();
        for text in ["one", "two", "one"] {
            recording.reply(&asked(text), &response(text), &redactor()).await;
        }
        recording.vectors(&["a".into(), String::new()], &[vec![0.1, 1.0], vec![0.5]], &redactor()).await;
        for text in ["one", "two"] {
            assert_eq!(answer(&path, text).await.unwrap(), response(text));
        }
        assert!(answer(&path, "three").await.is_err());
        let scripted = Scripted::read(&path, "scripted".into()).unwrap();
        let embeddings = scripted.embed(&["a".into(), String::new()]).await.unwrap();
        assert_eq!(embeddings.vectors, [vec![0.1, 1.0], vec![0.5]]);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("asked = 'the text \"one\"'"), "{text}");
        assert_eq!(text.matches("[[reply]]").count(), 2, "what is known is not written again");
    }

    #[tokio::test]
    async fn a_recording_goes_on_where_it_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("recorded.toml");
        std::fs::write(&path, "# mine\n[[reply]]\nwhen = {text = 'hi'}\ntext = 'ho'\n").unwrap();
        for text in ["one", "two", "one"] {
            let recording = Recording::open(&path).unwrap();
            recording.reply(&asked(text), &response(text), &redactor()).await;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# mine\n"), "{text}");
        assert_eq!(text.matches("[[reply]]").count(), 3);
        assert_eq!(answer(&path, "hi").await.unwrap().content.text(), "ho");
        assert_eq!(answer(&path, "two").await.unwrap(), response("two"));
    }

    #[tokio::test]
    async fn a_secret_is_not_recorded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("recorded.toml");
        let recording = Recording::open(&path).unwrap();
        recording.reply(&asked("my key is hunter2"), &response("hunter2"), &redactor()).await;
        recording.vectors(&["hunter2".into()], &[vec![1.0]], &redactor()).await;
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("hunter2"), "{text}");
        assert_eq!(answer(&path, "my key is hunter2").await.unwrap(), response("***"));
    }

    #[test]
    fn a_file_that_is_no_script_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.toml");
        std::fs::write(&path, "title = 'notes'").unwrap();
        let error = Recording::open(&path).err().unwrap();
        assert!(error.contains("is there, and is no script"), "{error}");
        assert!(Recording::open(&folder.path().join("none/recorded.toml")).is_err());
    }
}
