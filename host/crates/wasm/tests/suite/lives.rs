//! Hosts that come and go on the same store, each with a runtime of its own: what ends with a host ends with that.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use futures::StreamExt as _;
use rak_core::{
    AgentGrants, ArtifactLimits, Content, Decision, Event, HistoryQuery, InputKind, InputRequest,
    InvocationId, InvocationRecord, InvocationStatus, Part, Reply, Respond, RespondError, RunConfig,
    RunError, SessionKey, StateDelta,
};
use rak_runner::{RunRequest, Runner, RunnerSettings};
use rak_test_guests::fixture;
use rak_wasm::{AgentSettings, ComponentAgent, LoadedComponent};
use serde_json::{Value, json};

use crate::mortal_store::{Death, Disk, MortalStore};
use crate::support::{app, engine, loader};
use crate::world::{Minds, Tools, Web};

/// A test that waits for longer has failed; nothing is measured with it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// An agent that outlives the hosts, so that it is compiled once.
pub(crate) fn agent(path: &Path, settings: AgentSettings) -> Arc<ComponentAgent> {
    let name = path.file_stem().expect("a file").to_string_lossy();
    Arc::new(ComponentAgent::new(&engine(), app(&name), loaded(path), settings))
}

fn loaded(path: &Path) -> LoadedComponent {
    let name = app(&path.file_stem().expect("a file").to_string_lossy());
    let bytes = std::fs::read(path).expect("the component");
    let loading = {
        let name = name.clone();
        // Tests that have a runtime already cannot wait in another one.
        std::thread::spawn(move || runtime().block_on(loader().load_bytes(&name, bytes)))
    };
    loading.join().expect("it is loaded").expect("the agent is ready")
}

/// The program, under three names: `program`, `first` and `second`, which may do everything.
static PROGRAMS: LazyLock<[Arc<ComponentAgent>; 3]> = LazyLock::new(|| {
    let loaded = loaded(fixture("program"));
    ["program", "first", "second"].map(|name| {
        let config = [("greeting".to_owned(), json!("hi"))].into_iter().collect();
        let grants = AgentGrants {
            agents: vec!["first".into(), "second".into(), "program".into(), "nobody".into()],
            tools: vec!["*".into()],
            models: vec!["*".into()],
            http: vec!["world.example".parse().expect("a place")],
            credentials: vec!["key".into()],
            ..AgentGrants::default()
        };
        let settings = AgentSettings { config, grants, ..AgentSettings::default() };
        Arc::new(ComponentAgent::new(&engine(), app(name), loaded.clone(), settings))
    })
});

/// Whom the program may call.
fn others() -> &'static [Arc<ComponentAgent>] {
    &PROGRAMS[1..]
}

/// The fixture that does what its input says.
pub(crate) fn program() -> Arc<ComponentAgent> {
    PROGRAMS[0].clone()
}

pub(crate) fn session(agent: &ComponentAgent, id: &str) -> SessionKey {
    SessionKey {
        app_name: rak_core::Agent::name(agent).clone(),
        user_id: "ann".parse().expect("an id"),
        session_id: id.parse().expect("an id"),
    }
}

pub(crate) fn request(agent: &ComponentAgent, input: &str, config: RunConfig) -> RunRequest {
    RunRequest {
        invocation_id: InvocationId::new(),
        session: session(agent, "s"),
        message: Content::new_user_text(input),
        config,
        cancel_token: None,
    }
}

/// A host on a store.
pub(crate) fn host(agent: &Arc<ComponentAgent>, store: Arc<MortalStore>, settings: RunnerSettings) -> Runner {
    // The fixture calls itself under other names.
    let others = others();
    Runner::builder()
        .agent(agent.clone())
        .agent(others[0].clone())
        .agent(others[1].clone())
        .toolbox(Arc::new(Tools(store.world())))
        .models(Arc::new(Minds(store.world())))
        .http(Arc::new(Web(store.world())))
        .artifacts(store.clone(), ArtifactLimits::default())
        .session_service(store)
        .settings(settings)
        .build()
        .expect("a runner")
}

/// Waits until the stored record is so.
pub(crate) async fn until(
    runner: &Runner,
    id: InvocationId,
    is_so: impl Fn(&InvocationRecord) -> bool,
) -> InvocationRecord {
    let waiting = async {
        loop {
            let record = runner.invocation(id).await.expect("the store");
            match record {
                Some(record) if is_so(&record) => return record,
                _ => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        }
    };
    let come = tokio::time::timeout(PATIENCE, waiting).await;
    match come {
        Ok(record) => record,
        Err(late) => panic!("{late}: {:?}", runner.invocation(id).await),
    }
}

pub(crate) fn has_status(status: InvocationStatus) -> impl Fn(&InvocationRecord) -> bool {
    move |record| record.status == status
}

/// One invocation in all its hosts, and who listens to it.
pub(crate) struct Trial {
    pub(crate) disk: Disk,
    agent: Arc<ComponentAgent>,
    pub(crate) settings: RunnerSettings,
    request: RunRequest,
    /// What its client saw, over all hosts.
    pub(crate) seen: Vec<Event>,
    pub(crate) lives: u32,
    /// Its client pauses it, and lets it go on, when it has seen one of these numbers.
    pub(crate) pauses: Vec<u64>,
    /// What its client was asked, and does not know to be answered.
    open: Vec<InputRequest>,
}

/// How a host ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// As was said.
    Died,
    /// The run was over before; with how many writes.
    Over(usize),
    /// Nothing of the invocation was stored.
    Unknown,
}

impl Trial {
    pub(crate) fn new(disk: Disk, agent: Arc<ComponentAgent>, input: &str) -> Self {
        let request = request(&agent, input, RunConfig::default());
        let settings = RunnerSettings::default();
        let (seen, pauses, open) = (Vec::new(), Vec::new(), Vec::new());
        Self { disk, agent, settings, request, seen, lives: 0, pauses, open }
    }

    /// What was said in the session before.
    pub(crate) fn after(self, earlier: &str) -> Self {
        let mut before = Self::new(self.disk.clone(), self.agent.clone(), earlier);
        assert!(matches!(before.live(None), Fate::Over(_)));
        self
    }

    pub(crate) fn id(&self) -> InvocationId {
        self.request.invocation_id
    }

    /// The number of the newest stored event that the client saw.
    fn last_seen(&self) -> u64 {
        self.seen.iter().filter_map(|event| event.seq).max().unwrap_or(0)
    }

    /// One host, until it dies or the run is over. The first one is asked for the run, the others find it.
    pub(crate) fn live(&mut self, death: Option<Death>) -> Fate {
        self.lives += 1;
        let runtime = runtime();
        let store = Arc::new(MortalStore::new(self.disk.clone(), death));
        runtime.block_on(async {
            let runner = host(&self.agent, store.clone(), self.settings.clone());
            let life = async {
                let events = if self.lives == 1 {
                    runner.start(self.request.clone()).await.expect("it starts").events
                } else {
                    runner.recover().await.expect("the store");
                    // Its client paused it, and means to let it go on.
                    if runner.invocation_tracker().status(self.id()) == Some(InvocationStatus::Paused) {
                        runner.resume(self.id()).await.expect("it goes on");
                    }
                    let after = self.last_seen();
                    match runner.listen(self.id(), after).await {
                        Ok(events) => events,
                        Err(_) => return Fate::Unknown,
                    }
                };
                self.answer(&runner).await;
                self.listen(&runner, events).await;
                Fate::Over(store.writes())
            };
            let life = tokio::time::timeout(PATIENCE, life);
            tokio::select! {
                biased;
                () = store.died() => Fate::Died,
                fate = life => fate.expect("the run ends"),
            }
        })
    }

    async fn listen(&mut self, runner: &Runner, mut events: rak_core::EventStream) {
        let id = self.id();
        while let Some(event) = events.next().await {
            let event = event.expect("an event");
            self.seen.push(Event::clone(&event.event));
            self.open.extend(event.input_required.clone());
            self.answer(runner).await;
            if let Some(seq) = event.seq.filter(|seq| self.pauses.contains(seq)) {
                self.pauses.retain(|pause| *pause != seq);
                // It may be over meanwhile.
                if runner.pause(id).await.is_ok() {
                    until(runner, id, |record| {
                        record.status == InvocationStatus::Paused || record.status.is_terminal()
                    })
                    .await;
                    let _ = runner.resume(id).await;
                }
            }
        }
    }

    /// Answers what it was asked; again, where the host died before it said that it has the answer, or could not store it.
    async fn answer(&mut self, runner: &Runner) {
        while let Some(request) = self.open.last() {
            let request_id = request.request_id.clone();
            let reply = match request.kind {
                InputKind::Approve => {
                    let edited = request.details.clone();
                    let decision = Decision { approved: true, reason: Some("because".into()), edited };
                    Reply::Decision { request_id, decision }
                }
                InputKind::Ask => Reply::Answer { request_id, answer: json!(7) },
                InputKind::Message => {
                    let content = Content::new_user_text(format!("an answer to {request_id}"));
                    Reply::Message { request_id: Some(request_id), content }
                }
            };
            let respond = Respond { reply, by: Some("ann".into()), user_id: None };
            match runner.respond(self.id(), respond).await {
                Err(RespondError::Run(RunError::Store(_))) => tokio::task::yield_now().await,
                taken => {
                    taken.expect("the answer is taken");
                    self.open.pop();
                }
            }
        }
    }

    /// What is left when it is over.
    pub(crate) fn result(&self) -> Outcome {
        runtime().block_on(async {
            let record =
                self.disk.log.invocation(self.id()).await.expect("the store").expect("the invocation");
            let stored = self.disk.log.read(self.id(), 0, 10_000).await.expect("the store");
            let key = &self.request.session;
            let session = self.disk.sessions.get(key).await.expect("the store").expect("the session");
            let query = HistoryQuery::After { position: 0, limit: 10_000 };
            let history = self.disk.sessions.history(key, query).await.expect("the store");
            Outcome {
                record,
                events: stored.iter().map(|event| Event::clone(&event.event)).collect(),
                state: session.state,
                history: history.entries.iter().map(|entry| Event::clone(&entry.event.event)).collect(),
            }
        })
    }
}

/// What an invocation left behind.
pub(crate) struct Outcome {
    pub(crate) record: InvocationRecord,
    pub(crate) events: Vec<Event>,
    pub(crate) state: StateDelta,
    pub(crate) history: Vec<Event>,
}

pub(crate) fn text(event: &Event) -> String {
    event.content.as_ref().map(Content::text).unwrap_or_default()
}

/// What the program had seen when it emitted this.
fn saw(event: &Event) -> Option<Vec<Value>> {
    match (&event.custom, &event.content) {
        (Some(custom), None) => serde_json::from_value(custom.value.clone()).ok(),
        (_, Some(content)) => match &content.parts[..] {
            [Part::Text(text)] => serde_json::from_str(text).ok(),
            _ => None,
        },
        _ => None,
    }
}

/// Steps that may see something else in another run.
const OF_THE_MOMENT: [&str; 9] =
    ["tool_once", "wall", "monotonic", "random", "hash", "remaining", "attempt", "ready", "any"];

fn masked(saw: &[Value]) -> Vec<Value> {
    let moment = |entry: &Value| entry[0].as_str().is_some_and(|name| OF_THE_MOMENT.contains(&name));
    saw.iter().map(|entry| if moment(entry) { json!([entry[0]]) } else { entry.clone() }).collect()
}

/// The id of a question without that of the child that asks it, which is another one in each run.
fn own_id(request_id: &str) -> &str {
    request_id.rsplit('/').next().unwrap_or(request_id)
}

/// An event without what differs from run to run.
fn shape(event: &Event) -> Value {
    let saw = saw(event).map(|saw| masked(&saw));
    json!([
        event.seq,
        event.author,
        event.branch,
        saw,
        saw.is_none().then(|| text(event)),
        event.turn_complete,
        event.error_code,
        event.actions.state_delta,
        event.input_required.as_ref().map(|request| (own_id(&request.request_id), &request.prompt)),
        event
            .input_response
            .as_ref()
            .map(|response| { (own_id(&response.request_id), &response.answer, &response.by) }),
    ])
}

impl Outcome {
    /// What has to be the same, whatever happens to the hosts.
    fn essence(&self) -> Value {
        let shapes = |events: &[Event]| events.iter().map(shape).collect::<Vec<_>>();
        json!({
            "events": shapes(&self.events),
            "history": shapes(&self.history),
            "state": self.state,
            "status": self.record.status.as_str(),
            "reason": self.record.reason,
            "progress": self.record.progress.as_ref().map(|progress| (&progress.message, progress.done)),
            "events used": self.record.usage.events,
            "event bytes": self.record.usage.event_bytes > 0,
        })
    }

    /// Compares it with a run that nothing disturbed.
    pub(crate) fn is_like(&self, undisturbed: &Self, what: &str) {
        let (found, wanted) = (self.essence(), undisturbed.essence());
        for (name, wanted) in wanted.as_object().expect("an object") {
            assert_eq!(&found[name], wanted, "{what}: {name}");
        }
    }

    /// What every run keeps to by itself.
    pub(crate) fn is_sound(&self, what: &str) {
        let numbers: Vec<_> = self.events.iter().filter_map(|event| event.seq).collect();
        assert!(numbers.iter().copied().eq(1..=self.events.len() as u64), "{what}: {numbers:?}");
        let complete = self.events.iter().filter(|event| event.turn_complete).count();
        assert_eq!(complete, 1, "{what}: one terminal event");
        assert_eq!(self.record.waiting, None, "{what}");
        // What was seen once was seen for ever.
        let own = || self.events.iter().filter(|event| event.origin.is_none());
        let all = own().filter_map(saw).max_by_key(Vec::len).unwrap_or_default();
        for event in own() {
            if let Some(saw) = saw(event) {
                assert_eq!(saw[..], all[..saw.len()], "{what}: event {:?}", event.seq);
            }
        }
        times_are_right(&all, what);
    }
}

/// Clocks do not go back, attempts neither, and a sleep takes as long as was said, by the clock of the program.
fn times_are_right(all: &[Value], what: &str) {
    for name in ["wall", "monotonic", "attempt"] {
        let values: Vec<_> =
            all.iter().filter(|entry| entry[0] == name).filter_map(|entry| entry[1].as_u64()).collect();
        assert!(values.is_sorted(), "{what}: {name} {values:?}");
    }
    for window in all.windows(3) {
        let [before, sleep, after] = window else { continue };
        let slept = sleep[0] == "sleep" || sleep[0] == "std_sleep";
        if slept && before[0] == "wall" && after[0] == "wall" {
            let (before, after) = (before[1].as_u64().unwrap_or(0), after[1].as_u64().unwrap_or(0));
            assert!(after - before >= sleep[1].as_u64().unwrap_or(0) * 1000, "{what}: {window:?}");
        }
    }
}

impl Trial {
    /// What its client saw is what is stored, once and in order.
    pub(crate) fn client_saw(&self, outcome: &Outcome, what: &str) {
        let seen: Vec<_> = self.seen.iter().filter(|event| event.seq.is_some()).collect();
        assert!(seen.iter().copied().eq(&outcome.events), "{what}: {seen:?}");
    }
}
