//! The models of a test behave like the contract says models do, and what they were asked is kept.

use std::time::Duration;

use serde_json::{Value, json};

use super::{FakeModel, ModelAnswer};
use crate::testing::FakeHost;
use crate::{
    Completion, Content, Context, Event, Failure, FailureKind, FinishReason, FunctionCall, ModelDelta,
    ModelRequest, ModelSummary, ModelTool, Part, Relay, ToolChoice, Usage,
};

const SECOND: Duration = Duration::from_secs(1);

fn ask(cx: &Context, question: String) -> Result<String, Failure> {
    Ok(cx.models().complete(question)?.text())
}

fn text(text: &str) -> ModelDelta {
    ModelDelta::Text(text.into())
}

/// Four words, one a second.
fn slow() -> FakeModel {
    FakeModel::new("slow").answers_by(|_| "one two three four").takes(4 * SECOND)
}

#[test]
fn an_answer_names_the_model_and_why_it_ends() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let said = cx.models().complete("hi")?;
        assert_eq!(
            (said.model.as_str(), said.finish.clone(), said.text()),
            ("small", FinishReason::Stop, "a".into())
        );
        let called = cx.models().complete("hi")?;
        assert_eq!(called.finish, FinishReason::FunctionCalls);
        let ids: Vec<_> = called.function_calls().map(|call| call.id.as_str()).collect();
        assert_eq!(ids, ["call-1", "x"]);
        // The ids of a conversation differ from each other.
        let again = cx.models().complete([Content::user("hi"), called.content])?;
        assert_eq!(again.function_calls().next().unwrap().id, "call-3");
        let cut = cx.models().complete("hi")?;
        assert_eq!((cut.finish, cut.usage.output_tokens), (FinishReason::Length, 7));
        Ok(())
    }
    let usage = Usage { output_tokens: 7, ..Usage::default() };
    let model = FakeModel::new("small")
        .says("a")
        .answers(vec![FunctionCall::named("f", json!({})), FunctionCall::new("x", "g", json!({}))])
        .calls("f", json!({}))
        .answers(ModelAnswer::from("b").with_finish(FinishReason::Length).with_usage(usage));
    FakeHost::new().add_model(model).run(run, "").outcome();
}

#[test]
fn answers_come_in_order_and_then_by_the_function() {
    fn run(cx: &Context, _: String) -> Result<String, Failure> {
        (0..4).map(|_| ask(cx, "hi".into())).collect::<Result<Vec<_>, _>>().map(|said| said.join(" "))
    }
    let model = FakeModel::new("small").says("a").says("b");
    let both = model.clone().answers_by(|request| request.contents[0].text());
    assert_eq!(FakeHost::new().add_model(both).run(run, "").answer(), "a b hi hi");
    let host = FakeHost::new().add_model(model);
    let failure = host.run(run, "");
    assert_eq!(failure.failure().message, "the model `small` has 2 answers in this test, no more");
    assert_eq!(failure.model_calls.len(), 3);
    assert_eq!(host.run(ask, "").answer(), "a", "each run begins with the same");
}

#[test]
fn the_first_model_is_the_default_and_stands_first() {
    fn run(cx: &Context, _: String) -> Result<String, Failure> {
        let available = cx.models().available()?;
        let wanted =
            ModelSummary { name: "large".into(), description: "Slow.".into(), extra: Some(json!(1)) };
        assert_eq!(available[0], wanted);
        let names: Vec<_> = available.iter().map(|model| model.name.as_str()).collect();
        assert_eq!(names, ["large", "a", "b"]);
        let asked = ModelRequest::new("hi").with_model("b");
        Ok(cx.models().complete("hi")?.text() + &cx.models().complete(asked)?.text())
    }
    let large = FakeModel::new("large").with_description("Slow.").with_extra(1).says("L");
    let run = FakeHost::new().add_model(large).model("b", |_| "B").model("a", |_| "A").run(run, "");
    assert_eq!(run.answer(), "LB");
    let asked: Vec<_> = run.model_calls.iter().map(|call| call.model.as_str()).collect();
    assert_eq!(asked, ["large", "b"]);
}

#[test]
fn what_they_were_asked_is_kept() {
    fn request() -> ModelRequest {
        ModelRequest::new("hi")
            .with_model("small")
            .with_system("Be brief.")
            .with_content(Content::model("ho"))
            .with_tool(ModelTool::new("add", "Adds.", json!({"type": "object"})))
            .with_tool_choice(ToolChoice::Required)
            .with_max_output_tokens(7)
            .with_temperature(0.5)
            .with_stop("END")
            .with_relay(Relay::All)
            .with_extra(json!({"seed": 1}))
    }
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        cx.models().complete(request()).map(drop)
    }
    let run = FakeHost::new().model("small", |_| "ok").run(run, "");
    assert_eq!((&run.model_calls[0].request, run.model_calls[0].cancelled), (&request(), false));
}

#[test]
fn an_unknown_alias_is_not_found_and_the_others_are_named() {
    fn run(cx: &Context, alias: String) -> Result<(), Failure> {
        cx.models().complete(ModelRequest::new("hi").with_model(alias)).map(drop)
    }
    let run = FakeHost::new().model("b", |_| "").model("a", |_| "").run(run, "c");
    assert_eq!(run.failure().kind, FailureKind::NotFound);
    assert_eq!(run.failure().message, "no model is called `c`; there is `b`, `a`");
    assert!(run.model_calls.is_empty());
    assert_eq!(FakeHost::new().run(ask, "").failure().kind, FailureKind::NotFound);
}

#[test]
fn a_structured_answer_is_json() {
    fn run(cx: &Context, _: String) -> Result<String, Failure> {
        let request = ModelRequest::new("hi").with_response_schema(json!({"type": "object"}));
        cx.models().complete(request)?.json::<Value>().map(|answer| answer.to_string())
    }
    let answers = |text: &'static str| FakeHost::new().model("small", move |_| text).run(run, "");
    assert_eq!(answers("{ \"a\": 1 }").answer(), "{\"a\":1}");
    let failure = answers("no");
    assert_eq!(
        (failure.failure().kind, failure.failure().code.as_deref()),
        (FailureKind::Failed, Some("invalid_response"))
    );
}

#[test]
fn deltas_are_the_words_of_the_answer() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let completion = cx.models().open("hi")?;
        let deltas: Vec<_> = completion.deltas().collect::<Result<_, _>>()?;
        let call = FunctionCall::new("call-1", "f", json!({}));
        let wanted = [
            ModelDelta::Thought("h ".into()),
            ModelDelta::Thought("m".into()),
            text("one "),
            text("two"),
            ModelDelta::FunctionCall(call),
        ];
        assert_eq!(deltas, wanted);
        assert_eq!(completion.deltas().count(), 0);
        assert_eq!(completion.finish()?, completion.finish()?);
        Ok(())
    }
    let content = Content::new("model").with(Part::thought("h m")).with("one two");
    let content = content.with(FunctionCall::named("f", json!({})));
    FakeHost::new().add_model(FakeModel::new("small").answers(content)).run(run, "").outcome();
}

#[test]
fn deltas_come_over_the_time_that_the_answer_takes() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let completion = cx.models().open("hi")?;
        assert!(!completion.waitable().ready());
        assert_eq!(completion.read()?, [text("one ")]);
        let timer = cx.timer(2 * SECOND);
        assert_eq!(cx.wait_any(&[&timer, completion.waitable()], None), [1]);
        assert_eq!(completion.read()?, [text("two ")]);
        assert_eq!(completion.finish()?.text(), "one two three four");
        // Nothing is lost by who waits for the end first, or takes one piece of what is there.
        assert_eq!(completion.deltas().next().unwrap()?, text("three "));
        assert_eq!((completion.read()?, completion.read()?), (vec![text("four")], vec![]));
        assert!(completion.waitable().ready());
        Ok(())
    }
    let run = FakeHost::new().add_model(slow()).run(run, "");
    run.outcome();
    assert_eq!(run.slept, 4 * SECOND);
}

#[test]
fn what_was_written_before_a_failure_is_told_first() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let completion = cx.models().open("hi")?;
        let mut deltas = completion.deltas();
        assert_eq!(deltas.next(), Some(Ok(text("so "))));
        assert!(deltas.next().unwrap().unwrap_err().is_interrupted());
        assert_eq!(deltas.next(), None);
        assert!(completion.finish().unwrap_err().is_interrupted());
        Ok(())
    }
    let lost = ModelAnswer::from(Failure::interrupted()).with_deltas([text("so ")]);
    FakeHost::new().add_model(FakeModel::new("small").answers(lost)).run(run, "").outcome();
}

#[test]
fn a_relayed_answer_is_shown_as_deltas() {
    fn run(cx: &Context, relay: Relay) -> Result<(), Failure> {
        cx.models().complete(ModelRequest::new("hi").with_relay(relay))?;
        let completion = cx.models().open(ModelRequest::new("hi").with_relay(relay))?;
        completion.deltas().try_for_each(|delta| delta.map(drop))
    }
    let host = FakeHost::new().model("small", |_| ModelAnswer::thoughtful("hm", "one two"));
    let thought = Event::ThoughtDelta("hm".into());
    let texts = ["one ", "two"].map(|text| Event::TextDelta(text.into()));
    let off = host.run(|cx: &Context, _: String| run(cx, Relay::Off), "");
    assert_eq!(off.events, []);
    let some = host.run(|cx: &Context, _: String| run(cx, Relay::Text), "");
    assert_eq!(some.events, [texts.clone(), texts.clone()].concat());
    let all = [vec![thought], texts.to_vec()].concat();
    let seen = host.run(|cx: &Context, _: String| run(cx, Relay::All), "");
    assert_eq!(seen.events, [all.clone(), all].concat());
}

#[test]
fn completions_are_cancelled_and_given_up() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let open = || -> Result<Completion, Failure> {
            cx.models().open(ModelRequest::new("hi").with_relay(Relay::Text))
        };
        let (stopped, given_up, finished) = (open()?, open()?, open()?);
        cx.sleep(2 * SECOND);
        stopped.cancel();
        assert!(stopped.waitable().ready());
        assert_eq!(stopped.read()?, [text("one "), text("two ")]);
        let failure = stopped.read().unwrap_err();
        assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Failed, Some("cancelled")));
        assert_eq!(stopped.finish().unwrap_err(), failure);
        drop(given_up);
        finished.finish().map(drop)
    }
    let run = FakeHost::new().add_model(slow()).run(run, "");
    run.outcome();
    assert_eq!(run.model_calls.iter().map(|call| call.cancelled).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(run.text_deltas().collect::<Vec<_>>(), ["one ", "two ", "one ", "two ", "three ", "four"]);
}

#[test]
fn texts_become_vectors_where_the_model_can() {
    fn run(cx: &Context, alias: String) -> Result<(), Failure> {
        let embeddings = cx.models().embed_with(&alias, ["ab", ""])?;
        assert_eq!((embeddings.model, embeddings.vectors), (alias, vec![vec![2.0], vec![0.0]]));
        Ok(())
    }
    let vectors = FakeModel::new("vectors").embeds(|text| vec![f32::from(u8::try_from(text.len()).unwrap())]);
    let host = FakeHost::new().model("small", |_| "").add_model(vectors);
    let embedded = host.run(run, "vectors");
    embedded.outcome();
    assert_eq!((embedded.embed_calls[0].model.as_str(), embedded.embed_calls[0].texts.len()), ("vectors", 2));
    assert_eq!(host.run(run, "small").failure().kind, FailureKind::Unsupported);
    assert_eq!(host.run(run, "other").failure().kind, FailureKind::NotFound);
}

#[test]
fn a_cancelled_or_late_run_waits_for_no_model() {
    let host = FakeHost::new().add_model(slow());
    let cancelled = host.clone().cancel_after(SECOND).run(ask, "hi");
    assert_eq!((cancelled.failure(), cancelled.slept), (&Failure::cancelled(), SECOND));
    assert!(cancelled.model_calls[0].cancelled);
    let late = host.clone().deadline(SECOND).run(ask, "hi");
    assert_eq!((late.failure(), late.slept), (&Failure::deadline_exceeded(), SECOND));
    let from_the_beginning = host.cancel_after_calls(0).run(ask, "hi");
    assert_eq!(from_the_beginning.failure(), &Failure::cancelled());
    assert!(from_the_beginning.model_calls.is_empty());
}

#[test]
fn every_call_counts() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        cx.models().available()?;
        cx.models().complete("hi")?;
        let completion = cx.models().open("hi")?;
        completion.read()?;
        completion.waitable();
        completion.finish()?;
        completion.cancel();
        cx.models().embed(["hi"]).map(drop)
    }
    let model = FakeModel::new("small").answers_by(|_| "ho").embeds(|_| vec![]);
    let host = FakeHost::new().add_model(model);
    assert!(host.clone().cancel_after_calls(8).run(run, "").outcome.is_ok());
    assert_eq!(host.cancel_after_calls(7).run(run, "").failure(), &Failure::cancelled());
}
