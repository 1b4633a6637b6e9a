//! What was said before, as far as the model is told.

use std::collections::VecDeque;

use crate::{Content, Context, Failure, FunctionCall, FunctionResponse, ModelTool, Part, role};

/// The most entries that the host gives at once.
const PAGE: u32 = 1000;

/// How much of it the model is told.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) entries: u32,
    pub(super) chars: usize,
}

impl Default for Limits {
    /// More than a person would look back for, and some 50 000 tokens, which every model of today takes.
    fn default() -> Self {
        Self { entries: 200, chars: 200_000 }
    }
}

/// The newest entries that fit, oldest first, for a model that may call these functions.
pub(super) fn read(cx: &Context, limits: Limits, functions: &[ModelTool]) -> Result<Vec<Content>, Failure> {
    let mut left = limits;
    let mut newest_first = Vec::new();
    if limits.entries == 0 || limits.chars == 0 {
        return Ok(newest_first);
    }
    'pages: for page in cx.session().pages(limits.entries.min(PAGE)) {
        for entry in page?.entries.into_iter().rev() {
            let size = size(&entry.content);
            if left.entries == 0 || left.chars < size {
                break 'pages;
            }
            left = Limits { entries: left.entries - 1, chars: left.chars - size };
            newest_first.push(entry.content);
        }
        if left.entries == 0 {
            break;
        }
    }
    Ok(whole(newest_first.into_iter().rev(), functions))
}

/// How long it is for a model, about.
fn size(content: &Content) -> usize {
    let of_part = |part: &Part| match part {
        Part::Text(text) | Part::Thought(text) => text.chars().count(),
        Part::InlineData(blob) => blob.data.len(),
        Part::FileData(file) => file.uri.len(),
        Part::FunctionCall(call) => call.args.to_string().len(),
        Part::FunctionResponse(response) => response.response.to_string().len(),
        Part::Other(custom) => custom.value.to_string().len(),
    };
    content.parts.iter().map(of_part).sum()
}

/// What a provider takes as a conversation: the user speaks first, and each call of a function that there is is followed by what came
/// of it. A call without an end is left from a run that was stopped; an end without the call, from where the history is cut.
fn whole(contents: impl Iterator<Item = Content>, functions: &[ModelTool]) -> Vec<Content> {
    let mut rest: VecDeque<_> = contents.skip_while(|content| content.role != role::USER).collect();
    let mut whole = Vec::new();
    while let Some(content) = rest.pop_front() {
        let answers = answers_of(&content, &rest).and_then(|at| rest.remove(at));
        match answers.and_then(|answers| pair(content.clone(), answers, functions)) {
            Some(pair) => whole.extend(pair),
            None => whole.extend(without_functions(content)),
        }
    }
    whole
}

/// Where what came of the functions that are called here stands. A function may have said something itself before that.
fn answers_of(content: &Content, rest: &VecDeque<Content>) -> Option<usize> {
    calls(content).next()?;
    let is_later = |other: &Content| other.role == role::USER || calls(other).next().is_some();
    rest.iter().take_while(|other| !is_later(other)).position(|other| responses(other).next().is_some())
}

/// Calls and what came of them, of the functions that there are; none where none is left.
fn pair(mut content: Content, mut answers: Content, functions: &[ModelTool]) -> Option<[Content; 2]> {
    let is_known = |call: &FunctionCall| functions.iter().any(|function| function.name == call.name);
    let asked = calls(&content).filter(|call| is_known(call)).map(|call| &call.id);
    let both: Vec<_> =
        asked.filter(|id| responses(&answers).any(|other| other.id == **id)).cloned().collect();
    content.parts.retain(|part| part.as_function_call().is_none_or(|call| both.contains(&call.id)));
    answers
        .parts
        .retain(|part| matches!(part, Part::FunctionResponse(response) if both.contains(&response.id)));
    (!both.is_empty()).then_some([content, answers])
}

fn calls(content: &Content) -> impl Iterator<Item = &FunctionCall> {
    content.parts.iter().filter_map(Part::as_function_call)
}

fn responses(content: &Content) -> impl Iterator<Item = &FunctionResponse> {
    content.parts.iter().filter_map(|part| match part {
        Part::FunctionResponse(response) => Some(response),
        _ => None,
    })
}

/// The content without calls and what came of them, and where there were any without the thoughts that belong to them; none where
/// there is nothing else.
fn without_functions(mut content: Content) -> Option<Content> {
    if calls(&content).next().is_some() || responses(&content).next().is_some() {
        content.parts.retain(|part| matches!(part, Part::Text(_) | Part::InlineData(_) | Part::FileData(_)));
    }
    (!content.parts.is_empty()).then_some(content)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::FakeHost;

    fn call(id: &str) -> Content {
        Content::new(role::MODEL).with(FunctionCall::new(id, "f", json!({})))
    }

    fn answer(id: &str) -> Content {
        Content::new(role::FUNCTION).with(FunctionResponse::new(id, "f", json!({})))
    }

    fn told(limits: Limits, said: &[Content]) -> Vec<Content> {
        let host = said.iter().fold(FakeHost::new(), |host, content| host.said("x", content.clone()));
        let told = std::cell::RefCell::default();
        let functions = [ModelTool::new("f", "", json!({}))];
        let agent =
            |cx: &Context, _: String| read(cx, limits, &functions).map(|read| *told.borrow_mut() = read);
        host.run(agent, "").outcome();
        told.into_inner()
    }

    #[test]
    fn the_newest_entries_are_told_from_something_that_the_user_said() {
        let said = ["a", "b", "c"].map(|text| [Content::user(text), Content::model(text)]).concat();
        let limits = |entries, chars| Limits { entries, chars };
        assert_eq!(told(Limits::default(), &said), said);
        assert_eq!(told(limits(2, 100), &said), said[4..]);
        assert_eq!(told(limits(3, 100), &said), said[4..]);
        assert_eq!(told(limits(100, 4), &said), said[2..]);
        assert_eq!(told(limits(100, 5), &said), said[2..]);
        assert_eq!(told(limits(1, 100), &said), []);
        assert_eq!(told(limits(0, 100), &said), []);
    }

    #[test]
    fn long_histories_are_read_in_pages() {
        let said: Vec<_> = (0..1200).map(|n| Content::user(n.to_string())).collect();
        assert_eq!(told(Limits { entries: 1100, chars: 10_000 }, &said), said[100..]);
    }

    #[test]
    fn a_call_is_told_with_its_answer_or_not_at_all() {
        let said = [Content::user("hi"), call("1"), answer("1"), Content::model("ho")];
        assert_eq!(told(Limits::default(), &said), said);
        assert_eq!(told(Limits { entries: 2, chars: 100 }, &said), []);
    }

    #[test]
    fn a_call_that_a_stopped_run_left_is_not_told() {
        let [hi, again] = ["hi", "again"].map(Content::user);
        let said =
            [hi.clone(), call("1").with("Let me see."), again.clone(), call("1"), answer("1"), answer("2")];
        let wanted = [hi, Content::model("Let me see."), again, call("1"), answer("1")];
        assert_eq!(told(Limits::default(), &said), wanted);
    }

    #[test]
    fn a_function_that_is_gone_is_not_told() {
        let gone = |content: Content| content.with(FunctionCall::new("2", "gone", json!({})));
        let answers = answer("1").with(FunctionResponse::new("2", "gone", json!({})));
        let said = [Content::user("hi"), gone(call("1")), answers];
        assert_eq!(told(Limits::default(), &said), [Content::user("hi"), call("1"), answer("1")]);
        let thinks = Content::model("ho").with(Part::thought("hm"));
        let said = [Content::user("hi"), gone(thinks.clone()), answer("2"), thinks.clone()];
        assert_eq!(told(Limits::default(), &said), [Content::user("hi"), Content::model("ho"), thinks]);
    }

    #[test]
    fn what_a_function_said_itself_follows_its_answer() {
        let said = [Content::user("hi"), call("1"), Content::model("working"), answer("1")];
        let wanted = [Content::user("hi"), call("1"), answer("1"), Content::model("working")];
        assert_eq!(told(Limits::default(), &said), wanted);
    }
}
