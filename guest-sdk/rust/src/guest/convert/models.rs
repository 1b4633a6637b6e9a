//! Models: what they are asked, and what they answer.

use super::super::bindings::rak::agent::{common, models};
use super::{json, value};
use crate::{
    Embeddings, FinishReason, ModelDelta, ModelRequest, ModelResponse, ModelSummary, ModelTool, Relay,
    ToolChoice, Usage,
};

impl From<models::Summary> for ModelSummary {
    fn from(summary: models::Summary) -> Self {
        let models::Summary { name, description, extra } = summary;
        Self { name, description, extra: extra.map(value) }
    }
}

impl From<ModelRequest> for models::Request {
    fn from(request: ModelRequest) -> Self {
        Self {
            model: request.model,
            system: request.system,
            contents: request.contents.into_iter().map(Into::into).collect(),
            tools: request.tools.into_iter().map(Into::into).collect(),
            tool_choice: request.tool_choice.into(),
            max_output_tokens: request.max_output_tokens,
            temperature: request.temperature,
            stop: request.stop,
            response_schema: request.response_schema.as_ref().map(json),
            relay: request.relay.into(),
            extra: request.extra.as_ref().map(json),
        }
    }
}

impl From<ModelTool> for models::ToolSpec {
    fn from(tool: ModelTool) -> Self {
        let ModelTool { name, description, parameters } = tool;
        Self { name, description, parameters: json(&parameters) }
    }
}

impl From<ToolChoice> for models::ToolChoice {
    fn from(choice: ToolChoice) -> Self {
        match choice {
            ToolChoice::Auto => Self::Auto,
            ToolChoice::None => Self::None,
            ToolChoice::Required => Self::Required,
            ToolChoice::Named(name) => Self::Named(name),
        }
    }
}

impl From<Relay> for models::Relay {
    fn from(relay: Relay) -> Self {
        match relay {
            Relay::Off => Self::Off,
            Relay::Text => Self::Text,
            Relay::All => Self::All,
        }
    }
}

impl From<models::Response> for ModelResponse {
    fn from(response: models::Response) -> Self {
        Self {
            model: response.model,
            content: response.content.into(),
            finish: response.finish.into(),
            usage: response.usage.into(),
            extra: response.extra.map(value),
        }
    }
}

impl From<models::FinishReason> for FinishReason {
    fn from(reason: models::FinishReason) -> Self {
        match reason {
            models::FinishReason::Stop => Self::Stop,
            models::FinishReason::Length => Self::Length,
            models::FinishReason::FunctionCalls => Self::FunctionCalls,
            models::FinishReason::Filtered => Self::Filtered,
            models::FinishReason::Other(word) => Self::Other(word),
        }
    }
}

impl From<common::Usage> for Usage {
    fn from(usage: common::Usage) -> Self {
        let common::Usage { input_tokens, output_tokens, cached_tokens, thought_tokens, extra } = usage;
        Self { input_tokens, output_tokens, cached_tokens, thought_tokens, extra: extra.map(value) }
    }
}

impl From<models::Delta> for ModelDelta {
    fn from(delta: models::Delta) -> Self {
        match delta {
            models::Delta::Text(text) => Self::Text(text),
            models::Delta::Thought(text) => Self::Thought(text),
            models::Delta::FunctionCall(call) => Self::FunctionCall(call.into()),
            models::Delta::Other(other) => Self::Other(value(other)),
        }
    }
}

impl From<models::Embeddings> for Embeddings {
    fn from(embeddings: models::Embeddings) -> Self {
        let models::Embeddings { model, vectors, usage, extra } = embeddings;
        Self { model, vectors, usage: usage.into(), extra: extra.map(value) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Content, FunctionCall};

    fn theirs(extra: Option<String>) -> common::Usage {
        common::Usage { input_tokens: 4, output_tokens: 3, cached_tokens: 2, thought_tokens: 1, extra }
    }

    fn ours(extra: Option<serde_json::Value>) -> Usage {
        Usage { input_tokens: 4, output_tokens: 3, cached_tokens: 2, thought_tokens: 1, extra }
    }

    #[test]
    fn what_is_not_asked_for_is_absent() {
        let none = models::Request::from(ModelRequest::new("hi"));
        assert!(none.model.is_none() && none.system.is_none() && none.max_output_tokens.is_none());
        assert!(none.temperature.is_none() && none.response_schema.is_none() && none.extra.is_none());
        assert!(none.tools.is_empty() && none.stop.is_empty());
        assert!(matches!(none.tool_choice, models::ToolChoice::Auto));
        assert!(matches!(none.relay, models::Relay::Off));
        assert_eq!(Content::from(none.contents[0].clone()), Content::user("hi"));
    }

    #[test]
    fn everything_that_is_asked_for_is_passed_on() {
        let all = ModelRequest::new([Content::user("hi"), Content::model("ho")])
            .with_model("small")
            .with_system("Be brief.")
            .with_tool(ModelTool::new("add", "Adds.", json!({"type": "object"})))
            .with_tool_choice(ToolChoice::Named("add".into()))
            .with_max_output_tokens(7)
            .with_temperature(0.5)
            .with_stop("END")
            .with_response_schema(json!({"type": "array"}))
            .with_relay(Relay::All)
            .with_extra(json!({"seed": 1}));
        let all = models::Request::from(all);
        assert_eq!((all.model.as_deref(), all.system.as_deref()), (Some("small"), Some("Be brief.")));
        assert_eq!(all.contents.len(), 2);
        let [tool] = all.tools.as_slice() else { panic!("{:?}", all.tools) };
        assert_eq!((tool.name.as_str(), tool.description.as_str()), ("add", "Adds."));
        assert_eq!(tool.parameters, "{\"type\":\"object\"}");
        assert!(matches!(all.tool_choice, models::ToolChoice::Named(name) if name == "add"));
        assert_eq!(
            (all.max_output_tokens, all.temperature, all.stop),
            (Some(7), Some(0.5), vec!["END".into()])
        );
        assert_eq!(all.response_schema.as_deref(), Some("{\"type\":\"array\"}"));
        assert!(matches!(all.relay, models::Relay::All));
        assert_eq!(all.extra.as_deref(), Some("{\"seed\":1}"));
    }

    #[test]
    fn a_response_carries_everything() {
        let reasons = [
            (models::FinishReason::Stop, FinishReason::Stop),
            (models::FinishReason::Length, FinishReason::Length),
            (models::FinishReason::FunctionCalls, FinishReason::FunctionCalls),
            (models::FinishReason::Filtered, FinishReason::Filtered),
            (models::FinishReason::Other("refusal".into()), FinishReason::Other("refusal".into())),
        ];
        for (finish, wanted) in reasons {
            let response = models::Response {
                model: "small-1".into(),
                content: Content::model("hi").into(),
                finish,
                usage: theirs(Some("{\"costMicros\":5}".into())),
                extra: Some("[1]".into()),
            };
            let wanted = ModelResponse {
                model: "small-1".into(),
                content: Content::model("hi"),
                finish: wanted,
                usage: ours(Some(json!({"costMicros": 5}))),
                extra: Some(json!([1])),
            };
            assert_eq!(ModelResponse::from(response), wanted);
        }
    }

    #[test]
    fn each_delta_is_told() {
        let call = common::FunctionCall { id: "1".into(), name: "add".into(), args: "{\"a\":1}".into() };
        let told = [
            (models::Delta::Text("a".into()), ModelDelta::Text("a".into())),
            (models::Delta::Thought("hm".into()), ModelDelta::Thought("hm".into())),
            (
                models::Delta::FunctionCall(call),
                ModelDelta::FunctionCall(FunctionCall::new("1", "add", json!({"a": 1}))),
            ),
            (models::Delta::Other("[1]".into()), ModelDelta::Other(json!([1]))),
        ];
        for (theirs, ours) in told {
            assert_eq!(ModelDelta::from(theirs), ours);
        }
    }

    #[test]
    fn summaries_and_embeddings_keep_what_they_say() {
        let summary =
            models::Summary { name: "small".into(), description: "Quick.".into(), extra: Some("1".into()) };
        let wanted =
            ModelSummary { name: "small".into(), description: "Quick.".into(), extra: Some(json!(1)) };
        assert_eq!(ModelSummary::from(summary), wanted);
        let vectors = vec![vec![0.5, 1.0], vec![]];
        let embeddings = models::Embeddings {
            model: "vec-1".into(),
            vectors: vectors.clone(),
            usage: theirs(None),
            extra: None,
        };
        let wanted = Embeddings { model: "vec-1".into(), vectors, usage: ours(None), extra: None };
        assert_eq!(Embeddings::from(embeddings), wanted);
    }
}
