//! Versions that come over the wire.

use rak_core::{AgentRegistry as _, AgentState, DeployError, Deployments as _};
use rak_registry::RegistrySettings;

use crate::support::{Place, app, echo, guest, variant};

#[tokio::test]
async fn an_upload_is_live_when_it_is_answered() {
    let place = Place::new();
    let host = place.open().await;
    let info = host.push("echo", &echo(), None).await.expect("it is taken");
    assert_eq!(info.current.as_ref().expect("a version").bytes, echo().len() as u64);
    assert!(info.imports.iter().any(|import| import.starts_with("rak:agent/events")));
    assert_eq!(host.say("echo", "a", "hello").await.answer(), "hello");
    let again = host.push("echo", &echo(), None).await.expect("it is taken");
    assert_eq!(again.current.expect("a version").number, 1, "it is the same version");
    assert_eq!(host.info("echo").counters.completed, 1);
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_with_the_reason() {
    let settings = RegistrySettings { max_component_bytes: 1 << 20, ..RegistrySettings::default() };
    let place = Place::with(settings);
    let host = place.open().await;
    host.push("echo", &echo(), None).await.expect("it is taken");
    for (component, manifest, reason) in [
        (b"no".to_vec(), None, "not WebAssembly"),
        (echo()[..echo().len() / 2].to_vec(), None, "it "),
        (guest("describe_traps"), None, "describe function failed"),
        (variant(&echo(), 1), Some("lmits = 1"), "line 1"),
        (variant(&echo(), 1), Some("[limits]\nevents = 100001"), "this host allows 100000"),
    ] {
        let error = host.push("echo", &component, manifest).await.expect_err("a refusal").to_string();
        assert!(error.contains(reason), "{error}");
        assert!(host.info("echo").refused.expect("a refusal").reason.contains(reason));
    }
    let large = host.push("echo", &vec![0; (1 << 20) + 1], None).await;
    assert_eq!(large.expect_err("a refusal"), DeployError::TooLarge { limit: 1 << 20 });
    let mut upload = host.registry.begin(&app("echo")).await.expect("it begins");
    upload.write(variant(&echo(), 1).into()).await.expect("a write");
    let mismatch = upload.finish(Some(format!("sha256:{}", "0".repeat(64)))).await;
    assert!(matches!(mismatch, Err(DeployError::DigestMismatch { .. })), "{mismatch:?}");
    let nothing = host.registry.begin(&app("new")).await.expect("it begins").finish(None).await;
    assert!(nothing.expect_err("a refusal").to_string().contains("no component"));
    assert!(host.registry.info(&app("new")).is_none(), "a name that never had a version is not listed");
    assert_eq!(host.numbers("echo"), [1]);
    assert_eq!(host.say("echo", "a", "still here").await.answer(), "still here");
    // What was given up leaves nothing on the disk.
    host.close().await;
    let host = place.open().await;
    assert_eq!(place.kept_components(), 1);
    assert!(host.registry.get(&app("echo")).is_some());
}

#[tokio::test]
async fn a_digest_that_fits_is_taken() {
    let place = Place::new();
    let host = place.open().await;
    let mut upload = host.registry.begin(&app("echo")).await.expect("it begins");
    upload.write(echo().into()).await.expect("a write");
    let digest = rak_wasm::digest(&echo()).to_uppercase().replace("SHA256", "sha256");
    assert_eq!(upload.finish(Some(digest)).await.expect("it is taken").state, AgentState::Ready);
}

#[tokio::test]
async fn a_manifest_stays_until_another_one_comes() {
    let place = Place::new();
    let host = place.open().await;
    let manifest = "description = 'mine'\n[grants]\nlog = true\n";
    host.push("echo", &echo(), Some(manifest)).await.expect("it is taken");
    let info = host.push("echo", &variant(&echo(), 1), None).await.expect("it is taken");
    assert!(!info.grants.expect("grants").history, "what was taken away is not given back by the way");
    assert_eq!(info.descriptor.expect("a card").description, "mine");
    let info = host.push("echo", &[], Some("")).await.expect("a manifest alone is taken");
    assert!(info.grants.expect("grants").history);
    let current = info.current.expect("a version");
    assert_eq!((current.number, &current.version), (3, &current.digest));
}

#[tokio::test]
async fn a_version_that_comes_again_keeps_its_number() {
    let place = Place::new();
    let host = place.open().await;
    for (number, expected) in [(1, 1), (2, 2), (1, 1), (3, 3)] {
        let info = host.push("echo", &variant(&echo(), number), None).await.expect("it is taken");
        assert_eq!(info.current.expect("a version").number, expected);
    }
    assert_eq!(host.numbers("echo"), [3, 2, 1]);
    let info = host.registry.rollback(&app("echo"), None).await.expect("there is one");
    assert_eq!(info.current.expect("a version").number, 1, "it was live before");
}

#[tokio::test]
async fn an_upload_and_the_folder_take_turns() {
    let place = Place::new();
    place.put("echo.wasm", echo());
    let host = place.open().await;
    host.push("echo", &variant(&echo(), 1), None).await.expect("it is taken");
    assert_eq!(host.info("echo").current.expect("a version").number, 2);
    place.put("echo.wasm", variant(&echo(), 2));
    host.until_number("echo", 3).await;
    host.push("echo", &variant(&echo(), 3), None).await.expect("it is taken");
    std::fs::remove_file(place.agents().join("echo.wasm")).expect("it is there");
    host.close().await;
    let host = place.open().await;
    assert_eq!(host.info("echo").current.expect("a version").number, 4, "what was uploaded stays");
}

#[tokio::test]
async fn uploads_at_once_are_taken_one_after_the_other() {
    let place = Place::new();
    let host = place.open().await;
    let uploads = (0..6).map(|number| {
        let host = &host;
        async move { host.push("echo", &variant(&echo(), number), None).await.expect("it is taken") }
    });
    let mut numbers: Vec<_> = futures::future::join_all(uploads)
        .await
        .into_iter()
        .map(|info| info.current.expect("a version").number)
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(host.info("echo").current.expect("a version").number, 6);
    assert!(numbers.contains(&6));
}

#[tokio::test]
async fn who_goes_away_after_the_last_byte_is_served_all_the_same() {
    let place = Place::new();
    let host = place.open().await;
    let mut upload = host.registry.begin(&app("echo")).await.expect("it begins");
    upload.write(echo().into()).await.expect("a write");
    let mut finish = upload.finish(None);
    assert!(futures::poll!(&mut finish).is_pending());
    drop(finish);
    host.until_number("echo", 1).await;
    // Before the last byte nothing has happened.
    let mut upload = host.registry.begin(&app("half")).await.expect("it begins");
    upload.write(echo()[..100].to_vec().into()).await.expect("a write");
    drop(upload);
    assert!(host.registry.info(&app("half")).is_none());
}

#[tokio::test]
async fn a_host_can_refuse_all_uploads() {
    let place = Place::with(RegistrySettings { uploads: false, ..RegistrySettings::default() });
    place.put("echo.wasm", echo());
    let host = place.open().await;
    assert_eq!(host.push("echo", &echo(), None).await.expect_err("a refusal"), DeployError::NotAllowed);
    let name = app("echo");
    assert_eq!(host.registry.rollback(&name, None).await.expect_err("a refusal"), DeployError::NotAllowed);
    assert_eq!(host.registry.remove(&name).await, Err(DeployError::NotAllowed));
    assert_eq!(host.numbers("echo"), [1]);
}

#[tokio::test]
async fn there_are_not_more_agents_than_there_may_be() {
    let place = Place::with(RegistrySettings { max_agents: 1, ..RegistrySettings::default() });
    let host = place.open().await;
    host.push("one", &echo(), None).await.expect("it is taken");
    let error = host.push("two", &echo(), None).await.expect_err("a refusal");
    assert!(error.to_string().contains("registry.max_agents"), "{error}");
}
