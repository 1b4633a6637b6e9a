//! The bench of durable runs, as a whole and in seconds: it comes to numbers.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails where something is not as it should be"
)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Compiles the agent that calls the host as often as it is told to.
fn build_worker(out: &Path) {
    // Kept, so that the next time there is nothing to compile.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("worker");
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("agents/durable");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--locked", "--target", "wasm32-wasip2"]).current_dir(project);
    cargo.env("CARGO_TARGET_DIR", &target);
    for inherited in ["CARGO_BUILD_TARGET", "CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"] {
        cargo.env_remove(inherited);
    }
    assert!(cargo.status().unwrap().success());
    std::fs::copy(target.join("wasm32-wasip2/release/worker.wasm"), out).unwrap();
}

#[test]
fn a_quick_measurement_comes_to_numbers() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(rak_test_guests::agents::ECHO.path(), folder.path().join("echo.wasm")).unwrap();
    build_worker(&folder.path().join("worker.wasm"));
    let mut bench = Command::new(env!("CARGO_BIN_EXE_rak-bench"));
    let output = bench.arg("durability").arg(folder.path()).arg("--quick").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let numbers = std::fs::read(folder.path().join("durability.json")).unwrap();
    let numbers: Value = serde_json::from_slice(&numbers).unwrap();
    assert_eq!(numbers["replay"]["calls"], 200);
    // Setting state needs no entry; that the run was put away has some.
    let entries = numbers["replay"]["entries"].as_u64().unwrap();
    assert!((150..160).contains(&entries), "{entries}");
    assert_eq!(numbers["begun"]["invocations"], 300);
    assert_eq!(numbers["overhead"].as_array().unwrap().len(), 4);
    let listeners = numbers["listeners"].as_array().unwrap();
    let is_read: Vec<_> = listeners.iter().map(|row| row["burst"]["read"].is_object()).collect();
    assert_eq!(is_read, [false, true, true, false]);

    let tables = String::from_utf8(output.stdout).unwrap();
    for row in ["| an echo | 1 |", "| twenty calls | 8 |", "| 10, and 1 that reads nothing |"] {
        assert!(tables.contains(row), "{tables}");
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}
