//! Every listener sees the same order, without a gap and without a duplicate, from wherever it begins.

use proptest::prelude::*;
use rak_core::{Emission, Event, InvocationId, Progress, RunError};

use crate::support::{Step, TestRunner, collect, done, note, say};

fn numbers(events: &[Event]) -> Vec<u64> {
    events.iter().filter_map(|event| event.seq).collect()
}

#[tokio::test]
async fn a_listener_that_reads_nothing_for_a_long_time_misses_nothing_stored() {
    let test = TestRunner::new();
    let run = test.start("s").await;
    // Several times what the feed holds; the listener has not read anything yet.
    for number in 0..2000 {
        test.step(Step::Emit(vec![note(number)])).await;
    }
    test.step(done()).await;
    assert_eq!(test.runner.drain(std::time::Duration::from_mins(1)).await, 0);
    let events = collect(run.events).await;
    assert_eq!(numbers(&events), (1..=2001).collect::<Vec<_>>());
}

#[tokio::test]
async fn listening_after_the_end_replays_from_any_number() {
    let test = TestRunner::new();
    let run = test.start("s").await;
    for number in 0..300 {
        test.step(Step::Emit(vec![note(number)])).await;
    }
    test.step(done()).await;
    collect(run.events).await;
    for after in [0, 1, 127, 128, 129, 300, 301, 1000] {
        let events = collect(test.runner.listen(run.invocation_id, after).await.ok().unwrap()).await;
        assert_eq!(numbers(&events), (after + 1..=301).collect::<Vec<_>>());
    }
    let unknown = InvocationId::new();
    assert_eq!(test.runner.listen(unknown, 0).await.err(), Some(RunError::InvocationNotFound(unknown)));
}

#[tokio::test]
async fn text_still_being_written_reaches_those_who_listen_and_is_not_kept() {
    let test = TestRunner::new();
    let run = test.start("s").await;
    test.step(Step::Emit(vec![Emission::TextDelta("he".into()), Emission::TextDelta("llo".into())])).await;
    test.step(say("hello")).await;
    test.step(done()).await;
    let events = collect(run.events).await;
    assert_eq!(events.iter().map(|event| event.partial).collect::<Vec<_>>(), [true, true, false, false]);
    let replayed = collect(test.runner.listen(run.invocation_id, 0).await.ok().unwrap()).await;
    assert_eq!(replayed[..], events[2..]);
}

#[tokio::test]
async fn the_newest_progress_is_known_while_the_run_goes_on() {
    use futures::StreamExt as _;
    let test = TestRunner::new();
    let mut run = test.start("s").await;
    let progress = Progress { message: "half".into(), done: Some(1), total: Some(2) };
    test.step(Step::Emit(vec![Emission::Progress(progress.clone())])).await;
    run.events.next().await.unwrap().unwrap();
    let record = test.runner.invocation(run.invocation_id).await.unwrap().unwrap();
    assert_eq!(record.progress, Some(progress));
}

/// Whoever comes late sees at once how far the run is, and once.
#[tokio::test]
async fn a_late_listener_is_told_the_newest_progress() {
    use futures::StreamExt as _;
    let test = TestRunner::new();
    let mut run = test.start("s").await;
    let progress = |done| Progress { message: "some".into(), done: Some(done), total: Some(4) };
    let emits = |done| Step::Emit(vec![Emission::Progress(progress(done))]);
    test.step(emits(1)).await;
    test.step(emits(2)).await;
    let told = async |after| {
        let mut events = test.runner.listen(run.invocation_id, after).await.ok().unwrap();
        let mut told = Vec::new();
        while told.last() != Some(&progress(2)) {
            let event = events.next().await.unwrap().unwrap();
            told.extend(event.event.progress.clone());
        }
        (told, events)
    };
    // Nothing is stored behind it: it comes with what was sent.
    assert_eq!(told(0).await.0, [progress(1), progress(2)]);
    for number in 0..2 {
        test.step(Step::Emit(vec![note(number)])).await;
    }
    // What was sent is behind what is stored by now.
    for _ in 0..4 {
        run.events.next().await.unwrap().unwrap();
    }
    for after in [0, 1, 2] {
        let (told, mut events) = told(after).await;
        assert_eq!(told, [progress(2)], "{after}");
        test.step(Step::Emit(vec![note(9)])).await;
        assert!(events.next().await.unwrap().unwrap().seq.is_some(), "and then what comes");
    }
    test.step(done()).await;
    collect(run.events).await;
    let events = collect(test.runner.listen(run.invocation_id, 0).await.ok().unwrap()).await;
    assert!(events.iter().all(|event| event.progress.is_none()), "it is over");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Listeners come in the middle, at any number, while stored and unstored events are emitted in batches.
    #[test]
    fn any_listener_sees_a_gapless_order(
        batches in proptest::collection::vec(proptest::collection::vec(any::<bool>(), 1..20), 1..60),
        joins in proptest::collection::vec((any::<proptest::sample::Index>(), 0..400u64), 0..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let test = TestRunner::new();
            let run = test.start("s").await;
            let stored = batches.iter().flatten().filter(|stored| **stored).count() as u64;
            let mut listeners = Vec::new();
            for (index, batch) in batches.iter().enumerate() {
                let emission = |(number, stored): (usize, &bool)| {
                    if *stored { note(number) } else { Emission::TextDelta(number.to_string()) }
                };
                test.step(Step::Emit(batch.iter().enumerate().map(emission).collect())).await;
                for (_, after) in joins.iter().filter(|(at, _)| at.index(batches.len()) == index) {
                    let events = test.runner.listen(run.invocation_id, *after).await.ok().unwrap();
                    listeners.push((*after, events));
                }
            }
            test.step(done()).await;
            listeners.push((0, run.events));
            for (after, events) in listeners {
                let seen = collect(events).await;
                assert_eq!(numbers(&seen), (after + 1..=stored + 1).collect::<Vec<_>>());
                assert_eq!(seen.last().is_some_and(|event| event.turn_complete), after <= stored);
            }
        });
    }
}
