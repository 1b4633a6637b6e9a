//! The scripted models that agents of all languages are tested with.

use std::path::{Path, PathBuf};

use rak_core::{
    Content, FailureKind, FinishReason, FunctionResponse, ModelDelta, ModelPrompt, Models as _, Part,
};
use rak_models::{ModelsFile, ProviderModels};
use serde::Deserialize;
use serde_json::json;

use crate::support::{ask, listen, request};

#[derive(Deserialize)]
struct Config {
    models: ModelsFile,
}

fn matrix() -> ProviderModels {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/suite/languages/models");
    let text = std::fs::read_to_string(folder.join("rak.toml")).unwrap();
    let config: Config = toml::from_str(&text).unwrap();
    ProviderModels::new(config.models.settings(&folder, &|_| None).unwrap()).unwrap()
}

async fn say(text: &str) -> String {
    let prompt = ModelPrompt { contents: vec![Content::new_user_text(text)], ..ModelPrompt::default() };
    matrix().complete(request("small", prompt), None).await.unwrap().content.text()
}

#[tokio::test]
async fn there_are_three_models() {
    let models = matrix();
    let names = models.summaries().into_iter().map(|model| model.name);
    assert_eq!(names.collect::<Vec<_>>(), ["broken", "caller", "small"]);
    assert_eq!(models.default_model().as_deref(), Some("small"));
}

#[tokio::test]
async fn the_small_one_has_three_answers() {
    let (response, told) = listen(&matrix(), "small").await;
    let response = response.unwrap();
    assert_eq!(response.content.parts, [Part::Thought("hm".into()), Part::Text("good day to you".into())]);
    assert_eq!((response.usage.input_tokens, response.usage.output_tokens), (3, 4));
    assert_eq!(response.finish, FinishReason::Stop);
    assert_eq!(told.len(), 5);
    assert_eq!(told[1], ModelDelta::Text("good ".into()));
    assert_eq!((say("mood").await.as_str(), say("x").await.as_str()), ("{\"mood\":\"good\"}", "what?"));
}

#[tokio::test]
async fn the_caller_calls_and_hears() {
    let models = matrix();
    let mut contents = vec![Content::new_user_text("add, please")];
    let mut response = None;
    for _ in 0..2 {
        let prompt = ModelPrompt { contents: contents.clone(), ..ModelPrompt::default() };
        let answered = models.complete(request("caller", prompt), None).await.unwrap();
        contents.push(answered.content.clone());
        if let Some(Part::FunctionCall(call)) = answered.content.parts.first() {
            assert_eq!((call.id.as_str(), &call.args), ("1", &json!({"a": 1, "b": 2})));
            let answer = FunctionResponse {
                id: call.id.clone(),
                name: call.name.clone(),
                response: json!({"sum": 3}),
                failed: false,
            };
            contents.push(Content { role: "function".into(), parts: vec![Part::FunctionResponse(answer)] });
        }
        response = Some(answered);
    }
    assert_eq!(response.unwrap().content.text(), "so it is");
}

#[tokio::test]
async fn the_broken_one_is_never_reached() {
    let failure = ask(&matrix(), "broken").await.unwrap_err();
    assert_eq!((failure.kind, failure.code), (FailureKind::Unavailable, None));
}
