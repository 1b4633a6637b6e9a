//! What came out of a repeated run, as a person reads it.

use std::time::Duration;

use rak_core::time::UnixMicros;
use rak_core::{AgentError, Emission, Event, JournalEntry, StateDelta};
use rak_server::protocol::rest::Recording;
use serde_json::{Value, json};

use super::component::Build;
use super::ending::{RecordedEnd, describe_content};
use super::recorded_host::{WentOtherwise, emitted_seq};
use super::verdict::{Now, Replayed, Verdict};
use crate::human::{self, Labelled, short_digest};

/// How many calls before the first difference are shown.
const CALLS_BEFORE: u64 = 5;
/// More of a text is not shown.
const MAX_SHOWN: usize = 300;
/// How much of what is the same is shown before the difference in two long texts.
const LEAD: usize = 60;

pub(super) fn show(recording: &Recording, build: &Build, replayed: &Replayed, verdict: &Verdict) -> String {
    let mut text = Labelled::default();
    match verdict {
        Verdict::Same(end) => text.line("the same", &clip(&end.describe())),
        Verdict::SameSoFar { recorded, now } => so_far(&mut text, recorded, now),
        Verdict::OtherCall { index, now } => other_call(&mut text, recording, replayed, *index, now),
        Verdict::OtherState { index, recorded, now } => {
            text.line("different", &format!("at call {index}: it had changed other state before"));
            let show = |state: &StateDelta| json!(state).to_string();
            pair(&mut text, &show(recorded), &show(now));
            calls_before(&mut text, recording, index + 1);
        }
        Verdict::OtherEnd { recorded, now } => {
            let all = recording.journal.entries.len();
            text.line("different", &format!("at the end, after the same {all} recorded calls"));
            pair(&mut text, &recorded.describe(), &describe(now));
            calls_before(&mut text, recording, all as u64);
        }
    }
    circumstances(&mut text, recording, build, replayed);
    text.to_string()
}

fn so_far(text: &mut Labelled, recorded: &RecordedEnd, now: &Now) {
    let end = match recorded {
        RecordedEnd::NotYet(status) => format!("up to where the run is: {status}"),
        RecordedEnd::Stopped(reason) => format!("up to where the run was stopped: {reason}"),
        RecordedEnd::Agent(end) => end.describe(),
    };
    text.line("the same", &clip(&end));
    text.line("then", &clip(&describe(now)));
}

fn other_call(text: &mut Labelled, recording: &Recording, replayed: &Replayed, index: u64, now: &Now) {
    let all = recording.journal.entries.len();
    text.line("different", &format!("at call {index} of {all}"));
    let entry = entry(recording, index);
    let recorded = entry.map(|entry| call(recording, entry)).unwrap_or_default();
    match (&replayed.went_otherwise, entry) {
        (Some(WentOtherwise::Emitted(emissions)), Some(entry)) => {
            let now = emissions.iter().filter_map(emission).collect::<Vec<_>>().join(", ");
            let before = emitted(recording, entry, index);
            if before.is_empty() || before == now {
                // What differs is nothing that is stored, or another kind of call was recorded.
                pair(text, &recorded, &called(replayed));
            } else {
                pair(text, &format!("events.emit {before}"), &format!("events.emit {now}"));
            }
        }
        _ => pair(text, &recorded, &describe(now)),
    }
    if let Some(answer) = entry.and_then(answer) {
        text.line("  answered", &clip(&answer));
    }
    calls_before(text, recording, index);
}

/// What the repeated run called, as the journal says it.
fn called(replayed: &Replayed) -> String {
    match &replayed.result {
        Err(AgentError::Nondeterminism(difference)) => difference.now.clone(),
        _ => String::new(),
    }
}

fn describe(now: &Now) -> String {
    match now {
        Now::Called(call) => format!("it calls {call}"),
        Now::Ended(end) => format!("it has {}", end.describe()),
        Now::Computes => "it computes, and was stopped here".to_owned(),
    }
}

/// Both, from shortly before where they part.
fn pair(text: &mut Labelled, recorded: &str, now: &str) {
    let same = recorded.chars().zip(now.chars()).take_while(|(one, other)| one == other).count();
    let skip = if recorded.chars().count().max(now.chars().count()) > MAX_SHOWN {
        same.saturating_sub(LEAD)
    } else {
        0
    };
    let from = |text: &str| {
        let rest: String = text.chars().skip(skip).collect();
        clip(&if skip > 0 { format!("…{rest}") } else { rest })
    };
    text.line("recorded", &from(recorded));
    text.line("now", &from(now));
}

fn calls_before(text: &mut Labelled, recording: &Recording, index: u64) {
    let first = index.saturating_sub(CALLS_BEFORE);
    for before in first..index {
        let label = if before == first { "before it" } else { "" };
        let Some(entry) = entry(recording, before) else { continue };
        let answer = answer(entry).map(|answer| format!(" → {answer}")).unwrap_or_default();
        text.line(label, &clip(&format!("{before}: {}{answer}", call(recording, entry))));
    }
}

fn entry(recording: &Recording, index: u64) -> Option<&JournalEntry> {
    recording.journal.entries.get(usize::try_from(index).ok()?)
}

/// A recorded call with its time.
fn call(recording: &Recording, entry: &JournalEntry) -> String {
    let since = entry.at.since(UnixMicros::from(recording.journal.started_at));
    let after = human::long_duration(since);
    match (entry.call.as_ref(), entry.what.as_str()) {
        ("clock", _) => format!("a look at the clock, {after} after the beginning"),
        (call, "") => format!("{call}, {after} after the beginning"),
        (call, what) => format!("{call} {what}, {after} after the beginning"),
    }
}

/// The answer of a recorded call, where it says something.
fn answer(entry: &JournalEntry) -> Option<String> {
    let answer: Value = serde_json::from_str(entry.answer.as_ref()?.get()).ok()?;
    match answer.get("Ok") {
        Some(Value::Null) => None,
        Some(value) => Some(value.to_string()),
        None => {
            let failure = answer.get("Err")?;
            let text = |key: &str| failure.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            Some(format!("refused ({}): {}", text("kind"), text("message")))
        }
    }
}

/// What a recorded call emitted and stored.
fn emitted(recording: &Recording, entry: &JournalEntry, index: u64) -> String {
    let Some(seq) = emitted_seq(entry).filter(|_| emits(entry)) else { return String::new() };
    let earlier = recording.journal.entries.iter().take(usize::try_from(index).unwrap_or(usize::MAX));
    let before = earlier.filter(|entry| emits(entry)).filter_map(emitted_seq).next_back();
    let own = |event: &&Event| event.seq.is_some_and(|number| number > before.unwrap_or(0) && number <= seq);
    let shown =
        recording.events.iter().filter(own).filter_map(|event| match (&event.content, &event.custom) {
            (Some(content), _) => Some(describe_content(content)),
            (None, Some(custom)) => Some(format!("{} {}", custom.name, custom.value)),
            (None, None) => {
                event.actions.artifact_delta.iter().map(|(name, number)| version(name, *number)).next()
            }
        });
    shown.collect::<Vec<_>>().join(", ")
}

/// What is stored of an emission.
fn emission(emission: &Emission) -> Option<String> {
    match emission {
        Emission::Content(content) => Some(describe_content(content)),
        Emission::Custom(custom) => Some(format!("{} {}", custom.name, custom.value)),
        Emission::Artifact { name, version: number } => Some(version(name, *number)),
        _ => None,
    }
}

fn version(name: &str, number: u32) -> String {
    format!("version {number} of {name}")
}

/// Whether a call stores events.
fn emits(entry: &JournalEntry) -> bool {
    matches!(entry.call.as_ref(), "events.emit" | "artifacts.saved")
}

/// What ran, and how much it did, then and now.
fn circumstances(text: &mut Labelled, recording: &Recording, build: &Build, replayed: &Replayed) {
    let body = &recording.invocation;
    let version = short_digest(&body.agent_version);
    let other = build.other.as_ref().map(|path| format!(", now with {}", path.display()));
    text.line("agent", &format!("{} {version}{}", body.app_name, other.unwrap_or_default()));
    if !build.same_settings {
        text.line(
            "settings",
            "the usual ones: those of the recorded version are not known here; --data DIR of its host has them",
        );
    }
    let all = recording.journal.entries.len();
    let usage = &body.usage;
    text.line(
        "first run",
        &match body.ended_at {
            Some(end) => {
                let ms = u64::try_from(end.0.saturating_sub(body.started_at.0)).unwrap_or(0);
                let took = human::long_duration(Duration::from_millis(ms));
                format!(
                    "{} calls and {} events in {took}; {all} journal entries",
                    usage.host_calls, usage.events
                )
            }
            None => format!("{all} journal entries so far"),
        },
    );
    let (usage, took) = (&replayed.usage, human::duration(replayed.time));
    text.line(
        "this run",
        &format!(
            "{} calls and {} events in {took}; {} journal entries repeated",
            usage.host_calls, usage.events, replayed.position
        ),
    );
}

fn clip(text: &str) -> String {
    if text.chars().count() <= MAX_SHOWN {
        return text.to_owned();
    }
    text.chars().take(MAX_SHOWN).chain(['…']).collect()
}
