//! An answer that is being written.

use rak_core::{Content, Custom, FunctionCall, ModelDelta, ModelPrompt, Part, Role};
use serde_json::Value;

use crate::provider::Listener;

/// What the ids begin with that calls get here.
const GIVEN: &str = "call-";

/// Puts the pieces of an answer together, and tells them.
pub(crate) struct Draft<'a> {
    parts: Vec<Part>,
    /// How many calls there are in the conversation.
    calls: usize,
    listener: &'a Listener<'a>,
}

impl<'a> Draft<'a> {
    /// An answer to this, without a word so far.
    pub(crate) fn new(prompt: &ModelPrompt, listener: &'a Listener<'a>) -> Self {
        let parts = prompt.contents.iter().flat_map(|content| &content.parts);
        let calls = parts.filter(|part| matches!(part, Part::FunctionCall(_))).count();
        Self { parts: Vec::new(), calls, listener }
    }

    pub(crate) fn text(&mut self, piece: &str) {
        if piece.is_empty() {
            return;
        }
        match self.parts.last_mut() {
            Some(Part::Text(text)) => text.push_str(piece),
            _ => self.parts.push(Part::Text(piece.to_owned())),
        }
        self.listener.tell(ModelDelta::Text(piece.to_owned()));
    }

    /// Text that is to be a part of its own.
    pub(crate) fn text_apart(&mut self, piece: &str) {
        if !piece.is_empty() {
            self.parts.push(Part::Text(String::new()));
            self.text(piece);
        }
    }

    pub(crate) fn thought(&mut self, piece: &str) {
        if piece.is_empty() {
            return;
        }
        match self.parts.last_mut() {
            Some(Part::Thought(text)) => text.push_str(piece),
            _ => self.parts.push(Part::Thought(piece.to_owned())),
        }
        self.listener.tell(ModelDelta::Thought(piece.to_owned()));
    }

    /// A whole call. One without an id gets one that is new in the conversation, and the same whenever the same is asked.
    pub(crate) fn call(&mut self, mut call: FunctionCall) {
        self.calls += 1;
        if call.id.is_empty() {
            call.id = format!("{GIVEN}{}", self.calls);
        }
        self.parts.push(Part::FunctionCall(call.clone()));
        self.listener.tell(ModelDelta::FunctionCall(call));
    }

    /// A part that is no use before it is whole, such as an image.
    pub(crate) fn silent(&mut self, part: Part) {
        self.parts.push(part);
    }

    /// Something of the provider's that has no shape here.
    pub(crate) fn other(&mut self, part: Custom, told: Value) {
        self.parts.push(Part::Other(part));
        self.listener.tell(ModelDelta::Other(told));
    }

    pub(crate) fn has_calls(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::FunctionCall(_)))
    }

    pub(crate) fn last(&self) -> Option<&Part> {
        self.parts.last()
    }

    pub(crate) fn content(self) -> Content {
        Content { role: Role::MODEL.to_owned(), parts: self.parts }
    }
}

/// Whether an id was given here, so that no provider knows it.
pub(crate) fn is_given(id: &str) -> bool {
    id.strip_prefix(GIVEN).is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::sync::Mutex;

    fn call(id: &str) -> FunctionCall {
        FunctionCall { id: id.to_owned(), name: "f".to_owned(), args: json!({}) }
    }

    #[test]
    fn pieces_of_a_kind_are_one_part_and_told_one_by_one() {
        let told = Mutex::new(Vec::new());
        let tell = |delta| told.lock().unwrap().push(delta);
        let listener = Listener::new(Some(&tell));
        let mut draft = Draft::new(&ModelPrompt::default(), &listener);
        for (thought, text) in [("h", ""), ("m", ""), ("", "good "), ("", "day")] {
            draft.thought(thought);
            draft.text(text);
        }
        let parts = [Part::Thought("hm".into()), Part::Text("good day".into())];
        assert_eq!(draft.content().parts, parts);
        let expected = [
            ModelDelta::Thought("h".into()),
            ModelDelta::Thought("m".into()),
            ModelDelta::Text("good ".into()),
            ModelDelta::Text("day".into()),
        ];
        assert_eq!(*told.lock().unwrap(), expected);
    }

    #[test]
    fn a_call_without_an_id_gets_one_that_is_new_in_the_conversation() {
        let asked = Content { role: "model".into(), parts: vec![Part::FunctionCall(call("x"))] };
        let prompt = ModelPrompt { contents: vec![asked], ..ModelPrompt::default() };
        let listener = Listener::new(None);
        let mut draft = Draft::new(&prompt, &listener);
        for id in ["", "own", ""] {
            draft.call(call(id));
        }
        let parts = ["call-2", "own", "call-4"].map(|id| Part::FunctionCall(call(id)));
        assert_eq!(draft.content().parts, parts);
        assert!(is_given("call-12") && !is_given("call_12") && !is_given("call-a"));
    }
}
