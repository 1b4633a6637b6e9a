//! Which version of its agent a run gets while versions come and go.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use rak_core::time::UnixMillis;
use rak_core::{
    Agent, AgentInfo, AgentRegistry, AgentSource, AppName, IfBusy, InvocationStatus, Refusal, RunConfig,
    RunError, SessionService as _, VersionState,
};
use rak_runner::{Runner, StartedRun};
use rak_session::MemoryStore;
use serde_json::json;

use crate::support::{FailingStore, Puppet, Step, TestRunner, collect, done, history, key, say};

/// The versions of one agent, as the test puts them there.
#[derive(Default)]
struct Versions {
    current: Mutex<Option<Arc<Puppet>>>,
    kept: Mutex<Vec<Arc<Puppet>>>,
}

impl Versions {
    /// Makes a version the current one; the one before it is kept.
    fn deploy(&self, agent: &Arc<Puppet>) {
        let before = self.current.lock().unwrap().replace(agent.clone());
        self.kept.lock().unwrap().extend(before);
    }

    fn forget_kept(&self) {
        self.kept.lock().unwrap().clear();
    }

    fn remove(&self) {
        *self.current.lock().unwrap() = None;
        self.forget_kept();
    }
}

#[async_trait]
impl AgentRegistry for Versions {
    fn get(&self, _name: &AppName) -> Option<Arc<dyn Agent>> {
        self.current.lock().unwrap().clone().map(|agent| agent as Arc<dyn Agent>)
    }

    async fn version(&self, _name: &AppName, version: &str) -> Option<Arc<dyn Agent>> {
        let kept = self.kept.lock().unwrap().iter().find(|agent| agent.version() == version).cloned();
        kept.map(|agent| agent as Arc<dyn Agent>)
    }

    fn list(&self) -> Vec<AgentInfo> {
        let current = self.current.lock().unwrap();
        current.iter().map(|agent| AgentInfo::ready(agent.name().clone())).collect()
    }
}

/// A runner with the version `v1` of the puppet, and where others are put.
fn start() -> (TestRunner, Arc<Versions>) {
    let versions = Arc::new(Versions::default());
    let test = TestRunner::build(MemoryStore::new(), |builder, agent| {
        versions.deploy(&agent);
        builder.agents(versions.clone())
    });
    (test, versions)
}

/// Lets a run end at once; gives the version that is kept with it.
async fn finish(test: &TestRunner, run: StartedRun) -> String {
    test.step(done()).await;
    let last = collect(run.events).await.pop().unwrap();
    assert_eq!(last.error_code, None);
    test.runner.invocation(run.invocation_id).await.unwrap().unwrap().agent_version
}

async fn run(test: &TestRunner, session: &str) -> String {
    let run = test.start(session).await;
    finish(test, run).await
}

async fn pinned(test: &TestRunner, session: &str) -> Option<String> {
    test.store.get(&key(session)).await.unwrap().unwrap().agent_version
}

async fn pin(test: &TestRunner, session: &str, version: Option<&str>) {
    test.store.pin(&key(session), version.map(str::to_owned)).await.unwrap().unwrap();
}

fn queued() -> RunConfig {
    RunConfig { if_busy: IfBusy::Queue, ..RunConfig::default() }
}

#[tokio::test]
async fn a_run_takes_the_current_version_and_keeps_it() {
    let (test, versions) = start();
    let second = test.agent.with_version("v2", false);
    let running = test.start("s").await;
    test.step(say("half")).await;
    versions.deploy(&second);
    assert_eq!(finish(&test, running).await, "v1");
    assert_eq!(run(&test, "s").await, "v2");
    assert_eq!(pinned(&test, "s").await, None);
    let runs = [&test.agent, &second].map(|agent| agent.runs.load(Ordering::SeqCst));
    assert_eq!(runs, [1, 1]);
}

#[tokio::test]
async fn a_pinned_session_keeps_its_version_until_it_lets_go() {
    let (test, versions) = start();
    run(&test, "s").await;
    pin(&test, "s", Some("v1")).await;
    let second = test.agent.with_version("v2", false);
    versions.deploy(&second);
    assert_eq!(run(&test, "s").await, "v1");
    assert_eq!(run(&test, "other").await, "v2");
    // The current version may be the one.
    pin(&test, "s", Some("v2")).await;
    versions.forget_kept();
    assert_eq!(run(&test, "s").await, "v2");
    pin(&test, "s", None).await;
    versions.deploy(&test.agent.with_version("v3", false));
    assert_eq!(run(&test, "s").await, "v3");
}

#[tokio::test]
async fn an_agent_may_keep_its_sessions_on_the_version_that_began_them() {
    let (test, versions) = start();
    versions.deploy(&test.agent.with_version("v2", true));
    assert_eq!(run(&test, "s").await, "v2");
    assert_eq!(pinned(&test, "s").await.as_deref(), Some("v2"));
    versions.deploy(&test.agent.with_version("v3", true));
    assert_eq!(run(&test, "s").await, "v2");
    assert_eq!(run(&test, "new").await, "v3");
    assert_eq!(pinned(&test, "new").await.as_deref(), Some("v3"));
    assert_eq!(pinned(&test, "s").await.as_deref(), Some("v2"));
}

#[tokio::test]
async fn a_version_that_is_gone_is_said_and_nothing_is_stored() {
    let (test, versions) = start();
    run(&test, "s").await;
    pin(&test, "s", Some("v1")).await;
    versions.deploy(&test.agent.with_version("v2", false));
    versions.forget_kept();
    let before = history(test.store.as_ref(), "s").await;
    for _ in 0..2 {
        let refused = test.try_start("s", RunConfig::default()).await.err().unwrap();
        let expected = RunError::VersionGone { name: "puppet".parse().unwrap(), version: "v1".into() };
        assert_eq!(refused, expected);
    }
    assert_eq!(history(test.store.as_ref(), "s").await, before);
    pin(&test, "s", None).await;
    assert_eq!(run(&test, "s").await, "v2");
}

#[tokio::test]
async fn a_run_that_waits_chooses_when_its_turn_comes() {
    let (test, versions) = start();
    let first = test.start("s").await;
    let second = test.try_start("s", queued()).await.ok().unwrap();
    let record = test.runner.invocation(second.invocation_id).await.unwrap().unwrap();
    assert_eq!((record.status, record.agent_version.as_str()), (InvocationStatus::Queued, "v1"));
    versions.deploy(&test.agent.with_version("v2", true));
    assert_eq!(finish(&test, first).await, "v1");
    assert_eq!(finish(&test, second).await, "v2");
    assert_eq!(pinned(&test, "s").await.as_deref(), Some("v2"));
}

#[tokio::test]
async fn a_session_that_is_pinned_meanwhile_holds_those_that_wait() {
    let (test, versions) = start();
    let first = test.start("s").await;
    versions.deploy(&test.agent.with_version("v2", true));
    let second = test.try_start("s", queued()).await.ok().unwrap();
    pin(&test, "s", Some("v1")).await;
    finish(&test, first).await;
    assert_eq!(finish(&test, second).await, "v1");
}

#[tokio::test]
async fn a_run_that_waits_ends_where_its_version_is_gone() {
    let (test, versions) = start();
    let first = test.start("s").await;
    let second = test.try_start("s", queued()).await.ok().unwrap();
    pin(&test, "s", Some("v0")).await;
    finish(&test, first).await;
    let last = collect(second.events).await.pop().unwrap();
    assert_eq!((last.error_code.as_deref(), last.turn_complete), (Some("version_gone"), true));
    pin(&test, "s", None).await;
    versions.deploy(&test.agent.with_version("v2", false));
    assert_eq!(run(&test, "s").await, "v2");
}

#[tokio::test]
async fn an_agent_that_was_taken_away_serves_whom_it_had_let_in() {
    let (test, versions) = start();
    let first = test.start("s").await;
    let second = test.try_start("s", queued()).await.ok().unwrap();
    versions.remove();
    let refused = test.try_start("t", RunConfig::default()).await.err();
    assert!(matches!(refused, Some(RunError::AgentNotFound { .. })), "{refused:?}");
    assert_eq!(finish(&test, first).await, "v1");
    assert_eq!(finish(&test, second).await, "v1");
}

#[tokio::test]
async fn a_run_sees_the_state_that_was_stored_before_its_turn() {
    let (test, _) = start();
    let first = test.start("s").await;
    let second = test.try_start("s", queued()).await.ok().unwrap();
    test.step(Step::Set("a", json!(1))).await;
    finish(&test, first).await;
    test.step(Step::Expect("a", json!(1))).await;
    test.step(Step::Set("a", json!(2))).await;
    finish(&test, second).await;
    let third = test.start("s").await;
    test.step(Step::Expect("a", json!(2))).await;
    finish(&test, third).await;
}

#[tokio::test]
async fn a_run_that_begins_at_once_reads_its_session_once_and_once_more_where_it_made_it() {
    let test = TestRunner::with_store(FailingStore::after(usize::MAX));
    for reads in [2, 3] {
        let run = test.start("s").await;
        test.step(done()).await;
        collect(run.events).await;
        assert_eq!(test.store.reads.load(Ordering::SeqCst), reads);
    }
}

/// A registry whose only agent could not be loaded.
struct Broken;

impl AgentRegistry for Broken {
    fn get(&self, _name: &AppName) -> Option<Arc<dyn Agent>> {
        None
    }

    fn list(&self) -> Vec<AgentInfo> {
        let refusal = Refusal { reason: "it is no component".into(), at: UnixMillis(1), digest: None };
        vec![AgentInfo::refused("puppet".parse().unwrap(), refusal)]
    }
}

#[tokio::test]
async fn an_agent_that_could_not_be_loaded_is_told_from_one_that_is_not_there() {
    let test = TestRunner::build(MemoryStore::new(), |builder, _| builder.agents(Arc::new(Broken)));
    let refused = test.try_start("s", RunConfig::default()).await.err();
    let expected =
        RunError::AgentRefused { name: "puppet".parse().unwrap(), reason: "it is no component".into() };
    assert_eq!(refused, Some(expected));
    let absent = test.runner.agent(&"other".parse().unwrap()).err();
    assert_eq!(absent, Some(RunError::AgentNotFound { name: "other".parse().unwrap(), known: vec![] }));
}

#[tokio::test]
async fn agents_of_the_program_have_one_version() {
    let test = TestRunner::new();
    let store = test.store.clone();
    let runner = Runner::builder().agent(test.agent.clone()).session_service(store).build().unwrap();
    let agents = runner.agents();
    let info = agents.info(test.agent.name()).unwrap();
    assert_eq!(agents.list(), std::slice::from_ref(&info));
    let current = info.current.unwrap();
    assert_eq!((current.version.as_str(), current.number, current.bytes), ("v1", 1, 0));
    assert_eq!((current.state, current.source), (VersionState::Current, AgentSource::Upload));
    assert!(agents.version(test.agent.name(), "v1").await.is_some());
    assert!(agents.version(test.agent.name(), "v2").await.is_none());
    assert!(agents.deployments().is_none());
    assert_eq!(agents.info(&"other".parse().unwrap()), None);
}
