//! A restart comes back with what there was, and compiles nothing.

use rak_core::AgentRegistry as _;

use crate::support::{Place, app, echo, guest, variant};

#[tokio::test]
async fn two_hundred_agents_come_back_without_compiling() {
    const AGENTS: u32 = 200;
    // Some agents share a component, so that the first start need not compile all day.
    const COMPONENTS: u32 = 25;
    let place = Place::new();
    let component = guest("exit_zero");
    for number in 0..AGENTS {
        place.put(&format!("agent-{number}.wasm"), variant(&component, number % COMPONENTS));
    }
    let host = place.open().await;
    let versions: Vec<_> =
        host.registry.list().into_iter().map(|info| info.current.expect("it").version).collect();
    assert_eq!(versions.len(), AGENTS as usize);
    host.close().await;
    let host = place.open_without_compiler().await;
    let again: Vec<_> =
        host.registry.list().into_iter().map(|info| info.current.expect("it").version).collect();
    assert_eq!(versions, again);
}

#[tokio::test]
async fn a_lost_cache_costs_a_compilation_and_lost_components_their_agent_alone() {
    let place = Place::new();
    place.put("echo.wasm", echo());
    let host = place.open().await;
    host.push("up", &variant(&echo(), 1), None).await.expect("it is taken");
    host.push("lost", &variant(&echo(), 2), None).await.expect("it is taken");
    let lost = host.info("lost").current.expect("a version").digest;
    host.close().await;
    let data = place.folder.path().join("data");
    place.lose_code();
    let digits = lost.strip_prefix("sha256:").expect("a digest");
    std::fs::remove_file(data.join(format!("registry/components/{digits}.wasm"))).expect("it is there");
    let host = place.open().await;
    for name in ["echo", "up"] {
        assert_eq!(host.say(name, "a", "hello").await.answer(), "hello");
    }
    assert!(host.registry.get(&app("lost")).is_none());
    assert!(host.info("lost").reason.is_some());
    host.push("lost", &variant(&echo(), 2), None).await.expect("it mends it");
    assert_eq!(host.say("lost", "a", "hello").await.answer(), "hello");
}

#[tokio::test]
async fn a_damaged_component_is_mended_by_what_the_folder_or_an_upload_has() {
    let place = Place::new();
    place.put("echo.wasm", echo());
    let host = place.open().await;
    host.push("up", &variant(&echo(), 1), None).await.expect("it is taken");
    let digests = ["echo", "up"].map(|name| host.info(name).current.expect("a version").digest);
    host.close().await;
    let data = place.folder.path().join("data");
    place.lose_code();
    for digest in digests {
        let digits = digest.strip_prefix("sha256:").expect("a digest").to_owned();
        let path = data.join(format!("registry/components/{digits}.wasm"));
        let mut bytes = std::fs::read(&path).expect("the component");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).expect("a write");
    }
    let host = place.open().await;
    assert_eq!(host.say("echo", "a", "hello").await.answer(), "hello", "the folder has it");
    assert!(host.info("up").reason.expect("a reason").contains("damaged"));
    host.push("up", &variant(&echo(), 1), None).await.expect("it mends it");
    assert_eq!(host.say("up", "a", "hello").await.answer(), "hello");
}

#[tokio::test]
async fn what_changed_while_the_host_was_away_is_taken_in() {
    let place = Place::new();
    place.put("stays.wasm", echo());
    place.put("changes.wasm", variant(&echo(), 1));
    place.put("goes.wasm", variant(&echo(), 2));
    place.open().await.close().await;
    place.put("changes.wasm", variant(&echo(), 3));
    std::fs::remove_file(place.agents().join("goes.wasm")).expect("it is there");
    place.put("comes.wasm", variant(&echo(), 4));
    let host = place.open().await;
    let listed: Vec<_> = host
        .registry
        .list()
        .into_iter()
        .map(|info| (info.name.to_string(), info.current.expect("a version").number))
        .collect();
    let expected = [("changes", 2), ("comes", 1), ("stays", 1)];
    assert_eq!(listed, expected.map(|(name, number)| (name.to_owned(), number)));
}

#[tokio::test]
async fn a_file_that_was_only_touched_is_no_new_version() {
    let place = Place::new();
    place.put("echo.wasm", echo());
    place.open().await.close().await;
    place.put("echo.wasm", echo());
    let host = place.open().await;
    assert_eq!(host.info("echo").current.expect("a version").number, 1);
}
