//! Content and events.

use rak::{
    Blob, Content, Context, Custom, Event, Failure, FileRef, FunctionCall, FunctionResponse, Outcome, Part, Progress,
};
use serde_json::{Value, json};

use crate::{Answer, number, text};

pub(crate) fn run(cx: &Context, name: &str, argument: &str, input: &Content) -> Answer {
    Some(match name {
        "echo" => echo(cx, argument),
        "answer" => text(argument),
        "nothing" => cx.events().content(Content::model("said before")).map(|_| Outcome::empty()),
        "parts" => Ok(answer(input.parts.iter().skip(1).cloned())),
        "kinds" => Ok(answer(kinds())),
        "events" => events(cx),
        "progress" => cx.events().progress(Progress::new("no numbers")).and_then(|()| text("done")),
        "outcome" => {
            Ok(Outcome::text("done").escalating().transferring_to("other").with_extra(json!({"n": 1})))
        }
        "bytes" => number(argument).and_then(|count| text("x".repeat(count as usize))),
        "text-size" => text(input.parts.get(1).and_then(Part::as_text).unwrap_or_default().len().to_string()),
        "data-size" => text(data_size(input).to_string()),
        _ => return None,
    })
}

fn answer(parts: impl IntoIterator<Item = Part>) -> Outcome {
    parts.into_iter().fold(Content::new("model"), Content::with).into()
}

fn echo(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    for piece in argument.split_inclusive(' ') {
        cx.events().text_delta(piece)?;
    }
    text(argument)
}

fn kinds() -> [Part; 8] {
    [
        Part::text("a"),
        Part::thought("b"),
        Blob::new("application/octet-stream", [0x00, 0x01, 0xfe, 0xff]).into(),
        FileRef::new("file:///a").with_mime_type("text/plain").into(),
        FileRef::new("file:///b").into(),
        FunctionCall::new("1", "f", json!({"a": 1})).into(),
        FunctionResponse::new("1", "f", json!({"b": [2]})).into_failed().into(),
        Custom::new("x", json!({"c": Value::Null})).into(),
    ]
}

fn events(cx: &Context) -> Result<Outcome, Failure> {
    let newest = cx.events().emit([
        Content::model("one").into(),
        Progress::new("half").at(1, 2).into(),
        Custom::new("note", json!({"k": "v"})).into(),
        Event::ThoughtDelta("hm".into()),
        Event::TextDelta("two".into()),
    ])?;
    text(newest.to_string())
}

fn data_size(input: &Content) -> usize {
    match input.parts.get(1) {
        Some(Part::InlineData(blob)) => blob.data.len(),
        _ => 0,
    }
}
