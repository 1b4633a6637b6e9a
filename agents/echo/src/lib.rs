//! `echo`: says what it is told. The shortest agent that streams.

use rak::{Content, Context, Descriptor, Event, Failure, Part, Skill, role};

/// The most calls to the host that one answer is streamed with, however long it is.
const MAX_DELTA_EMITS: usize = 32;

fn describe() -> Descriptor {
    let skill = Skill::new("echo", "Echo")
        .with_description(
            "Answers with the message itself, word by word, and with its other parts unchanged.",
        )
        .with_tags(["demo", "streaming"])
        .with_examples(["Hello, world!", "to be or not to be"]);
    rak::descriptor!().with_name("echo").with_skill(skill)
}

#[rak::agent(describe = describe)]
fn run(cx: &Context, input: Content) -> Result<Content, Failure> {
    let text = input.text();
    let words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    for batch in words.chunks(words.len().div_ceil(MAX_DELTA_EMITS).max(1)) {
        cx.events().emit(batch.iter().map(|word| Event::TextDelta((*word).into())))?;
    }
    let others = input.parts.into_iter().filter(|part| !matches!(part, Part::Text(_)));
    Ok(others.fold(Content::new(role::MODEL).with(text), Content::with))
}

#[cfg(test)]
mod tests {
    use rak::testing::FakeHost;
    use rak::{Blob, FailureKind};

    use super::*;

    #[test]
    fn streams_the_words_and_answers_with_the_whole() {
        let run = FakeHost::new().run(run, "one  two\nthree");
        assert_eq!(run.text_deltas().collect::<Vec<_>>(), ["one ", " ", "two\n", "three"]);
        assert_eq!(run.outcome().content, Some(Content::model("one  two\nthree")));
    }

    #[test]
    fn a_long_text_takes_few_calls() {
        let words = 10_000;
        // As many calls as an answer may take: nothing is refused, so no more than these were made.
        let calls = MAX_DELTA_EMITS.try_into().unwrap();
        let run = FakeHost::new().cancel_after_calls(calls).run(run, "word ".repeat(words));
        assert_eq!(run.answer().len(), 5 * words);
        assert_eq!(run.text_deltas().count(), words);
    }

    #[test]
    fn other_parts_come_back_unchanged() {
        let blob = Part::from(Blob::new("image/png", [1, 2]));
        let run = FakeHost::new().run(run, Content::user("a").with(blob.clone()).with("b"));
        assert_eq!(run.outcome().content, Some(Content::model("ab").with(blob)));
    }

    #[test]
    fn nothing_is_answered_with_empty_text() {
        let run = FakeHost::new().run(run, "");
        assert_eq!(run.outcome().content, Some(Content::model("")));
        assert!(run.events.is_empty());
    }

    #[test]
    fn stops_when_cancelled() {
        let run = FakeHost::new().cancel_after_calls(2).run(run, "word ".repeat(100));
        assert_eq!(run.failure().kind, FailureKind::Cancelled);
        assert_eq!(run.text_deltas().count(), 8);
    }
}
