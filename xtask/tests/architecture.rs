//! The shape of the host: which crate may depend on which, and the only crate that may name a heavy dependency.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails where something is not as it should be"
)]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// What each of our crates may depend on, among our crates, outside of its tests.
const EDGES: &[(&str, &[&str])] = &[
    ("rak-core", &[]),
    ("rak-componentize", &[]),
    ("rak-session", &["rak-core"]),
    ("rak-wasm", &["rak-core"]),
    ("rak-registry", &["rak-core", "rak-wasm"]),
    ("rak-schema", &[]),
    ("rak-runner", &["rak-core", "rak-schema"]),
    ("rak-settings", &[]),
    ("rak-http", &["rak-core", "rak-settings"]),
    ("rak-models", &["rak-core", "rak-schema", "rak-settings"]),
    ("rak-tools", &["rak-core", "rak-schema", "rak-settings"]),
    ("rak-server", &["rak-core", "rak-runner"]),
    (
        "rak",
        &[
            "rak-componentize",
            "rak-core",
            "rak-http",
            "rak-models",
            "rak-registry",
            "rak-runner",
            "rak-server",
            "rak-session",
            "rak-tools",
            "rak-wasm",
        ],
    ),
    ("rak-sdk", &["rak-sdk-macros"]),
    ("rak-sdk-macros", &[]),
    ("rak-agent-assistant", &["rak-sdk"]),
    ("rak-agent-clerk", &["rak-sdk"]),
    ("rak-agent-counter", &["rak-sdk"]),
    ("rak-agent-countdown", &["rak-sdk"]),
    ("rak-agent-echo", &["rak-sdk"]),
    ("rak-agent-primes", &["rak-sdk"]),
    ("rak-agent-researcher", &["rak-sdk"]),
    ("rak-guest-fixtures", &["rak-sdk"]),
    ("rak-test-guests", &[]),
    ("rak-examples", &["rak"]),
    ("rak-library", &[]),
    // It measures what runs an agent, wasmtime alone beside it, and a host that it puts together itself.
    ("rak-bench", &["rak-core", "rak-runner", "rak-server", "rak-session", "rak-wasm"]),
    ("xtask", &[]),
];

/// A heavy dependency and who may name it.
const OWNERS: &[(&str, &[&str])] = &[
    // One runs agents, one the compilers of scripts, and one measures what wasmtime alone would cost.
    ("wasmtime", &["rak-bench", "rak-componentize", "rak-wasm"]),
    ("wasmtime-wasi", &["rak-bench", "rak-componentize", "rak-wasm"]),
    ("wasmtime-wizer", &["rak-componentize"]),
    ("wasmtime-wasi-http", &["rak-bench", "rak-wasm"]),
    // One keeps what there is; one writes the floors that the host is measured beside.
    ("rusqlite", &["rak-bench", "rak-session"]),
    ("axum", &["rak-bench", "rak-server"]),
    ("hyper", &["rak-server"]),
    ("hyper-util", &["rak-server"]),
    ("tower-http", &["rak-server"]),
    ("clap", &["rak", "rak-bench", "xtask"]),
    // One reads the answers of scripted models.
    ("toml", &["rak", "rak-models", "rak-registry"]),
    ("notify", &["rak", "rak-registry"]),
    ("indicatif", &["rak"]),
    // One talks to a host, one to whom agents ask, one to providers of models, one to MCP servers.
    ("reqwest", &["rak", "rak-http", "rak-models", "rak-tools"]),
    ("rmcp", &["rak-tools"]),
    ("jsonschema", &["rak-schema"]),
    ("rustyline", &["rak"]),
    ("tracing-subscriber", &["rak"]),
    ("wit-bindgen", &["rak-sdk"]),
    ("wit-component", &["rak"]),
];

/// Crates that must do no I/O of their own, and what would let them.
const PURE: &[(&str, &[&str])] = &[("rak-core", &["tokio", "dashmap", "tracing"])];

fn metadata() -> Metadata {
    MetadataCommand::new().no_deps().exec().unwrap()
}

/// What every crate of the workspace depends on, outside of its tests.
fn dependencies(metadata: &Metadata) -> BTreeMap<String, BTreeSet<String>> {
    let named = |package: &cargo_metadata::Package| {
        let kept =
            package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
        kept.map(|dependency| dependency.name.clone()).collect()
    };
    metadata
        .workspace_packages()
        .into_iter()
        .map(|package| (package.name.to_string(), named(package)))
        .collect()
}

#[test]
fn arrows_go_one_way() {
    let metadata = metadata();
    let dependencies = dependencies(&metadata);
    let ours: BTreeSet<_> = dependencies.keys().cloned().collect();
    let listed: BTreeSet<_> = EDGES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(ours, listed, "every crate of the workspace is in EDGES, and only those");
    for (name, allowed) in EDGES {
        for dependency in dependencies[*name].intersection(&ours) {
            assert!(allowed.contains(&dependency.as_str()), "{name} must not depend on {dependency}");
        }
    }
}

#[test]
fn a_heavy_dependency_has_one_owner() {
    for (name, dependencies) in dependencies(&metadata()) {
        for (heavy, owners) in OWNERS {
            let allowed = owners.contains(&name.as_str());
            assert!(
                allowed || !dependencies.contains(*heavy),
                "{name} must not name {heavy}; {owners:?} may"
            );
        }
    }
}

#[test]
fn the_core_does_no_io() {
    let dependencies = dependencies(&metadata());
    for (name, forbidden) in PURE {
        for dependency in *forbidden {
            assert!(!dependencies[*name].contains(*dependency), "{name} must not depend on {dependency}");
        }
    }
}

/// `rak new` copies these crates out of the workspace, so they cannot inherit from it; they say the same nevertheless.
#[test]
fn the_sdk_says_itself_what_it_cannot_inherit() {
    let metadata = metadata();
    let packages = metadata.workspace_packages();
    let host = packages.iter().find(|package| package.name == "rak").unwrap();
    for name in ["rak-sdk", "rak-sdk-macros"] {
        let package = packages.iter().find(|package| package.name == name).unwrap();
        assert_eq!(package.version, host.version, "{name}");
        assert_eq!(package.edition, host.edition, "{name}");
        assert_eq!(package.rust_version, host.rust_version, "{name}");
        assert_eq!(package.license, host.license, "{name}");
        for dependency in &package.dependencies {
            let same = host.dependencies.iter().find(|other| other.name == dependency.name);
            assert!(same.is_none_or(|same| same.req == dependency.req), "{name}: {}", dependency.name);
            let in_step = dependency.path.is_none() || dependency.req.matches(&host.version);
            assert!(in_step, "{name}: {}", dependency.name);
        }
    }
}
