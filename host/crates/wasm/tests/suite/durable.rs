//! A host that ends at any point of a run, and another that goes on with it: nobody sees the difference.

use std::sync::Arc;

use rak_core::InvocationStatus;
use rak_test_guests::fixture;
use rak_wasm::{AgentSettings, ComponentAgent};
use serde_json::json;

use crate::lives::{self, Fate, Outcome, Trial, agent};
use crate::mortal_store::{Death, Disk};

/// Every call there is, some of them before, between and after what is stored.
pub(crate) const EVERY_CALL: &str = r#"[
    {"op": "attempt"}, {"op": "wall"}, {"op": "random"}, {"op": "hash"}, {"op": "monotonic"},
    {"op": "delta", "text": "a"}, {"op": "thought", "text": "b"}, {"op": "progress", "done": 1},
    {"op": "say"},
    {"op": "set", "key": "a", "value": 1}, {"op": "set", "key": "user:b", "value": [2]},
    {"op": "set", "key": "app:c", "value": {"d": 3}}, {"op": "set", "key": "temp:e", "value": 4},
    {"op": "get", "key": "a"}, {"op": "get", "key": "user:b"}, {"op": "get", "key": "earlier"},
    {"op": "keys", "prefix": ""},
    {"op": "note"},
    {"op": "history", "limit": 10}, {"op": "config", "key": "greeting"}, {"op": "config_keys"},
    {"op": "remaining"}, {"op": "cancelled"}, {"op": "log"}, {"op": "print"}, {"op": "random"},
    {"op": "batch"},
    {"op": "wall"}, {"op": "sleep", "ms": 2}, {"op": "wall"},
    {"op": "remove", "key": "app:c"}, {"op": "remove", "key": "earlier"}, {"op": "get", "key": "app:c"},
    {"op": "say"},
    {"op": "wall"}, {"op": "approve"}, {"op": "ask", "schema": {"type": "integer"}}, {"op": "wall"},
    {"op": "message", "ms": 0}, {"op": "message"}, {"op": "random"},
    {"op": "models"}, {"op": "complete", "text": "good day"}, {"op": "wall"},
    {"op": "open", "text": "piece by piece", "relay": true}, {"op": "whole"}, {"op": "drop_model"},
    {"op": "embed", "texts": ["a"]},
    {"op": "fetch", "path": "/hello"}, {"op": "fetch", "method": "POST", "path": "/echo", "key": "k", "body": "text"},
    {"op": "web", "path": "/hello"}, {"op": "head"}, {"op": "bytes", "max": 9}, {"op": "bytes", "max": 9},
    {"op": "drop_web"}, {"op": "wall"},
    {"op": "wasi", "requests": [{"path": "/hello"}, {"method": "POST", "path": "/echo", "key": "l", "body": "text"}]},
    {"op": "save", "name": "a.txt", "text": "one"}, {"op": "save", "name": "a.txt", "text": "two"},
    {"op": "save", "name": "user:b.txt", "text": "three"}, {"op": "load", "name": "a.txt"}, {"op": "files", "prefix": ""},
    {"op": "unsave", "name": "a.txt", "version": 2}, {"op": "versions", "name": "a.txt"}, {"op": "load", "name": "a.txt"},
    {"op": "piece", "name": "user:b.txt", "version": 1, "offset": 2}, {"op": "wall"},
    {"op": "timer", "ms": 3}, {"op": "timer", "ms": 1}, {"op": "ready"}, {"op": "any", "ms": null},
    {"op": "note"},
    {"op": "any", "ms": 2}, {"op": "block"}, {"op": "block"}, {"op": "any", "ms": 1},
    {"op": "say"},
    {"op": "wall"}, {"op": "std_sleep", "ms": 2}, {"op": "wall"}, {"op": "monotonic"}, {"op": "random"},
    {"op": "progress", "done": 99},
    {"op": "set", "key": "user:b", "value": "new"}, {"op": "get", "key": "temp:e"},
    {"op": "keys", "prefix": "user:"}, {"op": "attempt"},
    {"op": "say"},
    {"op": "set", "key": "last", "value": true}, {"op": "remove", "key": "a"}, {"op": "hash"},
    {"op": "history", "limit": 1}, {"op": "wall"}
]"#;

/// What the run finds in its session.
fn earlier() -> String {
    json!([{"op": "set", "key": "earlier", "value": "x"}, {"op": "say"}]).to_string()
}

fn trial(disk: Disk) -> Trial {
    Trial::new(disk, lives::program(), EVERY_CALL).after(&earlier())
}

/// A run that nothing disturbs, and how many writes it takes.
fn undisturbed(disk: Disk) -> (Outcome, usize) {
    let mut trial = trial(disk);
    let Fate::Over(writes) = trial.live(None) else { panic!("the run ends") };
    let outcome = trial.result();
    outcome.is_sound("undisturbed");
    trial.client_saw(&outcome, "undisturbed");
    (outcome, writes)
}

/// Lets the hosts die, one after the other, and looks at what comes of it.
fn disturbed(disk: Disk, deaths: &[Death], undisturbed: &Outcome) {
    let what = format!("{deaths:?}");
    let mut trial = trial(disk);
    let mut fate = Fate::Unknown;
    let mut died = 0;
    for death in deaths.iter().map(|death| Some(*death)).chain([None]) {
        fate = trial.live(death);
        match fate {
            Fate::Died => died += 1,
            _ => break,
        }
    }
    if fate == Fate::Unknown {
        assert_eq!(deaths[0], Death { write: 1, takes_effect: false }, "{what}: it was never stored");
        assert!(trial.seen.is_empty(), "{what}");
        return;
    }
    let outcome = trial.result();
    outcome.is_sound(&what);
    outcome.is_like(undisturbed, &what);
    trial.client_saw(&outcome, &what);
    assert!(outcome.record.attempt <= 1 + died, "{what}: attempt {}", outcome.record.attempt);
}

fn walk(disk: fn() -> Disk) {
    let (wanted, writes) = undisturbed(disk());
    assert!(writes > 8, "{writes} writes");
    for write in 1..=writes {
        for takes_effect in [false, true] {
            disturbed(disk(), &[Death { write, takes_effect }], &wanted);
        }
    }
}

#[test]
fn a_host_may_end_at_any_write() {
    walk(Disk::memory);
}

#[test]
fn a_host_may_end_at_any_write_to_a_file() {
    walk(Disk::sqlite);
}

#[test]
fn a_second_host_may_end_too() {
    let (wanted, writes) = undisturbed(Disk::memory());
    for first in (2..writes).step_by(2) {
        for second in [1, 2, 3, writes - first] {
            for takes_effect in [false, true] {
                let deaths = [
                    Death { write: first, takes_effect: !takes_effect },
                    Death { write: second, takes_effect },
                ];
                disturbed(Disk::memory(), &deaths, &wanted);
            }
        }
    }
}

#[test]
pub(crate) fn program() {
    let (outcome, _) = undisturbed(Disk::memory());
    assert_eq!(outcome.record.status, InvocationStatus::Completed);
    assert_eq!(outcome.record.attempt, 1);
    assert_eq!(outcome.state.get("user:b"), Some(&json!("new")));
    assert_eq!(outcome.state.get("last"), Some(&json!(true)));
    for removed in ["a", "app:c", "earlier", "temp:e"] {
        assert_eq!(outcome.state.get(removed), None, "{removed}");
    }
}

#[test]
pub(crate) fn numbers() {
    let agent: Arc<ComponentAgent> = agent(fixture("numbers"), AgentSettings::default());
    let mut trial = Trial::new(Disk::memory(), agent, "3");
    assert!(matches!(trial.live(None), Fate::Over(_)));
    let texts: Vec<_> = trial.result().events.iter().map(crate::lives::text).collect();
    assert_eq!(texts, ["1", "2", "3", "counted"]);
}
