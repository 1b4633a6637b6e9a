//! What a component costs: how long it takes to compile and to run afresh, and what a live instance holds.
//!
//! The numbers are written down beside the component; `cargo xtask languages --write` makes the README's table of them.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::future::join_all;
use rak_core::{
    Agent as _, AgentRun, AppName, Content, Emission, Failure, HistoryPage, InputRequest, InputResponse,
    InvocationId, InvocationInfo, Journal, JournalEntry, RunHost, SessionKey,
};
use rak_wasm::{AgentSettings, ComponentAgent, EngineSettings, Limits, Loader, WasmEngine};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Runs before anything is measured: caches fill, pages are there.
const WARM_UP: usize = 20;
const RUNS: usize = 200;
/// Instances that wait at the same time.
const LIVE: usize = 40;

/// Measures a component and writes the numbers beside it.
pub(super) async fn measure(path: &Path, component: Vec<u8>) {
    let settings = EngineSettings { max_guests: 200, ..EngineSettings::default() };
    let engine = WasmEngine::new(settings).expect("the engine starts");
    let loader = Loader::new(engine.clone(), None, Limits::default());
    let name = AppName::new("conformance").expect("a name");
    let bytes = component.len();
    let began = Instant::now();
    loader.load_soon(&name, component.clone()).await.expect("it loads");
    let baseline = began.elapsed();
    let began = Instant::now();
    let loaded = loader.load_bytes(&name, component).await.expect("it loads");
    let optimized = began.elapsed();
    let agent = Arc::new(ComponentAgent::new(&engine, name, loaded, AgentSettings::default()));
    let fresh = fresh_run(&agent).await;
    let live = live_instance(&agent).await;
    let numbers = json!({
        "bytes": bytes, "baselineMs": milliseconds(baseline), "optimizedMs": milliseconds(optimized),
        "freshRunMicros": micros(fresh), "liveBytes": live,
    });
    std::fs::write(path.with_extension("json"), numbers.to_string()).expect("a file");
}

fn micros(time: Duration) -> u64 {
    time.as_micros().try_into().unwrap_or(u64::MAX)
}

fn milliseconds(time: Duration) -> u64 {
    time.as_millis().try_into().unwrap_or(u64::MAX)
}

/// The median of a run that streams twice and answers: a new store, a new instance.
async fn fresh_run(agent: &ComponentAgent) -> Duration {
    let mut times = Vec::with_capacity(RUNS);
    for turn in 0..WARM_UP + RUNS {
        let host = Quiet::new();
        let run = AgentRun { input: Content::new_user_text("echo two words"), host };
        let began = Instant::now();
        let (result, _) = agent.run(run).await;
        let time = began.elapsed();
        result.expect("it completes");
        if turn >= WARM_UP {
            times.push(time);
        }
    }
    times.sort_unstable();
    times[RUNS / 2]
}

/// What the process holds more, for each instance that waits.
async fn live_instance(agent: &Arc<ComponentAgent>) -> u64 {
    let before = private_bytes();
    let hosts: Vec<_> = (0..LIVE).map(|_| Quiet::new()).collect();
    let runs = hosts
        .iter()
        .map(|host| agent.run(AgentRun { input: Content::new_user_text("wait"), host: host.clone() }));
    let measured = async {
        for host in &hosts {
            host.emitted.acquire().await.expect("it is open").forget();
        }
        let held = private_bytes().saturating_sub(before);
        for host in &hosts {
            host.token.cancel();
        }
        held
    };
    let (_, held) = tokio::join!(join_all(runs), measured);
    held / LIVE as u64
}

/// What the process holds that it shares with nobody.
fn private_bytes() -> u64 {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let kibibytes = |line: &str| line.split_whitespace().nth(1)?.parse::<u64>().ok();
    let private = rollup.lines().filter(|line| line.starts_with("Private_"));
    private.filter_map(kibibytes).sum::<u64>() << 10
}

/// A host that keeps nothing.
struct Quiet {
    info: InvocationInfo,
    token: CancellationToken,
    put_away: CancellationToken,
    /// Has a permit for each call of `emit`.
    emitted: Semaphore,
}

impl Quiet {
    fn new() -> Arc<Self> {
        let session = SessionKey {
            app_name: AppName::new("conformance").expect("a name"),
            user_id: "user".parse().expect("an id"),
            session_id: "session".parse().expect("an id"),
        };
        let info = InvocationInfo {
            id: InvocationId::new(),
            session,
            agent_version: String::new(),
            attempt: 1,
            parent: None,
        };
        Arc::new(Self {
            info,
            token: CancellationToken::new(),
            put_away: CancellationToken::new(),
            emitted: Semaphore::new(0),
        })
    }
}

#[async_trait]
impl RunHost for Quiet {
    fn info(&self) -> &InvocationInfo {
        &self.info
    }

    fn token(&self) -> &CancellationToken {
        &self.token
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn put_away(&self) -> &CancellationToken {
        &self.put_away
    }

    fn journal(&self) -> Option<&Arc<Journal>> {
        None
    }

    fn longest_wait_in_memory(&self) -> Duration {
        Duration::MAX
    }

    async fn emit_recorded(
        &self,
        _emissions: Vec<Emission>,
        _entry: Option<JournalEntry>,
    ) -> Result<u64, Failure> {
        self.emitted.add_permits(1);
        Ok(0)
    }

    fn emitted_before(&self) {}

    async fn ask(&self, _request: InputRequest) -> Result<(), Failure> {
        Ok(())
    }

    async fn answer(&self, _request_id: &str) -> InputResponse {
        std::future::pending().await
    }

    async fn history(&self, _before: Option<u64>, _limit: usize) -> Result<HistoryPage, Failure> {
        Ok(HistoryPage { entries: Vec::new(), next: None })
    }

    fn state(&self, _key: &str) -> Result<Option<Value>, Failure> {
        Ok(None)
    }

    fn set_state(&self, _key: &str, _value: Value) -> Result<(), Failure> {
        Ok(())
    }

    fn state_keys(&self, _prefix: &str) -> Result<Vec<String>, Failure> {
        Ok(Vec::new())
    }
}
