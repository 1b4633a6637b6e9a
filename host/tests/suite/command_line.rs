//! `rak serve`, `rak run`, `rak inspect`: what they print, and what they say when something is wrong.

use rak_test_guests::{agent, fixture};
use rustix::process::Signal;

use crate::support::{Host, PATIENCE, Place, finish, message, signal};

#[tokio::test]
async fn serve_says_where_it_is_what_it_serves_and_what_to_try() {
    let place = Place::new(&[]);
    std::fs::write(place.path("agents/broken.wasm"), "nonsense").expect("a file");
    let mut host = place.serve().await;
    assert!(host.url.starts_with("http://127.0.0.1:"));
    let mut said = Vec::new();
    for _ in 0..3 {
        said.push(host.lines.next_line().await.expect("its output").expect("a line"));
    }
    assert!(said[0].starts_with("refused: broken - it is not WebAssembly"), "{said:?}");
    assert_eq!(said[1], "agents: assistant, clerk, countdown, counter, echo, primes, researcher");
    let tried = said[2].strip_prefix("try: ").expect("a command");
    let tried = finish({
        let mut shell = tokio::process::Command::new("sh");
        shell.args(["-c", tried]);
        shell
    })
    .await;
    assert!(tried.out.contains("hello from rak"), "{} {}", tried.out, tried.err);
    host.signal(Signal::TERM);
    assert!(host.ended().await.success());
}

#[tokio::test]
async fn a_mistake_in_the_configuration_is_named_with_its_line() {
    let place = Place::new(&[]);
    place.configure("listen = \"127.0.0.1:0\"\n\n[limits]\nmemry_bytes = 1\n");
    let ended = finish(place.rak(&["serve"])).await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("rak.toml") && ended.err.contains("line 4") && ended.err.contains("memry_bytes"),
        "{}",
        ended.err
    );
    let ended = finish(place.rak(&["serve", "--config", "none.toml"])).await;
    assert!(ended.err.contains("none.toml"), "{}", ended.err);
    let ended = finish(place.rak(&["serve", "--listen", "nonsense"])).await;
    assert_eq!(ended.code, Some(2));
}

#[tokio::test]
async fn what_is_in_the_way_is_said_with_what_to_do() {
    let place = Place::new(&[]);
    let host = place.serve().await;
    let address = host.url.strip_prefix("http://").expect("an address");
    let second = finish(place.rak(&["serve", "--listen", address, "--data", "other"])).await;
    assert!(second.err.contains("failed to listen") && second.err.contains("--listen"), "{}", second.err);
    let third = finish(place.rak(&["serve", "--listen", "127.0.0.1:0"])).await;
    assert_eq!(third.code, Some(1), "the data folder is in use");
    let fourth =
        finish(place.rak(&["serve", "--listen", "127.0.0.1:0", "--data", "other", "--agents", "none"])).await;
    assert!(fourth.err.contains("--agents"), "{}", fourth.err);
}

#[tokio::test]
async fn run_streams_to_the_terminal() {
    let place = Place::new(&["panic_text"]);
    let ended = finish(place.rak(&["run", "echo", "hello there"])).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "hello there\n"), "{}", ended.err);
    let path = agent("echo").to_str().expect("a path");
    let ended = finish(place.rak(&["run", path, "x", "--json"])).await;
    let last: serde_json::Value =
        serde_json::from_str(ended.out.lines().last().expect("a line")).expect("JSON");
    assert_eq!(last["turnComplete"], true);
    let ended = finish(place.rak(&["run", "panic_text"])).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("the answer is 42"), "{}", ended.err);
    let ended = finish(place.rak(&["run", "nobody"])).await;
    assert!(ended.err.contains("--agents"), "{}", ended.err);
}

#[tokio::test]
async fn an_interrupt_cancels_the_run() {
    let place = Place::new(&["busy_loop"]);
    let mut command = place.rak(&["run", "busy_loop"]);
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().expect("it starts");
    let mut out = tokio::io::BufReader::new(child.stdout.take().expect("its output"));
    let mut line = String::new();
    tokio::io::AsyncBufReadExt::read_line(&mut out, &mut line).await.expect("its output");
    assert_eq!(line, "spinning\n");
    signal(&child, Signal::INT);
    let status = tokio::time::timeout(PATIENCE, child.wait()).await.expect("it ends").expect("it ends");
    assert_eq!(status.code(), Some(130));
}

#[tokio::test]
async fn inspect_tells_what_is_in_a_component_and_why_it_would_not_load() {
    let place = Place::new(&[]);
    let ended = finish(place.rak(&["inspect", agent("echo").to_str().expect("a path")])).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for expected in ["sha256:", "rak:agent/entry@0.1.5", "rak:agent/events@0.1.5", "would load   yes"] {
        assert!(ended.out.contains(expected), "{expected} in {}", ended.out);
    }
    let traps = fixture("describe_traps").to_str().expect("a path");
    let ended = finish(place.rak(&["inspect", traps, "--json"])).await;
    assert_eq!(ended.code, Some(1));
    let found: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
    assert!(found["problem"].as_str().expect("a problem").contains("describe"));
    let ended = finish(place.rak(&["inspect", "none.wasm"])).await;
    assert!(ended.err.contains("none.wasm"), "{}", ended.err);
}

#[tokio::test]
async fn a_small_address_space_only_costs_speed() {
    let place = Place::new(&[]);
    let program = env!("CARGO_BIN_EXE_rak");
    let mut shell = tokio::process::Command::new("sh");
    let script = format!("ulimit -v 16000000; exec {program} serve --listen 127.0.0.1:0");
    shell
        .args(["-c", &script])
        .current_dir(place.path(""))
        .kill_on_drop(true)
        .stdin(std::process::Stdio::null());
    let host = Host::start(shell).await;
    let events = host.sse("s", message("echo", "small")).await.rest().await;
    assert!(events.last().expect("an event")["turnComplete"] == true);
}
