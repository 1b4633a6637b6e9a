//! Answers that have to satisfy a schema.

use rak_core::{Failure, FailureKind, FinishReason, ModelResponse};
use serde_json::Value;
use tokio::task::spawn_blocking;

/// The code of a failure where the answer is not what was asked for.
pub(crate) const INVALID_RESPONSE: &str = "invalid_response";

/// Whether answers can be looked at with the schema.
pub(crate) async fn check(schema: &Value) -> Result<(), Failure> {
    let schema = schema.clone();
    let checked = apart(move || rak_schema::check(&schema)).await?;
    checked.map_err(|problem| {
        let message = format!("response_schema cannot be used: {problem}");
        Failure::new(FailureKind::InvalidArgument, message)
    })
}

/// Whether the answer satisfies the schema. One that calls functions is no answer yet.
pub(crate) async fn validate(schema: &Value, response: &ModelResponse) -> Result<(), Failure> {
    if response.finish == FinishReason::FunctionCalls {
        return Ok(());
    }
    let (schema, text) = (schema.clone(), response.content.text());
    let satisfied = apart(move || {
        let answer: Value = serde_json::from_str(&text).map_err(|error| format!("it is no JSON: {error}"))?;
        rak_schema::validate(&schema, &answer)
    });
    let finish = match &response.finish {
        FinishReason::Length => ", and it was cut off for its length",
        FinishReason::Filtered => ", and the provider held it back",
        _ => "",
    };
    satisfied
        .await?
        .map_err(|mistakes| invalid(format!("the answer does not satisfy the schema: {mistakes}{finish}")))
}

/// The answer is not what was asked for, or cannot be read.
pub(crate) fn invalid(message: impl Into<String>) -> Failure {
    let failure = Failure::new(FailureKind::Failed, message);
    Failure { code: Some(INVALID_RESPONSE.to_owned()), ..failure }
}

/// Computes where it may take its time.
async fn apart<T: Send + 'static>(compute: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    spawn_blocking(compute).await.map_err(|error| {
        Failure::new(FailureKind::Failed, format!("the schema could not be looked at: {error}"))
    })
}
