//! Whatever a program does, and wherever it is disturbed: the same as if it were not.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::lives::{Fate, Trial, program};
use crate::mortal_store::{Death, Disk};

fn step() -> impl Strategy<Value = Value> {
    let key = || select(vec!["a", "b", "user:c", "app:d", "temp:e"]);
    let ms = || 0..4u64;
    prop_oneof![
        6 => select(vec!["say", "note", "batch"]).prop_map(|op| json!({"op": op})),
        3 => select(vec!["attempt", "remaining", "cancelled", "log", "print", "config_keys"])
            .prop_map(|op| json!({"op": op})),
        4 => select(vec!["wall", "monotonic", "random", "hash"]).prop_map(|op| json!({"op": op})),
        2 => select(vec!["delta", "thought"]).prop_map(|op| json!({"op": op, "text": "text"})),
        1 => (0..100u64).prop_map(|done| json!({"op": "progress", "done": done})),
        3 => (key(), 0..9u8).prop_map(|(key, value)| json!({"op": "set", "key": key, "value": value})),
        2 => key().prop_map(|key| json!({"op": "get", "key": key})),
        1 => key().prop_map(|key| json!({"op": "remove", "key": key})),
        1 => select(vec!["", "user:"]).prop_map(|prefix| json!({"op": "keys", "prefix": prefix})),
        1 => (0..3u32).prop_map(|limit| json!({"op": "history", "limit": limit})),
        3 => ms().prop_map(|ms| json!({"op": "sleep", "ms": ms})),
        2 => ms().prop_map(|ms| json!({"op": "std_sleep", "ms": ms})),
        3 => ms().prop_map(|ms| json!({"op": "timer", "ms": ms})),
        2 => ms().prop_map(|ms| json!({"op": "any", "ms": ms})),
        2 => select(vec!["ready", "block"]).prop_map(|op| json!({"op": op})),
        1 => select(vec!["approve", "message"]).prop_map(|op| json!({"op": op})),
        1 => Just(json!({"op": "ask", "schema": {"type": "integer"}})),
        2 => (select(vec!["first", "second"]), any::<bool>(), select(vec!["say", "note", "approve", "batch"]))
            .prop_map(|(agent, relay, op)| {
                let steps = json!([{"op": op}, {"op": "say"}]);
                // Nobody would see what it asks.
                let relay = relay || op == "approve";
                json!({"op": "call", "agent": agent, "steps": steps, "options": {"relay": relay}})
            }),
        1 => (select(vec!["looks", "puts", "fails", "asks", "agent.first"]), 0..9u8).prop_map(|(name, n)| {
            let op = if name == "asks" { "tool_once" } else { "tool" };
            json!({"op": op, "name": name, "args": {"n": n, "input": "[]"}})
        }),
        1 => Just(json!({"op": "tool_all", "calls": [["looks", {}], ["agent.first", {"input": "[]"}], ["puts", {}]]})),
        1 => (select(vec!["small", "large", "busy", "none"]), any::<bool>(), 0..9u8).prop_map(|(model, relay, n)| {
            json!({"op": "complete", "model": model, "text": format!("number {n}"), "relay": relay})
        }),
        1 => any::<bool>().prop_map(|relay| json!({"op": "open", "text": "piece by piece", "relay": relay})),
        2 => select(vec!["whole", "drop_model", "models"]).prop_map(|op| json!({"op": op})),
        1 => Just(json!({"op": "embed", "texts": ["a", "bc"]})),
        2 => select(vec!["/hello", "/missing", "/gone"]).prop_map(|path| json!({"op": "fetch", "path": path})),
        1 => (0..9u8).prop_map(|n| {
            json!({"op": "fetch", "method": "POST", "path": "/echo", "key": n.to_string(), "body": "text"})
        }),
        1 => Just(json!({"op": "wasi", "requests": [{"path": "/hello"}, {"method": "POST", "path": "/echo", "key": "k"}]})),
        2 => (select(vec!["a", "user:b", "c/d"]), 0..9u8)
            .prop_map(|(name, n)| json!({"op": "save", "name": name, "text": format!("number {n}")})),
        1 => select(vec!["a", "user:b"]).prop_map(|name| json!({"op": "load", "name": name})),
        1 => (select(vec!["a", "user:b"]), 1..3u32)
            .prop_map(|(name, version)| json!({"op": "piece", "name": name, "version": version, "offset": 3})),
        1 => select(vec!["", "user:"]).prop_map(|prefix| json!({"op": "files", "prefix": prefix})),
        1 => select(vec!["a", "user:b"]).prop_map(|name| json!({"op": "versions", "name": name})),
        1 => (select(vec!["a", "user:b"]), proptest::option::of(1..3u32))
            .prop_map(|(name, version)| json!({"op": "unsave", "name": name, "version": version})),
        1 => (0..2_000_000u64).prop_map(|turns| json!({"op": "compute", "turns": turns})),
    ]
}

/// What happens to a run on its way.
#[derive(Clone, Debug)]
struct Disturbance {
    deaths: Vec<Death>,
    pauses: Vec<u64>,
    longest_wait: Duration,
    file: bool,
}

fn disturbance() -> impl Strategy<Value = Disturbance> {
    let death = (1..8usize, any::<bool>()).prop_map(|(write, takes_effect)| Death { write, takes_effect });
    let longest = select(vec![Duration::ZERO, Duration::from_millis(2), Duration::from_secs(10)]);
    let deaths = proptest::collection::vec(death, 0..4);
    let pauses = proptest::collection::vec(1..8u64, 0..3);
    (deaths, pauses, longest, any::<bool>()).prop_map(|(deaths, pauses, longest_wait, file)| Disturbance {
        deaths,
        pauses,
        longest_wait,
        file,
    })
}

fn check(steps: &[Value], fails: bool, disturbance: &Disturbance) {
    let mut steps = steps.to_vec();
    if fails {
        steps.push(json!({"op": "fail"}));
    }
    let input = Value::from(steps).to_string();
    let what = format!("{input} {disturbance:?}");
    let earlier = json!([{"op": "set", "key": "user:c", "value": "x"}, {"op": "say"}]).to_string();
    let trial = |disk: Disk| Trial::new(disk, program(), &input).after(&earlier);

    let mut undisturbed = trial(Disk::memory());
    assert!(matches!(undisturbed.live(None), Fate::Over(_)), "{what}");
    let wanted = undisturbed.result();
    wanted.is_sound(&what);

    let mut disturbed = trial(if disturbance.file { Disk::sqlite() } else { Disk::memory() });
    disturbed.settings.longest_wait_in_memory = disturbance.longest_wait;
    // What is tested is that it goes on, not how long the host waits with it.
    disturbed.settings.max_attempts = 100;
    disturbed.pauses.clone_from(&disturbance.pauses);
    for death in disturbance.deaths.iter().map(|death| Some(*death)).chain([None]) {
        match disturbed.live(death) {
            Fate::Died => {}
            Fate::Over(_) => break,
            // The first write did not take effect: there is no run.
            Fate::Unknown => return,
        }
    }
    let outcome = disturbed.result();
    outcome.is_sound(&what);
    outcome.is_like(&wanted, &what);
    disturbed.client_saw(&outcome, &what);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_program_does_the_same_however_it_is_disturbed(
        steps in proptest::collection::vec(step(), 1..24),
        fails in proptest::bool::weighted(0.1),
        disturbance in disturbance(),
    ) {
        check(&steps, fails, &disturbance);
    }
}
