//! The benches, as a whole and in seconds: they come to numbers.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails where something is not as it should be"
)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Compiles an agent that is measured.
fn build(project: &str, component: &str, out: &Path) {
    // Kept, so that the next time there is nothing to compile.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(component);
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("agents").join(project);
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--locked", "--target", "wasm32-wasip2"]).current_dir(project);
    cargo.env("CARGO_TARGET_DIR", &target);
    for inherited in ["CARGO_BUILD_TARGET", "CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"] {
        cargo.env_remove(inherited);
    }
    assert!(cargo.status().unwrap().success());
    let built = target.join(format!("wasm32-wasip2/release/{component}.wasm"));
    std::fs::copy(built, out).unwrap();
}

#[test]
fn a_quick_measurement_comes_to_numbers() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(rak_test_guests::agents::ECHO.path(), folder.path().join("echo.wasm")).unwrap();
    build("durable", "worker", &folder.path().join("worker.wasm"));
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

#[test]
fn every_bench_comes_to_figures() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(rak_test_guests::agents::ECHO.path(), folder.path().join("echo.wasm")).unwrap();
    build("durable", "worker", &folder.path().join("worker.wasm"));
    build("rust", "greeter", &folder.path().join("rust.wasm"));
    // The program is built together with this one.
    let rak = Path::new(env!("CARGO_BIN_EXE_rak-bench")).with_file_name("rak");
    let json = folder.path().join("figures.json");
    let mut bench = Command::new(env!("CARGO_BIN_EXE_rak-bench"));
    bench.arg("run").arg("--rak").arg(rak).arg("--components").arg(folder.path());
    let output = bench.arg("--quick").arg("--json").arg(&json).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let report: Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    assert_eq!(report["quick"], true);
    let figures = report["figures"].as_array().unwrap();
    let mut benches: Vec<_> = figures.iter().map(|figure| figure["bench"].as_str().unwrap()).collect();
    benches.dedup();
    assert_eq!(
        benches,
        [
            "echo-sse",
            "echo-ws",
            "echo-memory",
            "invoke",
            "cancel",
            "fair",
            "density",
            "fanout",
            "hotload",
            "start",
            "scale"
        ]
    );
    for figure in figures {
        assert!(figure["subject"]["median"].is_number(), "{figure}");
        // A bound that is a ratio has something to be a ratio of.
        let is_ratio = figure["bound"].get("ratioAtLeast").or(figure["bound"].get("ratioAtMost")).is_some();
        assert!(!is_ratio || figure["ratio"].is_number(), "{figure}");
    }
    let lost = figures.iter().find(|figure| figure["what"] == "runs lost").unwrap();
    assert_eq!(lost["subject"]["median"], 0.0, "a new version costs nobody a run");
    let table = String::from_utf8(output.stdout).unwrap();
    assert_eq!(table.lines().filter(|line| line.starts_with("| `")).count(), figures.len(), "{table}");
}
