//! What an agent with a model does, against the fake host.

use std::cell::RefCell;
use std::time::Duration;

use serde_json::{Value, json};

use super::LlmAgent;
use crate::testing::{FakeHost, FakeModel, FakeTool, ModelAnswer, TestRun, ToolAnswer};
use crate::{
    Content, Context, Event, Failure, FailureKind, FinishReason, Function, FunctionCall, FunctionResponse,
    ModelRequest, Outcome, Part, Relay, role,
};

/// Adds two numbers.
#[crate::tool]
fn add(a: i64, b: i64) -> i64 {
    a + b
}

/// Looks something up.
#[crate::tool]
fn look_up(cx: &Context, word: String) -> Result<String, Failure> {
    cx.check_cancelled()?;
    Err(Failure::not_found(format!("nothing is known of {word}")))
}

/// Takes a second.
#[crate::tool]
fn nap(cx: &Context) -> Result<(), Failure> {
    cx.sleep(Duration::from_secs(1));
    cx.events().text_delta("z").map(drop)
}

fn agent() -> LlmAgent<'static> {
    LlmAgent::new("Be brief.").with_tools(crate::tools![add, look_up, nap])
}

fn model() -> FakeModel {
    FakeModel::new("small")
}

#[track_caller]
fn ask(agent: &LlmAgent<'_>, host: &FakeHost) -> TestRun {
    host.run(|cx: &Context, input: Content| agent.run(cx, input), "hi")
}

/// What the model was told in its second request of what came of its calls.
#[track_caller]
fn told(run: &TestRun) -> Vec<&FunctionResponse> {
    let last = run.model_calls[1].request.contents.last().unwrap();
    assert_eq!(last.role, role::FUNCTION);
    let responses = last.parts.iter().map(|part| match part {
        Part::FunctionResponse(response) => response,
        part => panic!("{part:?}"),
    });
    responses.collect()
}

#[test]
fn a_plain_answer_is_the_outcome_and_is_relayed() {
    let run = ask(&agent(), &FakeHost::new().add_model(model().says("Hello there.")));
    assert_eq!(run.outcome(), &Outcome::text("Hello there."));
    assert_eq!(run.text_deltas().collect::<String>(), "Hello there.");
    assert_eq!(run.contents().count(), 0);
    let request = &run.model_calls[0].request;
    assert_eq!(
        (request.system.as_deref(), &request.contents),
        (Some("Be brief."), &vec![Content::user("hi")])
    );
    let names: Vec<_> = request.tools.iter().map(|tool| tool.name.as_str()).collect();
    assert_eq!(names, ["add", "look_up", "nap"]);
    let parameters = json!({
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "required": ["a", "b"],
        "additionalProperties": false,
    });
    assert_eq!(
        (request.tools[0].description.as_str(), &request.tools[0].parameters),
        ("Adds two numbers.", &parameters)
    );
}

#[test]
fn functions_are_called_until_the_model_answers() {
    let calls = ["1", "2"].map(|id| FunctionCall::new(id, "add", json!({"a": 1, "b": 2})));
    let model = model().answers(calls.to_vec()).calls("add", json!({"a": 3, "b": 3})).says("6");
    let run = ask(&agent(), &FakeHost::new().add_model(model));
    assert_eq!(run.answer(), "6");
    let answers = [FunctionResponse::new("1", "add", 3), FunctionResponse::new("2", "add", 3)];
    assert_eq!(told(&run), answers.iter().collect::<Vec<_>>());
    // The client sees, and the next turn finds, what was called and what came of it.
    let roles: Vec<_> = run.contents().map(|content| content.role.as_str()).collect();
    assert_eq!(roles, ["model", "function", "model", "function"]);
    let last = &run.model_calls[2].request.contents;
    assert_eq!(last[1..], run.contents().cloned().collect::<Vec<_>>());
}

#[test]
fn the_model_is_told_what_failed() {
    let model = model()
        .answers(vec![
            FunctionCall::new("1", "look_up", json!({"word": "rak"})),
            FunctionCall::new("2", "add", json!({"a": 1})),
            FunctionCall::new("3", "subtract", json!({})),
        ])
        .says("sorry");
    let run = ask(&agent(), &FakeHost::new().add_model(model));
    assert_eq!(run.answer(), "sorry");
    let told: Vec<_> =
        told(&run).into_iter().map(|answer| (answer.failed, answer.response.clone())).collect();
    let wanted = [
        (true, json!({"error": "nothing is known of rak"})),
        (true, json!({"error": "the argument `b` is missing"})),
        (true, json!({"error": "no function is called `subtract`, only add, look_up, nap"})),
    ];
    assert_eq!(told, wanted);
}

#[test]
fn a_run_that_is_cancelled_or_late_ends() {
    let host = FakeHost::new().add_model(model().calls("nap", json!({})).says("late"));
    let half = Duration::from_millis(500);
    let cancelled = ask(&agent(), &host.clone().cancel_after(half));
    assert_eq!((cancelled.failure(), cancelled.model_calls.len()), (&Failure::cancelled(), 1));
    let late = ask(&agent(), &host.deadline(half));
    assert_eq!((late.failure(), late.model_calls.len()), (&Failure::deadline_exceeded(), 1));
}

#[test]
fn a_model_that_fails_is_the_end_of_the_run() {
    let run = ask(&agent(), &FakeHost::new().add_model(model().answers(Failure::unavailable("away"))));
    assert_eq!(run.failure(), &Failure::unavailable("away"));
    let filtered = ModelAnswer::from(Content::new(role::MODEL)).with_finish(FinishReason::Filtered);
    let run = ask(&agent(), &FakeHost::new().add_model(model().answers(filtered)));
    assert_eq!(run.failure().code.as_deref(), Some("filtered"));
}

#[test]
fn a_model_that_goes_in_circles_is_stopped() {
    let host = FakeHost::new().model("small", |_| FunctionCall::named("add", json!({"a": 1, "b": 2})));
    let run = ask(&agent(), &host);
    assert_eq!(
        (run.failure().kind, run.failure().code.as_deref()),
        (FailureKind::LimitExceeded, Some("max_steps"))
    );
    assert_eq!(run.model_calls.len(), 10);
    assert_eq!(ask(&agent().with_max_steps(2), &host).model_calls.len(), 2);
}

#[test]
fn the_instruction_has_the_state_in_it_or_is_made() {
    let host = FakeHost::new().state("user:name", "Ada").model("small", |_| "ok");
    let agent = LlmAgent::new("{user:name}{mood?}");
    assert_eq!(ask(&agent, &host).model_calls[0].request.system.as_deref(), Some("Ada"));
    let missing = ask(&LlmAgent::new("{mood}"), &host);
    assert_eq!((missing.failure().code.as_deref(), missing.model_calls.len()), (Some("missing_state"), 0));
    let made = agent.with_instruction_by(|cx| Ok(format!("You are {{{}}}.", cx.info().agent)));
    assert_eq!(ask(&made, &host).model_calls[0].request.system.as_deref(), Some("You are {test-agent}."));
    let none = ask(&LlmAgent::new(""), &host);
    assert_eq!(none.model_calls[0].request.system, None);
}

#[test]
fn settings_are_those_of_each_request() {
    let agent =
        agent().with_model("large").with_temperature(0.5).with_max_output_tokens(9).with_relay(Relay::Off);
    let model = FakeModel::new("large").calls("add", json!({"a": 1, "b": 2})).says("3");
    let run = ask(&agent, &FakeHost::new().model("small", |_| "no").add_model(model));
    assert_eq!((run.answer().as_str(), run.text_deltas().count()), ("3", 0));
    for call in &run.model_calls {
        let ModelRequest { temperature, max_output_tokens, .. } = call.request;
        assert_eq!((call.model.as_str(), temperature, max_output_tokens), ("large", Some(0.5), Some(9)));
    }
}

#[test]
fn the_history_is_told() {
    let host =
        FakeHost::new().said("user", "one").said("agent", Content::model("two")).model("small", |_| "ok");
    let texts = |run: &TestRun| -> Vec<String> {
        run.model_calls[0].request.contents.iter().map(Content::text).collect()
    };
    assert_eq!(texts(&ask(&agent(), &host)), ["one", "two", "hi"]);
    assert_eq!(texts(&ask(&agent().with_history_entries(0), &host)), ["hi"]);
    assert_eq!(texts(&ask(&agent().with_history_chars(4), &host)), ["hi"]);
}

#[test]
fn tools_of_the_host_are_called_at_once_under_names_that_models_take() {
    let slow = |name: &str| FakeTool::new(name, |args| args["n"].clone()).takes(Duration::from_secs(1));
    let calls = ["mcp_a_x", "mcp_a_y", "add"]
        .map(|name| FunctionCall::new(name, name, json!({"n": 1, "a": 1, "b": 2})));
    let host = FakeHost::new()
        .add_tool(slow("mcp.a.x").with_description("Does x."))
        .add_tool(slow("mcp.a.y"))
        .tool("secret", |_| json!(0))
        .tool("clock", |_| json!("12:00"))
        .add_model(model().answers(calls.to_vec()).says("ok"));
    let run = ask(&agent().with_host_tools(["mcp.a.*", "clock"]), &host);
    assert_eq!((run.answer().as_str(), run.slept), ("ok", Duration::from_secs(1)));
    let offered: Vec<_> = run.model_calls[0].request.tools.iter().map(|tool| tool.name.as_str()).collect();
    assert_eq!(offered, ["add", "look_up", "nap", "clock", "mcp_a_x", "mcp_a_y"]);
    assert_eq!(run.model_calls[0].request.tools[4].description, "Does x.");
    let called: Vec<_> =
        run.tool_calls.iter().map(|call| (call.call.name.as_str(), call.call.id.as_str())).collect();
    assert_eq!(called, [("mcp.a.x", "mcp_a_x"), ("mcp.a.y", "mcp_a_y")]);
    let told: Vec<_> =
        told(&run).into_iter().map(|answer| (answer.name.as_str(), answer.response.clone())).collect();
    // There is no argument `n` of `add`.
    assert_eq!(told[..2], [("mcp_a_x", json!(1)), ("mcp_a_y", json!(1))]);
    assert_eq!(told[2], ("add", json!({"error": "there is no argument `n`"})));
}

#[test]
fn a_tool_of_the_host_that_fails_is_told_and_one_that_is_not_there_ends_the_run() {
    let host = FakeHost::new()
        .tool("away", |_| Failure::unavailable("it is away"))
        .tool("broken", |_| ToolAnswer::Failed(json!({"code": 1})))
        .add_model(
            model()
                .answers(["away", "broken"].map(|name| FunctionCall::named(name, json!({}))).to_vec())
                .says("ok"),
        );
    let run = ask(&LlmAgent::new("").with_host_tools(["*"]), &host);
    let told: Vec<_> =
        told(&run).into_iter().map(|answer| (answer.failed, answer.response.clone())).collect();
    assert_eq!(told, [(true, json!({"error": "it is away"})), (true, json!({"code": 1}))]);
    let missing = ask(&LlmAgent::new("").with_host_tools(["nothing", "*"]), &host);
    assert_eq!((missing.failure().kind, missing.model_calls.len()), (FailureKind::NotFound, 0));
    assert!(missing.failure().message.contains("`nothing`"), "{}", missing.failure());
}

#[test]
fn the_conversation_is_handed_over() {
    let agent =
        LlmAgent::new("").with_hand_over("billing", "Invoices.").with_hand_over("support", "The rest.");
    let host = FakeHost::new().add_model(
        model()
            .calls("transfer_to_agent", json!({"agent": "sales"}))
            .calls("transfer_to_agent", json!({"agent": "billing"})),
    );
    let run = ask(&agent, &host);
    assert_eq!(run.outcome(), &Outcome::empty().transferring_to("billing"));
    assert_eq!(told(&run)[0].response, json!({"error": "`agent` is one of billing, support"}));
    let offered = &run.model_calls[0].request.tools[0];
    assert_eq!(offered.parameters["properties"]["agent"]["enum"], json!(["billing", "support"]));
    assert!(offered.description.contains("\n- billing: Invoices.\n- support: "), "{}", offered.description);
    // The last call has its answer, too, or the history could not be told to a model.
    assert_eq!(run.contents().count(), 4);
}

#[test]
fn a_function_ends_the_run_with_an_outcome() {
    let approve = Function::with_schema("approve", "Approves.", json!({"type": "object"}), |_cx, _args| {
        Outcome::empty().escalating()
    });
    let calls = ["approve", "nap"].map(|name| FunctionCall::named(name, json!({})));
    let run = ask(&agent().with_tool(approve), &FakeHost::new().add_model(model().answers(calls.to_vec())));
    assert_eq!((run.outcome(), run.slept), (&Outcome::empty().escalating(), Duration::from_secs(1)));
    let answers = run.contents().last().unwrap();
    assert_eq!(answers.parts[0], FunctionResponse::new("call-1", "approve", json!({"ended": true})).into());
}

#[test]
fn an_answer_without_anything_is_none_and_one_that_is_cut_off_is_logged() {
    let nothing = FakeHost::new().model("small", |_| Content::new(role::MODEL));
    assert_eq!(ask(&agent(), &nothing).outcome(), &Outcome::empty());
    let cut =
        FakeHost::new().model("small", |_| ModelAnswer::from("so it").with_finish(FinishReason::Length));
    let run = ask(&agent(), &cut);
    assert_eq!(
        (run.answer().as_str(), run.logs[0].message.as_str()),
        ("so it", "the model had no more tokens for its answer")
    );
}

#[derive(serde::Deserialize, rak::Schema)]
struct Mood {
    #[expect(dead_code, reason = "it is only there to be decoded")]
    mood: String,
}

#[test]
fn a_structured_answer_is_decoded_and_kept() {
    let agent = || LlmAgent::new("").with_output::<Mood>().with_output_key("mood");
    let answers = |text: &'static str| FakeHost::new().model("small", move |_| text);
    let good = ask(&agent(), &answers("{\"mood\": \"good\"}"));
    assert_eq!(
        (good.answer().as_str(), &good.state["mood"]),
        ("{\"mood\": \"good\"}", &json!({"mood": "good"}))
    );
    assert_eq!(good.model_calls[0].request.response_schema, Some(<Mood as crate::Schema>::schema()));
    for bad in ["good", "{}"] {
        let run = ask(&agent(), &answers(bad));
        assert_eq!(run.failure().code.as_deref(), Some("invalid_response"), "{bad}");
        assert!(run.state.is_empty());
    }
    let schema = LlmAgent::new("").with_output_schema(json!({"type": "array"})).with_output_key("list");
    assert_eq!(ask(&schema, &answers("[1]")).state["list"], json!([1]));
    let text = LlmAgent::new("").with_output_key("said");
    assert_eq!(ask(&text, &answers("[1]")).state["said"], json!("[1]"));
}

#[test]
fn callbacks_change_what_is_asked_called_and_answered() {
    let seen = RefCell::new(Vec::new());
    let agent = agent()
        .before_model(|_cx, request| {
            request.stop.push("END".into());
            Ok(None)
        })
        .after_model(|_cx, response| {
            seen.borrow_mut().push(response.model.clone());
            Ok(())
        })
        .before_tool(|_cx, call| {
            call.args["a"] = json!(10);
            Ok((call.name == "nap").then(|| json!("not now")))
        })
        .after_tool(|_cx, call, response| {
            response.response = json!([call.name, response.response]);
            Ok(())
        });
    let calls =
        vec![FunctionCall::named("add", json!({"a": 1, "b": 2})), FunctionCall::named("nap", json!({}))];
    let run = ask(&agent, &FakeHost::new().add_model(model().answers(calls).says("ok")));
    assert_eq!((run.answer().as_str(), run.slept), ("ok", Duration::ZERO));
    assert_eq!(run.model_calls[1].request.stop, ["END"]);
    assert_eq!(*seen.borrow(), ["small", "small"]);
    let told: Vec<_> = told(&run).into_iter().map(|answer| answer.response.clone()).collect();
    assert_eq!(told, [json!(["add", 12]), json!(["nap", "not now"])]);
}

#[test]
fn a_callback_answers_in_place_of_the_model_or_ends_the_run() {
    let agent = agent().before_model(|_cx, request| match request.contents.len() {
        1 => Ok(Some(Content::new(role::MODEL).with(FunctionCall::new("1", "add", json!({"a": 1, "b": 2}))))),
        3 => Ok(Some(Content::model("three"))),
        _ => Err(Failure::denied("no")),
    });
    let host = FakeHost::new();
    assert_eq!(ask(&agent, &host).answer(), "three");
    assert_eq!(ask(&agent, &host.said("user", "before")).failure(), &Failure::denied("no"));
}

#[test]
fn a_function_may_hold_what_it_needs() {
    let notes = RefCell::new(Vec::new());
    let note = Function::with_schema("note", "Notes.", json!({"type": "object"}), |_cx, args: Value| {
        notes.borrow_mut().push(args["text"].clone());
    });
    let agent = LlmAgent::new("").with_tool(note);
    let host = FakeHost::new().add_model(model().calls("note", json!({"text": "tea"})).says("noted"));
    assert_eq!(ask(&agent, &host).answer(), "noted");
    assert_eq!(*notes.borrow(), [json!("tea")]);
}

#[test]
fn thoughts_are_shown_where_that_is_wanted() {
    let host = FakeHost::new().model("small", |_| ModelAnswer::thoughtful("hm", "ok"));
    let run = ask(&agent().with_relay(Relay::All), &host);
    assert_eq!(run.events, [Event::ThoughtDelta("hm".into()), Event::TextDelta("ok".into())]);
    assert_eq!(run.answer(), "ok");
}
