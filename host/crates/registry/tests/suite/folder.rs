//! What happens in the folder happens to the agents.

use std::io::Write as _;

use rak_core::{AgentRegistry as _, AgentState};

use crate::support::{Place, app, echo, guest, variant};

#[tokio::test]
async fn an_agent_comes_changes_and_goes() {
    let place = Place::new();
    let host = place.open().await;
    assert!(host.registry.list().is_empty());
    place.put("echo.wasm", echo());
    let first = host.until_number("echo", 1).await;
    assert_eq!(host.say("echo", "a", "hello").await.answer(), "hello");
    place.put("echo.wasm", variant(&echo(), 1));
    let second = host.until_number("echo", 2).await;
    let [first, second] = [first, second].map(|info| info.current.expect("a version"));
    assert_ne!(first.version, second.version);
    assert_eq!(second.version, second.digest, "no manifest says anything");
    let ended = host.say("echo", "a", "again").await;
    assert_eq!((ended.answer(), ended.record.agent_version), ("again".to_owned(), second.version));
    std::fs::remove_file(place.agents().join("echo.wasm")).expect("it is there");
    host.until_gone("echo").await;
    assert!(host.registry.get(&app("echo")).is_none());
    assert_eq!((place.kept_components(), place.kept_code()), (0, 0));
}

#[tokio::test]
async fn a_version_that_cannot_be_used_never_replaces_one_that_works() {
    let place = Place::new();
    place.put("echo.wasm", echo());
    let host = place.open().await;
    let cut = &echo()[..1000];
    for (bytes, reason) in [
        (cut.to_vec(), "so it is not an agent"),
        (b"no".to_vec(), "not WebAssembly"),
        (guest("describe_traps"), "describe function failed"),
        (guest("describe_loops"), "processor time"),
    ] {
        place.put("echo.wasm", bytes);
        let info = host.until_refused("echo", reason).await;
        assert_eq!(info.state, AgentState::Ready);
        assert_eq!(info.current.expect("a version").number, 1);
        assert_eq!(host.say("echo", "a", "still here").await.answer(), "still here");
    }
    place.put("echo.wasm", variant(&echo(), 1));
    assert!(host.until_number("echo", 2).await.refused.is_none());
}

#[tokio::test]
async fn the_first_version_may_be_refused_too() {
    let place = Place::new();
    place.put("bad.wasm", "no");
    let host = place.open().await;
    let info = host.info("bad");
    assert_eq!(info.state, AgentState::Refused);
    assert!(info.reason.expect("a reason").contains("not WebAssembly"));
    place.put("bad.wasm", echo());
    assert_eq!(host.until_number("bad", 1).await.state, AgentState::Ready);
    place.put("worse.wasm", "no");
    host.until_refused("worse", "not WebAssembly").await;
    std::fs::remove_file(place.agents().join("worse.wasm")).expect("it is there");
    host.until_gone("worse").await;
}

#[tokio::test]
async fn a_manifest_alone_makes_a_version_and_compiles_nothing() {
    let place = Place::new();
    place.put("ctx/agent.wasm", guest("context_reader"));
    place.put("ctx/agent.toml", "[config]\ngreeting = 'hi'\n");
    place.open().await.registry.close().await;
    let host = place.open_without_compiler().await;
    assert!(host.say("ctx", "a", "").await.answer().contains("\"hi\""));
    place.put("ctx/agent.toml", "description = 'greets'\n[config]\ngreeting = 'hello'\n");
    let info = host.until_number("ctx", 2).await;
    assert_eq!(info.descriptor.expect("a card").description, "greets");
    let current = info.current.expect("a version");
    assert_ne!(current.version, current.digest);
    assert!(host.say("ctx", "a", "").await.answer().contains("\"hello\""));
    place.put("ctx/agent.toml", "[confg]\n");
    let info = host.until_refused("ctx", "line 1").await;
    assert!(info.refused.expect("a refusal").reason.contains("confg"));
    place.put("ctx/agent.toml", "[limits]\nmemory_bytes = 99999999999\n");
    host.until_refused("ctx", "[agent.ctx.limits]").await;
    assert_eq!(host.info("ctx").current.expect("a version").number, 2);
}

#[tokio::test]
async fn a_file_written_in_pieces_is_taken_in_whole() {
    let place = Place::new();
    let host = place.open().await;
    let bytes = echo();
    let mut file = std::fs::File::create(place.agents().join("echo.wasm")).expect("a file");
    for piece in bytes.chunks(bytes.len() / 7) {
        file.write_all(piece).expect("a write");
        tokio::task::yield_now().await;
    }
    drop(file);
    let info = host.until_number("echo", 1).await;
    assert!(info.refused.is_none());
    assert_eq!(info.current.expect("a version").bytes, bytes.len() as u64);
}

#[tokio::test]
async fn a_link_out_of_the_folder_is_refused_and_one_within_is_followed() {
    let place = Place::new();
    let outside = place.folder.path().join("secret.wasm");
    std::fs::write(&outside, echo()).expect("a file");
    std::os::unix::fs::symlink(&outside, place.agents().join("out.wasm")).expect("a link");
    place.put("echo.wasm", echo());
    std::os::unix::fs::symlink("echo.wasm", place.agents().join("alias.wasm")).expect("a link");
    let host = place.open().await;
    assert!(host.info("out").reason.expect("a reason").contains("out of the folder"));
    assert_eq!(host.say("alias", "a", "hello").await.answer(), "hello");
}

#[tokio::test]
async fn a_folder_that_is_gone_as_a_whole_takes_no_agent_along() {
    let place = Place::new();
    place.put("echo.wasm", echo());
    place.put("two/agent.toml", "");
    place.put("two/two.wasm", variant(&echo(), 2));
    let host = place.open().await;
    std::fs::remove_dir_all(place.agents().join("two")).expect("it is there");
    host.until_gone("two").await;
    let away = place.folder.path().join("away");
    std::fs::rename(place.agents(), &away).expect("it is there");
    assert_eq!(host.say("echo", "a", "hello").await.answer(), "hello");
    std::fs::rename(&away, place.agents()).expect("it is there");
    place.put("echo.wasm", variant(&echo(), 1));
    host.until_number("echo", 2).await;
}

#[tokio::test]
async fn writers_at_once_end_with_one_whole_version() {
    let place = Place::new();
    let host = place.open().await;
    let writers: Vec<_> = (0..4_u32)
        .map(|number| {
            let (path, bytes) = (place.agents().join("echo.wasm"), variant(&echo(), number));
            std::thread::spawn(move || std::fs::write(path, bytes).expect("a write"))
        })
        .collect();
    for writer in writers {
        writer.join().expect("it ends");
    }
    // Whatever they made of the file: a good one mends it.
    place.put("echo.wasm", echo());
    let wanted = rak_wasm::digest(&echo());
    host.until("echo", |info| {
        info.and_then(|info| info.current.as_ref()).is_some_and(|current| current.digest == wanted)
    })
    .await;
    assert_eq!(host.say("echo", "a", "hello").await.answer(), "hello");
}
