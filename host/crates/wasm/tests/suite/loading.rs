//! What is served and what is refused, with the reason its author needs.

use rak_core::CodeTier;
use rak_test_guests::{agent, agents, fixture};
use rak_wasm::{CompileCache, EngineSettings, Limits, LoadError, Loader, WasmEngine, inspect};

use crate::support::{app, engine, loader};

async fn refusal(bytes: impl Into<Vec<u8>>) -> String {
    match loader().load_bytes(&app("x"), bytes.into()).await {
        Ok(_) => panic!("it should be refused"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn what_is_not_an_agent_is_refused_with_the_reason() {
    let random: Vec<u8> = (1..=250).cycle().take(1000).collect();
    assert!(refusal(random).await.contains("not WebAssembly"));
    assert!(refusal([]).await.contains("not WebAssembly"));
    let core = wat::parse_str("(module)").expect("a module");
    assert!(refusal(core).await.contains("core module, not a component"));
    let empty = wat::parse_str("(component)").expect("a component");
    assert!(refusal(empty).await.contains("exports no rak:agent/entry"));
    let echo = agents::ECHO.bytes().expect("the component");
    for cut in [9, 100, echo.len() / 2, echo.len() - 1] {
        let text = refusal(&echo[..cut]).await;
        assert!(text.contains("not a valid component") || text.contains("exports no"), "{cut}: {text}");
    }
}

#[tokio::test]
async fn an_import_that_is_not_offered_is_named() {
    let other = wat::parse_str(
        r#"(component
            (import "other:world/thing@1.0.0" (instance $thing (export "f" (func))))
            (component $empty)
            (instance $entry (instantiate $empty))
            (export "rak:agent/entry@0.1.5" (instance $entry)))"#,
    )
    .expect("a component");
    let text = refusal(other).await;
    assert!(text.contains("cannot be linked") && text.contains("other:world/thing"), "{text}");
}

#[tokio::test]
async fn an_entry_of_another_shape_is_refused() {
    let hollow = wat::parse_str(
        r#"(component
            (component $empty)
            (instance $entry (instantiate $empty))
            (export "rak:agent/entry@0.1.5" (instance $entry)))"#,
    )
    .expect("a component");
    assert!(refusal(hollow).await.contains("cannot be linked"));
}

#[tokio::test]
pub(crate) async fn describe_traps() {
    let bytes = std::fs::read(fixture("describe_traps")).expect("the component");
    assert!(refusal(bytes).await.contains("describe function failed"));
}

#[tokio::test]
pub(crate) async fn describe_loops() {
    let bytes = std::fs::read(fixture("describe_loops")).expect("the component");
    let text = refusal(bytes).await;
    assert!(text.contains("describe function failed") && text.contains("processor time"), "{text}");
}

#[tokio::test]
async fn a_component_that_needs_more_than_it_may_have_is_refused() {
    let loader = Loader::new(engine(), None, Limits { memory_bytes: 64 << 10, ..Limits::default() });
    let error = loader.load_file(&app("echo"), agent("echo")).await.err().expect("a refusal");
    assert!(matches!(error, LoadError::TooHungry { what: "memory_bytes", .. }), "{error}");
}

#[tokio::test]
async fn a_component_is_compiled_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = CompileCache::open(folder.path()).expect("a cache");
    let loader = Loader::new(engine(), Some(cache), Limits::default());
    let first = loader.load_file(&app("echo"), agent("echo")).await.expect("it loads");
    let second = loader.load_file(&app("echo"), agent("echo")).await.expect("it loads");
    assert!(!first.facts.cached && second.facts.cached);
    assert_eq!(first.digest, second.digest);
    for entry in std::fs::read_dir(folder.path()).expect("the cache") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        std::fs::write(&path, &bytes[..bytes.len() / 2]).expect("a file");
    }
    let third = loader.load_file(&app("echo"), agent("echo")).await.expect("it loads");
    assert!(!third.facts.cached, "a damaged file is not trusted");
}

#[tokio::test]
async fn quick_code_is_there_first_and_gives_way_to_optimized_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = CompileCache::open(folder.path()).expect("a cache");
    let loader = Loader::new(engine(), Some(cache), Limits::default());
    let bytes = agents::ECHO.bytes().expect("the component");
    let soon = loader.load_soon(&app("echo"), bytes.clone()).await.expect("it loads");
    assert_eq!(soon.code.tier, CodeTier::Baseline);
    let cached = loader.cached_code(&soon.digest, &soon.facts).await.expect("it is in the cache");
    assert_eq!(cached.tier, CodeTier::Baseline);
    assert!(loader.optimize(bytes.clone(), &soon.facts, || false).await.expect("no error").is_none());
    let better = loader.optimize(bytes.clone(), &soon.facts, || true).await.expect("it compiles");
    assert_eq!(better.expect("it is wanted").tier, CodeTier::Optimized);
    let cached = loader.cached_code(&soon.digest, &soon.facts).await.expect("it is in the cache");
    assert_eq!(cached.tier, CodeTier::Optimized);
    let again = loader.load_soon(&app("echo"), bytes).await.expect("it loads");
    assert_eq!((again.code.tier, again.facts.cached), (CodeTier::Optimized, true));
    loader.forget(&soon.digest).await;
    assert!(loader.cached_code(&soon.digest, &soon.facts).await.is_none());
}

#[tokio::test]
async fn an_engine_can_do_without_the_baseline_compiler() {
    let settings = EngineSettings { pooling: false, baseline: false, ..EngineSettings::default() };
    let loader = Loader::new(WasmEngine::new(settings).expect("an engine"), None, Limits::default());
    let bytes = agents::ECHO.bytes().expect("the component");
    let loaded = loader.load_soon(&app("echo"), bytes).await.expect("it loads");
    assert_eq!(loaded.code.tier, CodeTier::Optimized);
}

#[tokio::test]
async fn an_inspection_tells_what_is_in_a_file_that_does_not_load() {
    let found = inspect(&loader(), &app("echo"), agent("echo")).await.expect("a file");
    assert!(found.problem.is_none());
    assert!(found.facts.expect("facts").exports.iter().any(|export| export.starts_with("rak:agent/entry")));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.wasm");
    std::fs::write(&path, wat::parse_str("(component)").expect("a component")).expect("a file");
    let found = inspect(&loader(), &app("x"), &path).await.expect("a file");
    assert!(found.problem.expect("a problem").contains("exports no"));
    assert!(found.facts.is_some());
    assert!(inspect(&loader(), &app("x"), &folder.path().join("none.wasm")).await.is_err());
}

#[tokio::test]
async fn an_engine_without_a_pool_runs_the_same() {
    let engine =
        WasmEngine::new(EngineSettings { pooling: false, ..EngineSettings::default() }).expect("an engine");
    assert!(!engine.is_pooling());
    let loader = Loader::new(engine, None, Limits::default());
    let loaded = loader.load_file(&app("echo"), agent("echo")).await.expect("it loads");
    assert_eq!(loaded.descriptor.name, "echo");
}

#[test]
fn a_pool_that_the_address_space_cannot_hold_is_done_without() {
    // 47 bits of address space hold no pool of a million guests.
    let settings = EngineSettings { max_guests: 1_000_000, ..EngineSettings::default() };
    let engine = WasmEngine::new(settings).expect("an engine");
    assert!(!engine.is_pooling());
}
