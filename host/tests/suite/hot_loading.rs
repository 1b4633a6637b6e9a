//! Versions that come and go while a host serves, and what an upload or a file cannot do to it.

use std::pin::pin;
use std::process::Stdio;

use rak_test_guests::{agent, fixture};
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::process::Command;
use wasm_encoder::{
    CodeSection, Component, ComponentSection as _, CustomSection, Function, FunctionSection, Instruction,
    Module, ModuleSection, TypeSection, ValType,
};

use crate::support::{Host, Place, until};

/// More than the limit of [`Small`], which is 8 MiB or 16 MiB.
const LARGE: usize = 18 << 20;

fn component(name: &str) -> Vec<u8> {
    std::fs::read(agent(name)).expect("the component")
}

fn echo() -> Vec<u8> {
    component("echo")
}

/// `echo` with another digest, and so much larger: a section that nobody reads lies at its end.
fn echo_with(bytes: usize) -> Vec<u8> {
    let mut component = echo();
    let padding = CustomSection { name: "padding".into(), data: vec![0; bytes].into() };
    padding.append_to_component(&mut component);
    component
}

/// A component with some bytes a function, of which the compiler makes a megabyte each: it clears what they may use.
fn bomb(functions: u32) -> Vec<u8> {
    const MOST_LOCALS: u32 = 50_000;
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut declared = FunctionSection::new();
    let mut code = CodeSection::new();
    for _ in 0..functions {
        declared.function(0);
        let mut function = Function::new([(MOST_LOCALS, ValType::I64)]);
        function.instruction(&Instruction::End);
        code.function(&function);
    }
    let mut module = Module::new();
    module.section(&types).section(&declared).section(&code);
    let mut component = Component::new();
    component.section(&ModuleSection(&module));
    component.finish()
}

/// The beginning of an upload that says it is longer than it is.
async fn half_an_upload(host: &Host, place: &Place, name: &str) -> TcpStream {
    let address = host.url.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let component = echo();
    let head = format!(
        "PUT /api/v1/agents/{name} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n\r\n",
        component.len()
    );
    stream.write_all(head.as_bytes()).await.expect("it reads");
    stream.write_all(&component[..component.len() / 2]).await.expect("it reads");
    until(|| place.kept("registry/incoming").pop()).await;
    stream
}

/// The compiler that a host has started for what was uploaded. What it had before is only made faster.
async fn compiler(host: &Host) -> Pid {
    host.child("compile-worker\0baseline").await
}

/// Whether a process does anything any more; one that has ended and that nobody asks about is still listed.
fn is_gone(process: Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero()));
    test_kill_process(process).is_err() || stat.is_ok_and(|stat| stat.contains(") Z "))
}

#[tokio::test]
async fn what_takes_too_long_to_compile_is_refused_and_nobody_waits_for_it() {
    let place = Place::new(&[]);
    place.configure("[registry.compile]\ncpu_time_ms = 1000\n");
    let (_place, host) = place.serve_owned().await;
    let bomb = bomb(10_000);
    assert!(bomb.len() < 200_000, "it is cheap to send");
    let mut upload = pin!(host.put("counter", bomb));
    let mut answers = 0;
    let (status, error) = loop {
        tokio::select! {
            answer = &mut upload => break answer,
            said = host.say("echo", "still here") => assert_eq!(said, "still here"),
        }
        answers += 1;
    };
    assert!(answers > 0);
    assert_eq!((status, &error["code"]), (422, &json!("version_refused")), "{error}");
    let text = error["error"].as_str().expect("a text");
    assert!(text.contains("more than 1 s") && text.contains("registry.compile.cpu_time_ms"), "{text}");
    let (_, info) = host.agent("counter").await;
    assert_eq!((&info["state"], &info["current"]["number"]), (&json!("ready"), &json!(1)));
    assert!(text.ends_with(info["refused"]["reason"].as_str().expect("a reason")), "{info}");
    assert!(host.say("counter", "hi").await.starts_with("This is message 1"));
}

#[tokio::test]
async fn what_takes_too_much_memory_to_compile_is_refused() {
    let place = Place::new(&[]);
    place.configure("[registry.compile]\nmemory_bytes = 300_000_000\n");
    let (place, host) = place.serve_owned().await;
    let (status, error) = host.put("new", bomb(10_000)).await;
    assert_eq!(status, 422, "{error}");
    assert!(error["error"].as_str().expect("a text").contains("registry.compile.memory_bytes"), "{error}");
    assert_eq!(host.agent("new").await.0, 404, "a name that never had a version is not listed");
    assert_eq!(host.put("new", echo_with(1)).await.0, 201, "an agent that is one has room");
    assert_eq!(host.say("new", "hi").await, "hi");
    assert_eq!(place.kept("registry/components").len(), 8);
}

#[tokio::test]
async fn what_has_no_room_on_the_disk_is_not_taken_and_the_others_go_on() {
    let place = Place::new(&[]);
    place.put("large.wasm", echo_with(LARGE));
    let mut small = Command::new("sh");
    // Whether these are 512 or 1024 bytes depends on the shell.
    let script = "trap '' XFSZ; ulimit -f 16384; exec \"$0\" serve --listen 127.0.0.1:0";
    small
        .args(["-c", script, env!("CARGO_BIN_EXE_rak")])
        .current_dir(place.path(""))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let host = Host::start(small).await;
    let (_, large) = host.agent("large").await;
    assert_eq!(large["state"], "refused");
    assert!(large["reason"].as_str().expect("a reason").contains("no room on the host's disk"), "{large}");
    let kept = place.kept("registry/components");
    assert_eq!(kept.len(), 7);
    let (status, error) = host.put("echo", echo_with(LARGE + 1)).await;
    assert_eq!((status, &error["code"]), (507, &json!("disk_full")), "{error}");
    // What was begun is taken away behind the answer.
    until(|| place.kept("registry/incoming").is_empty().then_some(())).await;
    assert_eq!(place.kept("registry/components"), kept);
    assert_eq!(host.say("echo", "still here").await, "still here");
    assert_eq!(host.put("echo", echo_with(1)).await.0, 200, "a smaller one has room");
}

#[tokio::test]
async fn what_did_not_arrive_whole_changes_nothing() {
    let place = Place::new(&[]);
    let (place, host) = place.serve_owned().await;
    drop(half_an_upload(&host, &place, "half").await);
    until(|| place.kept("registry/incoming").is_empty().then_some(())).await;
    assert_eq!(host.agent("half").await.0, 404);
    let wrong = format!("echo?digest=sha256:{}", "0".repeat(64));
    let (status, error) = host.put(&wrong, echo_with(1)).await;
    assert_eq!((status, &error["code"]), (422, &json!("digest_mismatch")), "{error}");
    let (_, info) = host.agent("echo").await;
    assert_eq!(info["current"]["number"], 1);
    assert_eq!(place.kept("registry/components").len(), 7);
    assert_eq!(host.say("echo", "still here").await, "still here");
}

#[tokio::test]
async fn what_cannot_say_what_it_is_is_refused() {
    let place = Place::new(&[]);
    let (_place, host) = place.serve_owned().await;
    for (name, reason) in [("describe_traps", "describe function failed"), ("describe_loops", "2000 ms")] {
        let component = std::fs::read(fixture(name)).expect("the component");
        let (status, error) = host.put("echo", component).await;
        assert_eq!((status, &error["code"]), (422, &json!("version_refused")), "{error}");
        assert!(error["error"].as_str().expect("a text").contains(reason), "{error}");
        let (_, info) = host.agent("echo").await;
        assert!(info["refused"]["reason"].as_str().expect("a reason").contains(reason), "{info}");
    }
    assert_eq!(host.say("echo", "still here").await, "still here");
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_kill_and_the_rest_is_not() {
    let place = Place::new(&[]);
    let mut host = place.serve().await;
    let _half = half_an_upload(&host, &place, "half").await;
    let compiler = {
        // Nobody waits for the answer of this one.
        let mut upload = pin!(host.put("compiling", bomb(100_000)));
        tokio::select! {
            answer = &mut upload => panic!("{answer:?}"),
            compiler = async {
                assert_eq!(host.put("whole", echo_with(1)).await.0, 201);
                compiler(&host).await
            } => compiler,
        }
    };
    host.signal(Signal::KILL);
    host.ended().await;
    assert!(!place.kept("registry/incoming").is_empty(), "it ended in the middle");

    let host = place.serve().await;
    assert_eq!(host.say("whole", "still here").await, "still here");
    for name in ["half", "compiling"] {
        assert_eq!(host.agent(name).await.0, 404);
    }
    assert!(place.kept("registry/incoming").is_empty());
    assert_eq!(place.kept("registry/components").len(), 8);
    assert!(is_gone(compiler), "it would have gone on for much longer than all of this took");
}

#[tokio::test]
async fn an_interrupt_in_the_terminal_is_not_the_fault_of_what_compiles() {
    let place = Place::new(&[]);
    place.configure("[registry.compile]\ncpu_time_ms = 1000\n");
    let mut command = place.rak(&["serve", "--listen", "127.0.0.1:0"]);
    command.process_group(0).stderr(Stdio::piped());
    let mut host = Host::start(command).await;
    let upload = host.client.put(format!("{}/api/v1/agents/echo", host.url)).body(bomb(10_000)).send();
    let interrupt = async {
        compiler(&host).await;
        // Ctrl-C is for all processes of the terminal's group.
        kill_process_group(host.id(), Signal::INT).expect("it runs");
    };
    // Whether the host still answers depends on how long the machine takes; what it says of the component does not.
    let (answer, ()) = tokio::join!(upload, interrupt);
    if let Ok(answer) = answer {
        let text = answer.text().await.unwrap_or_default();
        assert!(text.contains("registry.compile.cpu_time_ms"), "{text}");
    }
    assert!(host.ended().await.success());
    let said = host.rest_of_errors().await;
    assert!(!said.iter().any(|line| line.contains("crashed")), "{said:?}");
}

#[tokio::test]
async fn the_folder_of_a_host_is_followed_while_it_serves() {
    let place = Place::new(&[]);
    let (place, host) = place.serve_owned().await;
    let agents = place.path("agents");
    place.put("talker.wasm", echo());
    host.until_number("talker", 1).await;
    assert_eq!(host.say("talker", "hi").await, "hi");
    // Saved as most programs save: over what was there.
    std::fs::write(agents.join("talker.wasm"), component("counter")).expect("a file");
    host.until_number("talker", 2).await;
    assert!(host.say("talker", "hi").await.starts_with("This is message"));

    std::fs::rename(agents.join("talker.wasm"), agents.join("speaker.wasm")).expect("it is there");
    host.until_number("speaker", 1).await;
    host.until("talker", |status, _| status == 404).await;

    let folder = agents.join("configured");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::copy(fixture("context_reader"), folder.join("any.wasm")).expect("a copy");
    std::fs::write(folder.join("agent.toml"), "[config]\ngreeting = \"Salve\"\n").expect("a file");
    host.until_number("configured", 1).await;
    assert!(host.say("configured", "").await.contains("\"greeting\":\"Salve\""));
    std::fs::write(folder.join("agent.toml"), "[config]\ngreeting = \"Ave\"\n").expect("a file");
    host.until_number("configured", 2).await;
    assert!(host.say("configured", "").await.contains("\"greeting\":\"Ave\""));
    std::fs::remove_dir_all(&folder).expect("it is there");
    host.until("configured", |status, _| status == 404).await;
}

#[tokio::test]
async fn the_log_has_a_line_for_what_is_live_and_one_for_what_is_not_taken() {
    let place = Place::new(&[]);
    let mut command = place.rak(&["serve", "--listen", "127.0.0.1:0"]);
    command.stderr(Stdio::piped());
    let mut host = Host::start(command).await;
    place.put("talker.wasm", echo());
    let line = host.error_with("agent=talker").await;
    assert!(line.contains("a version is live") && line.contains("number=1"), "{line}");
    place.put("talker.wasm", "nonsense");
    let line = host.error_with("agent=talker").await;
    assert!(line.contains("a version was not taken") && line.contains("not WebAssembly"), "{line}");
}
