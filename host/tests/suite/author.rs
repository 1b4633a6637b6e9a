//! `rak new`, `rak build`: from nothing to an agent that is served.

use std::io::ErrorKind;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rustix::process::Signal;
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::process::Command;

use crate::support::{Ended, PATIENCE, Place, finish, finish_with, signal};

/// The top of the repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A program that builds something: what was built before is kept for the next time, and nothing is downloaded.
pub(crate) fn building(mut command: Command) -> Command {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("author");
    command.env("CARGO_TARGET_DIR", target).env("CARGO_NET_OFFLINE", "true");
    for name in ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "RUSTC_WORKSPACE_WRAPPER"] {
        command.env_remove(name);
    }
    command
}

/// A new agent, with the versions of its dependencies that are on this machine. It lies where it lay the last time, so
/// that what was built of it takes no room a second time.
pub(crate) async fn new_agent(place: &Place, name: &str, arguments: &[&str]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("author-projects").join(name);
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => panic!("{error}"),
        _ => {}
    }
    let mut command = place.rak(&["new"]);
    command.arg(&folder).args(arguments);
    let ended = finish(command).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains(&format!("rak chat {name}")), "{}", ended.out);
    std::fs::copy(repository().join("Cargo.lock"), folder.join("Cargo.lock")).expect("a copy");
    folder
}

/// `rak build` of a project.
fn build(place: &Place, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = building(place.rak(&["build"]));
    command.arg(folder).args(arguments);
    command
}

async fn cargo(folder: &Path, arguments: &[&str]) -> Ended {
    let mut command = building(Command::new("cargo"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    finish(command).await
}

#[tokio::test]
async fn a_new_agent_is_tested_built_run_deployed_and_talked_to() {
    let place = Place::new(&[]);
    place.configure("[registry]\nuploads = true\n");
    let folder = new_agent(&place, "my-agent", &[]).await;
    let tested = cargo(&folder, &["test"]).await;
    assert_eq!(tested.code, Some(0), "{}{}", tested.out, tested.err);
    assert!(tested.out.contains("3 passed") && !tested.err.contains("warning"), "{}", tested.err);
    // Not every installation has these two.
    for check in [&["fmt", "--check"][..], &["clippy", "--all-targets", "--", "-D", "warnings"][..]] {
        if cargo(&folder, &[check[0], "--version"]).await.code == Some(0) {
            let checked = cargo(&folder, check).await;
            assert_eq!(checked.code, Some(0), "{check:?}: {}{}", checked.out, checked.err);
        }
    }

    let built = finish(build(&place, &folder, &["--json", "--out", "agents"])).await;
    assert_eq!(built.code, Some(0), "{}", built.err);
    let built: Value = serde_json::from_str(&built.out).expect("JSON");
    assert_eq!((&built["language"], &built["component"]), (&"rust".into(), &"agents/my-agent.wasm".into()));
    assert_eq!(built["descriptor"]["name"], "my-agent");
    assert_eq!(built["grants"]["state"], serde_json::json!(["session", "user", "app"]));
    assert!(
        built["imports"].as_array().expect("imports").iter().any(|name| name == "rak:agent/events@0.1.5")
    );
    assert!(built.get("problem").is_none(), "{built}");
    let run = finish(place.rak(&["run", "my-agent", "Ada"])).await;
    assert_eq!((run.code, run.out.as_str()), (Some(0), "Hello, Ada! Nice to meet you.\n"), "{}", run.err);

    std::fs::remove_file(place.path("agents/my-agent.wasm")).expect("it is there");
    let host = place.serve().await;
    std::fs::write(folder.join("agent.toml"), "[config]\ngreeting = \"Salve\"\n").expect("a file");
    let pushed = finish({
        let mut command = building(place.rak(&["agents", "push", "--host", &host.url]));
        command.arg(&folder);
        command
    })
    .await;
    assert!(pushed.out.starts_with("my-agent is live: version 1 ("), "{}{}", pushed.out, pushed.err);
    let chat = place.rak(&["chat", "my-agent", "--host", &host.url]);
    let said = finish_with(chat, "Ada\nAda\n").await;
    assert_eq!(said.out, "Salve, Ada! Nice to meet you.\nSalve, Ada! That makes 2 times.\n", "{}", said.err);
}

#[tokio::test]
async fn what_does_not_compile_is_shown_as_the_compiler_says_it() {
    let place = Place::new(&[]);
    let folder = new_agent(&place, "broken", &[]).await;
    std::fs::write(folder.join("src/lib.rs"), "fn run() -> u8 { nothing }\n").expect("a file");
    let built = finish(build(&place, &folder, &["--out", "agents"])).await;
    assert_eq!(built.code, Some(1));
    assert!(built.err.contains("error[E0425]") && built.err.contains("src/lib.rs:1:18"), "{}", built.err);
    assert!(built.err.ends_with("error: the project does not compile\n"), "{}", built.err);
    assert!(!place.path("agents/broken.wasm").exists());
    let built = finish(build(&place, &folder, &["--json"])).await;
    let built: Value = serde_json::from_str(&built.out).expect("JSON");
    assert!(built["problem"].as_str().expect("a problem").contains("error[E0425]"), "{built}");
    // It compiles, and is no agent.
    std::fs::write(folder.join("src/lib.rs"), "").expect("a file");
    let built = finish(build(&place, &folder, &["--out", "agents"])).await;
    assert_eq!(built.code, Some(1), "{}", built.err);
    assert!(built.out.contains("would load   no: "), "{}", built.out);
    assert!(!place.path("agents/broken.wasm").exists());
}

#[tokio::test]
async fn an_interrupt_ends_the_compiler_with_all_that_it_started() {
    let place = Place::new(&[]);
    let folder = place.path("slow");
    std::fs::create_dir_all(folder.join("src")).expect("a folder");
    let manifest = "[package]\nname = \"slow\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
                    [lib]\ncrate-type = [\"cdylib\"]\n";
    std::fs::write(folder.join("Cargo.toml"), manifest).expect("a file");
    std::fs::write(folder.join("src/lib.rs"), "").expect("a file");
    let script = r#"fn main() {
        let address = std::env::var("TEST_ADDRESS").unwrap();
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        std::io::Read::read(&mut stream, &mut [0]).unwrap();
    }"#;
    std::fs::write(folder.join("build.rs"), script).expect("a file");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
    let mut command = build(&place, &folder, &[]);
    command.env("TEST_ADDRESS", listener.local_addr().expect("an address").to_string());
    // Of its own, because a build that is ended in its midst is not to hold up those of other tests.
    command.env("CARGO_TARGET_DIR", place.path("target"));
    let mut child = command.spawn().expect("it starts");
    let (mut script, _) =
        tokio::time::timeout(PATIENCE, listener.accept()).await.expect("it runs").expect("it runs");
    signal(&child, Signal::INT);
    let status = tokio::time::timeout(PATIENCE, child.wait()).await.expect("it ends").expect("it ends");
    assert_eq!(status.code(), Some(130));
    // The end of the connection is the end of the script.
    let end = tokio::time::timeout(PATIENCE, script.read(&mut [0])).await.expect("it ends");
    assert!(matches!(end, Ok(0) | Err(_)));
}

#[tokio::test]
async fn a_project_has_to_be_one() {
    let place = Place::new(&[]);
    let ended = finish(place.rak(&["build"])).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("package.json") && ended.err.contains("rak new"), "{}", ended.err);
    let top = repository().canonicalize().expect("a folder");
    let ended = finish(place.rak(&["build", top.to_str().expect("a path")])).await;
    assert!(ended.err.contains("`agents/echo`"), "{}", ended.err);
    let ended = finish(place.rak(&["build", "none"])).await;
    assert!(ended.err.contains("none") && ended.err.contains("neither a folder"), "{}", ended.err);
}

#[tokio::test]
async fn what_is_not_installed_is_said_with_how_to_install_it() {
    let place = Place::new(&[]);
    let folder = new_agent(&place, "toolless", &[]).await;
    let tools = place.path("tools");
    std::fs::create_dir(&tools).expect("a folder");
    let build = || {
        let mut command = build(&place, &folder, &[]);
        command.env("PATH", &tools);
        command
    };
    let ended = finish(build()).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("https://rustup.rs"), "{}", ended.err);

    let found = finish({
        let mut shell = Command::new("sh");
        shell.args(["-c", "command -v cargo"]);
        shell
    })
    .await;
    symlink(found.out.trim(), tools.join("cargo")).expect("a link");
    for tool in ["rustc", "rustup"] {
        let path = tools.join(tool);
        std::fs::write(&path, "#!/bin/sh\necho /nonexistent\n").expect("a file");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a file");
    }
    let ended = finish(build()).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("run `rustup target add wasm32-wasip2`"), "{}", ended.err);
}

#[tokio::test]
async fn what_cannot_be_begun_is_left_alone() {
    let place = Place::new(&[]);
    let ended = finish(place.rak(&["new", "greeter", "--lang", "cobol"])).await;
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("cobol") && ended.err.contains("rust"), "{}", ended.err);
    let ended = finish(place.rak(&["new", "2fast"])).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("begins with a small letter"), "{}", ended.err);
    let ended = finish(place.rak(&["new", "agents"])).await;
    assert!(ended.err.contains("not empty"), "{}", ended.err);
    let ended = finish(place.rak(&["new", "greeter", "--sdk", "agents"])).await;
    assert!(ended.err.contains("is not the SDK"), "{}", ended.err);
    assert!(!place.path("greeter").exists());
}

#[tokio::test]
async fn a_named_sdk_is_built_with() {
    let place = Place::new(&[]);
    let top = repository().canonicalize().expect("a folder");
    let folder = new_agent(&place, "linked", &["--sdk", top.to_str().expect("a path")]).await;
    assert!(!folder.join("vendor").exists());
    let tested = cargo(&folder, &["test"]).await;
    assert_eq!(tested.code, Some(0), "{}{}", tested.out, tested.err);
}
