//! Old versions: drained, kept, gone back to, pinned, let go.

use rak_core::{
    AgentRegistry as _, DeployError, Deployments as _, InvocationStatus, RunError, SessionKey,
    SessionService as _, VersionState,
};
use rak_registry::RegistrySettings;

use crate::support::{Host, Place, app, echo, guest, variant};

fn keeping(keep_versions: usize) -> Place {
    Place::with(RegistrySettings { keep_versions, ..RegistrySettings::default() })
}

async fn push(host: &Host, name: &str, numbers: impl IntoIterator<Item = u32>) {
    for number in numbers {
        host.push(name, &variant(&echo(), number), None).await.expect("it is taken");
    }
}

#[tokio::test]
async fn the_newest_are_kept_and_the_rest_is_let_go() {
    let place = keeping(2);
    let host = place.open().await;
    push(&host, "echo", 1..=6).await;
    assert_eq!(host.numbers("echo"), [6, 5, 4]);
    assert_eq!(place.kept_components(), 3);
    // What is being optimized when its version is let go is let go a moment later.
    while place.kept_code() > 3 {
        tokio::task::yield_now().await;
    }
    let states: Vec<_> = host.registry.versions(&app("echo")).expect("an agent");
    let states: Vec<_> = states.iter().map(|version| version.state).collect();
    assert_eq!(states, [VersionState::Current, VersionState::Kept, VersionState::Kept]);
}

#[tokio::test]
async fn a_way_back_leads_to_what_was_live_before() {
    let place = keeping(3);
    let host = place.open().await;
    push(&host, "echo", 1..=3).await;
    let back = async |to| {
        host.registry.rollback(&app("echo"), to).await.map(|info| info.current.expect("it").number)
    };
    assert_eq!(back(None).await, Ok(2));
    assert_eq!(back(None).await, Ok(1));
    assert_eq!(back(None).await, Err(DeployError::NothingOlder { name: app("echo") }));
    assert_eq!(back(Some("3")).await, Ok(3));
    let missing = back(Some("9")).await.expect_err("a refusal").to_string();
    assert!(missing.contains("it has 1, 2, 3"), "{missing}");
    assert_eq!(host.say("echo", "a", "hello").await.answer(), "hello");
    let nobody = host.registry.rollback(&app("nobody"), None).await;
    assert_eq!(nobody.expect_err("a refusal"), DeployError::AgentNotFound { name: app("nobody") });
}

#[tokio::test]
async fn what_was_rolled_back_stays_so_over_a_restart() {
    let place = keeping(3);
    place.put("echo.wasm", variant(&echo(), 1));
    let host = place.open().await;
    place.put("echo.wasm", variant(&echo(), 2));
    host.until_number("echo", 2).await;
    host.registry.rollback(&app("echo"), None).await.expect("there is one");
    host.close().await;
    let host = place.open().await;
    assert_eq!(host.info("echo").current.expect("a version").number, 1, "the file has not changed since");
    place.put("echo.wasm", variant(&echo(), 3));
    host.until_number("echo", 3).await;
}

#[tokio::test]
async fn a_run_ends_on_the_version_it_began_with() {
    let place = keeping(0);
    let host = place.open().await;
    host.push("spin", &guest("busy_loop"), None).await.expect("it is taken");
    let old = host.info("spin").current.expect("a version").version;
    let (id, mut events) = host.start("spin", "a", "").await;
    futures::StreamExt::next(&mut events).await.expect("an event").expect("an event");
    let info = host.push("spin", &echo(), None).await.expect("it is taken");
    assert_eq!(info.draining, 1);
    let versions = host.registry.versions(&app("spin")).expect("an agent");
    assert_eq!((versions[1].state, versions[1].runs), (VersionState::Draining, 1));
    assert_eq!(host.say("spin", "b", "new").await.answer(), "new");
    let record = host.runner.invocation(id).await.expect("the log").expect("the record");
    assert_eq!((record.status, record.agent_version), (InvocationStatus::Active, old));
    assert!(host.runner.invocation_tracker().cancel(id));
    assert_eq!(host.finish((id, events)).await.record.status, InvocationStatus::Cancelled);
    // Its last run is over: it goes, with its files.
    host.until("spin", |info| info.is_some_and(|info| info.draining == 0)).await;
    while host.numbers("spin").len() > 1 || place.kept_components() > 1 {
        tokio::task::yield_now().await;
    }
    let info = host.info("spin");
    assert_eq!((info.counters.stopped, info.counters.completed, info.counters.active), (1, 1, 0));
}

#[tokio::test]
async fn a_version_stays_as_long_as_a_session_is_pinned_to_it() {
    let place = keeping(0);
    let host = place.open().await;
    let manifest = Some("pinning = 'session'\n");
    host.push("echo", &variant(&echo(), 1), manifest).await.expect("it is taken");
    let first = host.say("echo", "old", "hello").await.record.agent_version;
    push(&host, "echo", 2..=4).await;
    assert_eq!(host.numbers("echo"), [4, 1]);
    assert_eq!(host.say("echo", "old", "again").await.record.agent_version, first);
    assert_ne!(host.say("echo", "new", "hello").await.record.agent_version, first);
    host.close().await;
    let host = place.open().await;
    assert_eq!(host.say("echo", "old", "after a restart").await.record.agent_version, first);
    let key = SessionKey {
        app_name: app("echo"),
        user_id: "ann".parse().expect("an id"),
        session_id: "old".parse().expect("an id"),
    };
    place.store.pin(&key, None).await.expect("the store");
    push(&host, "echo", [5]).await;
    assert_eq!(host.numbers("echo"), [5, 4], "a session of before is pinned to 4");
    let other = SessionKey { session_id: "gone".parse().expect("an id"), ..key };
    let message = rak_core::Content::new_user_text("x");
    place
        .store
        .create(rak_core::NewSession {
            key: other.clone(),
            state: rak_core::StateDelta::new(),
            agent_version: Some(first.clone()),
        })
        .await
        .expect("the store");
    let request = rak_runner::RunRequest {
        invocation_id: rak_core::InvocationId::new(),
        session: other,
        message,
        config: rak_core::RunConfig::default(),
        cancel_token: None,
    };
    let error = host.runner.start(request).await.err().expect("a refusal");
    assert_eq!(error, RunError::VersionGone { name: app("echo"), version: first });
}

#[tokio::test]
async fn what_was_removed_stays_away_until_its_file_changes() {
    let place = keeping(3);
    place.put("echo.wasm", variant(&echo(), 1));
    let host = place.open().await;
    let name = app("echo");
    host.registry.remove(&name).await.expect("it is there");
    assert!(host.registry.get(&name).is_none() && host.registry.info(&name).is_none());
    assert_eq!(host.registry.remove(&name).await, Err(DeployError::AgentNotFound { name: name.clone() }));
    assert_eq!(place.kept_components(), 0);
    host.close().await;
    let host = place.open().await;
    assert!(host.registry.list().is_empty());
    place.put("echo.wasm", variant(&echo(), 2));
    let info = host.until("echo", |info| info.is_some()).await.expect("an agent");
    assert_eq!(info.current.expect("a version").number, 2);
}

#[tokio::test]
async fn quick_code_gives_way_to_optimized_code_by_itself() {
    let place = Place::new();
    let host = place.open().await;
    host.push("echo", &echo(), None).await.expect("it is taken");
    let tier = |info: &rak_core::AgentInfo| info.current.as_ref().and_then(|current| current.code);
    let info = host.until("echo", |info| info.and_then(tier) == Some(rak_core::CodeTier::Optimized)).await;
    assert_eq!(info.expect("an agent").current.expect("a version").number, 1);
    assert_eq!(host.say("echo", "a", "hello").await.answer(), "hello");
    assert_eq!(place.kept_code(), 1);
}
