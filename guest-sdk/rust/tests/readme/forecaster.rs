use rak::{Context, Failure, FunctionCall};
use serde_json::json;

#[rak::agent]
fn run(cx: &Context, city: String) -> Result<String, Failure> {
    // Both at once. The names are those of the operator's configuration.
    let calls = ["mcp.weather.today", "mcp.weather.tomorrow"];
    let answers = cx.tools().call_all(calls.map(|tool| FunctionCall::named(tool, json!({"city": city}))));
    let mut forecast = Vec::new();
    for answer in answers {
        let answer = answer?;
        // The tool's own word for it, where it failed.
        forecast.push(answer.response.as_str().unwrap_or("nobody knows").to_owned());
    }

    // The host asks a person first, where the operator wants it to.
    match cx.tools().call_named("mcp.mail.send", json!({"text": forecast.join("\n")})) {
        Err(failure) if failure.is_rejected() => Ok(format!("Not sent:\n{}", forecast.join("\n"))),
        answer => answer.map(|_| "Sent.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use rak::testing::{FakeHost, FakeTool, ToolAnswer};
    use serde_json::json;

    use super::run;

    fn host() -> FakeHost {
        FakeHost::new()
            .tool("mcp.weather.today", |args| json!(format!("sun in {}", args["city"].as_str().unwrap())))
            .tool("mcp.weather.tomorrow", |_| ToolAnswer::Failed(json!("no forecast")))
            .add_tool(FakeTool::new("mcp.mail.send", |_| json!("ok")).needs_approval())
    }

    #[test]
    fn sends_the_forecast() {
        let run = host().approves().run(run, "Rome");
        assert_eq!(run.answer(), "Sent.");
        assert_eq!(run.tool_calls[2].call.args, json!({"text": "sun in Rome\nno forecast"}));
    }

    #[test]
    fn shows_the_forecast_that_is_not_to_be_sent() {
        let run = host().rejects("not today").run(run, "Rome");
        assert_eq!(run.answer(), "Not sent:\nsun in Rome\nno forecast");
        assert_eq!(run.tool_calls.len(), 2);
    }
}
