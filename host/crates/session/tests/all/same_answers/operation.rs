//! The calls, and how their answers are written down.

use proptest::prelude::*;
use rak_core::{
    AgentQuota, Begin, Commit, EncodedEvent, Event, EventLog, HistoryPage, HistoryQuery, InvocationEnd,
    InvocationFilter, InvocationId, InvocationRecord, InvocationRest, InvocationStatus, InvocationStep,
    JournalChunk, NewSession, Quota, Quotas, Resume, Session, SessionFilter, SessionKey, SessionService,
    StateDelta, StoreError, Usage, Waiting,
    time::{UnixDay, UnixMillis},
};
use serde_json::{Value, json};

use crate::support::{commit, event, key};

/// A call, with small numbers for names: clashes are what matters.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Create {
        key: usize,
        state: StateDelta,
        version: Option<usize>,
    },
    Get {
        key: usize,
    },
    Find {
        session: usize,
    },
    List {
        app: Option<usize>,
        user: Option<usize>,
        limit: usize,
    },
    UpdateState {
        key: usize,
        state: StateDelta,
    },
    Pin {
        key: usize,
        version: Option<usize>,
    },
    PinnedVersions {
        app: usize,
    },
    Delete {
        key: usize,
    },
    Append {
        key: usize,
        state: StateDelta,
    },
    After {
        key: usize,
        position: u64,
        limit: usize,
    },
    Before {
        key: usize,
        position: Option<u64>,
        limit: usize,
    },
    Begin {
        run: usize,
        key: usize,
        status: InvocationStatus,
        message: bool,
        pin: bool,
        resume: Option<u64>,
        quotas: Quotas,
    },
    /// Events from the number `first`, and a chunk of this many entries from an index.
    Commit {
        run: usize,
        key: usize,
        first: u64,
        events: u64,
        state: StateDelta,
        at: i64,
        journal: Option<(u64, u64)>,
        step: Option<Step>,
    },
    Journal {
        run: usize,
    },
    Prune {
        before: i64,
        limit: usize,
    },
    Message {
        run: usize,
    },
    Read {
        run: usize,
        after: u64,
        limit: usize,
    },
    /// What was used on the first day.
    Used {
        user: usize,
        app: usize,
    },
    Invocation {
        run: usize,
    },
    Invocations {
        sessions: Vec<usize>,
        status: Option<InvocationStatus>,
        before: Option<usize>,
        limit: usize,
    },
}

/// A change in the life of a run.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) ends: bool,
    pub(crate) status: InvocationStatus,
    pub(crate) tokens: Option<u64>,
    pub(crate) waiting: bool,
    pub(crate) resume: Option<u64>,
}

impl Step {
    pub(crate) fn usage(&self) -> Option<Usage> {
        self.tokens.map(|input_tokens| Usage { input_tokens, ..Usage::default() })
    }

    pub(crate) fn waiting(&self) -> Option<Waiting> {
        self.waiting.then(|| Waiting { until: None, requests: vec!["q".into()], invocations: Vec::new() })
    }

    fn step(&self) -> InvocationStep {
        let (status, reason, usage) = (self.status, Some("step".to_owned()), self.usage());
        if self.ends {
            let usage = usage.unwrap_or_default();
            return InvocationStep::Ends(InvocationEnd { status, reason, progress: None, usage });
        }
        let (waiting, resume) = (self.waiting(), self.resume.map(resume));
        InvocationStep::Rests(InvocationRest { status, reason, waiting, progress: None, usage, resume })
    }
}

pub(crate) fn resume(ran_ms: u64) -> Resume {
    Resume { ran_ms, ..Resume::default() }
}

/// What the numbers stand for.
pub(crate) struct Fixed {
    pub(crate) keys: Vec<SessionKey>,
    pub(crate) runs: Vec<InvocationId>,
}

pub(crate) const NAMES: [&str; 2] = ["a", "b"];
/// Of agents; a run has the one at its number, so some runs share one.
pub(crate) const VERSIONS: [&str; 3] = ["", "v", "w"];
const KEYS: usize = 8;
const RUNS: usize = 4;

impl Fixed {
    pub(crate) fn new() -> Self {
        let keys = (0..KEYS).map(|n| key(NAMES[n / 4], NAMES[n / 2 % 2], NAMES[n % 2])).collect();
        Self { keys, runs: (0..RUNS).map(|_| InvocationId::new()).collect() }
    }

    pub(crate) fn record(
        &self,
        run: usize,
        key: usize,
        status: InvocationStatus,
        ran_ms: Option<u64>,
    ) -> InvocationRecord {
        InvocationRecord {
            id: self.runs[run],
            session: self.keys[key].clone(),
            agent_version: VERSIONS[run % VERSIONS.len()].to_owned(),
            status,
            reason: None,
            attempt: 1,
            started_at: UnixMillis(1),
            ended_at: status.is_terminal().then_some(UnixMillis(2)),
            progress: None,
            usage: Usage::default(),
            waiting: None,
            resume: ran_ms.map(resume),
            parent: None,
        }
    }
}

fn state() -> impl Strategy<Value = StateDelta> {
    let keys = prop::sample::select(vec!["k", "l", "user:k", "app:k", "temp:k"]).prop_map(str::to_owned);
    let values =
        prop_oneof![Just(Value::Null), (0..4).prop_map(|n| json!(n)), ".{0,3}".prop_map(Value::from)];
    prop::collection::btree_map(keys, values, 0..3)
}

fn status() -> impl Strategy<Value = InvocationStatus> {
    prop::sample::select(InvocationStatus::ALL.to_vec())
}

/// Mostly one that fits its status.
fn step() -> impl Strategy<Value = Step> {
    let resume = prop::option::of(0..3_u64);
    (status(), prop::bool::weighted(0.1), prop::option::of(0..3_u64), any::<bool>(), resume).prop_map(
        |(status, wrong, tokens, waiting, resume)| {
            let ends = status.is_terminal() != wrong;
            Step { ends, status, tokens, waiting, resume }
        },
    )
}

/// Mostly none, so that something begins.
fn quotas() -> impl Strategy<Value = Quotas> {
    let limit = || prop::option::weighted(0.3, 0..6_u64);
    (limit(), limit()).prop_map(|(user, agent)| Quotas {
        user: Quota { model_tokens: user, ..Quota::default() },
        agent: AgentQuota { model_tokens: agent },
    })
}

/// Mostly the session that the run belongs to.
fn run_and_key() -> impl Strategy<Value = (usize, usize)> {
    (0..RUNS).prop_flat_map(|run| (Just(run), prop_oneof![4 => Just(run % KEYS), 1 => 0..KEYS]))
}

pub(crate) fn operation() -> impl Strategy<Value = Operation> {
    use Operation as O;
    let limit = 0..5_usize;
    let name = || prop::option::of(0..NAMES.len());
    let step = prop::option::weighted(0.4, step());
    let journal = prop::option::of((0..4_u64, 0..3_u64));
    let events = (0..4_u64, 0..3_u64);
    let version = || prop::option::of(0..VERSIONS.len());
    prop_oneof![
        2 => (0..KEYS, state(), version())
            .prop_map(|(key, state, version)| O::Create { key, state, version }),
        2 => (0..KEYS).prop_map(|key| O::Get { key }),
        1 => (0..NAMES.len()).prop_map(|session| O::Find { session }),
        2 => (name(), name(), limit.clone()).prop_map(|(app, user, limit)| O::List { app, user, limit }),
        3 => (0..KEYS, state()).prop_map(|(key, state)| O::UpdateState { key, state }),
        2 => (0..KEYS, version()).prop_map(|(key, version)| O::Pin { key, version }),
        1 => (0..NAMES.len()).prop_map(|app| O::PinnedVersions { app }),
        1 => (0..KEYS).prop_map(|key| O::Delete { key }),
        2 => (0..KEYS, state()).prop_map(|(key, state)| O::Append { key, state }),
        2 => (0..KEYS, 0..9_u64, limit.clone())
            .prop_map(|(key, position, limit)| O::After { key, position, limit }),
        2 => (0..KEYS, prop::option::of(0..9_u64), limit.clone())
            .prop_map(|(key, position, limit)| O::Before { key, position, limit }),
        4 => (run_and_key(), status(), any::<(bool, bool)>(), prop::option::of(0..3_u64), quotas()).prop_map(
            |((run, key), status, (message, pin), resume, quotas)| {
                O::Begin { run, key, status, message, pin, resume, quotas }
            }
        ),
        12 => (run_and_key(), events, state(), 0..4_i64, journal, step).prop_map(
            |((run, key), (first, events), state, at, journal, step)| {
                O::Commit { run, key, first, events, state, at, journal, step }
            }
        ),
        2 => (0..RUNS).prop_map(|run| O::Journal { run }),
        2 => (0..6_i64, 0..3_usize).prop_map(|(before, limit)| O::Prune { before, limit }),
        2 => (0..RUNS).prop_map(|run| O::Message { run }),
        2 => (0..RUNS, 0..4_u64, limit.clone()).prop_map(|(run, after, limit)| O::Read { run, after, limit }),
        4 => (0..NAMES.len(), 0..NAMES.len()).prop_map(|(user, app)| O::Used { user, app }),
        2 => (0..RUNS).prop_map(|run| O::Invocation { run }),
        2 => (prop::collection::vec(0..KEYS, 0..3), prop::option::of(status()), prop::option::of(0..RUNS), limit)
            .prop_map(|(sessions, status, before, limit)| O::Invocations { sessions, status, before, limit }),
    ]
}

pub(crate) fn chunk(first: u64, count: u64) -> JournalChunk {
    JournalChunk { first, count, entries: format!("[{first}, {count}]") }
}

/// The texts of events say where they come from: ids of events differ.
pub(crate) fn said(run: InvocationId, seq: u64) -> String {
    format!("{run} {seq}")
}

pub(crate) fn show_session(key: &SessionKey, state: &StateDelta, version: Option<&str>) -> String {
    format!("{key} {state:?} {version:?}")
}

pub(crate) fn version(number: Option<usize>) -> Option<String> {
    number.map(|number| VERSIONS[number].to_owned())
}

fn show(session: &Session) -> String {
    assert!(session.created_at <= session.updated_at);
    show_session(&session.key, &session.state, session.agent_version.as_deref())
}

fn text(event: &Event) -> String {
    let parts = event.content.iter().flat_map(|content| &content.parts);
    parts.filter_map(|part| part.as_text()).collect()
}

fn show_history(page: &HistoryPage) -> String {
    let entries: Vec<_> = page.entries.iter().map(|entry| (entry.position, text(&entry.event))).collect();
    format!("{entries:?} {:?}", page.next)
}

impl Operation {
    pub(crate) async fn on_store<S>(&self, store: &S, fixed: &Fixed) -> Result<String, StoreError>
    where
        S: SessionService + EventLog,
    {
        let key = |key: usize| &fixed.keys[key];
        Ok(match self.clone() {
            Self::Create { key: k, state, version: v } => {
                let new = NewSession { key: key(k).clone(), state, agent_version: version(v) };
                show(&store.create(new).await?)
            }
            Self::Get { key: k } => format!("{:?}", store.get(key(k)).await?.as_ref().map(show)),
            Self::Find { session } => format!("{:?}", store.find(&NAMES[session].parse().unwrap()).await?),
            Self::List { app, user, limit } => list(store, app, user, limit).await?,
            Self::UpdateState { key: k, state } => {
                format!("{:?}", store.update_state(key(k), state).await?.as_ref().map(show))
            }
            Self::Pin { key: k, version: v } => {
                format!("{:?}", store.pin(key(k), version(v)).await?.as_ref().map(show))
            }
            Self::PinnedVersions { app } => {
                format!("{:?}", store.pinned_versions(&NAMES[app].parse().unwrap()).await?)
            }
            Self::Delete { key: k } => store.delete(key(k)).await?.to_string(),
            Self::Append { key: k, state } => {
                let mut outside = Event::clone(&event(fixed.runs[0], 0, "outside").event);
                outside.actions.state_delta = state;
                store.append_event(key(k), EncodedEvent::new(outside).unwrap()).await?.to_string()
            }
            Self::After { key: k, position, limit } => {
                show_history(&store.history(key(k), HistoryQuery::After { position, limit }).await?)
            }
            Self::Before { key: k, position, limit } => {
                show_history(&store.history(key(k), HistoryQuery::Before { position, limit }).await?)
            }
            Self::Begin { run, key, status, message, pin, resume, quotas } => {
                let id = fixed.runs[run];
                let message = message.then(|| event(id, 0, &said(id, 0)));
                let record = fixed.record(run, key, status, resume);
                store.begin(Begin { record, message, pin, start_key: None, quotas }).await?.to_string()
            }
            Self::Commit { run, key: k, first, events, state, at, journal, step } => {
                let id = fixed.runs[run];
                let events = (first..first + events).map(|seq| event(id, seq, &said(id, seq))).collect();
                let journal = journal.map(|(first, count)| chunk(first, count));
                let step = step.map(|step| step.step());
                let at = UnixMillis(at);
                let commit = Commit { events, state, at, journal, step, ..commit(id, key(k), 1, "") };
                format!("{:?}", store.commit(commit).await?)
            }
            Self::Journal { run } => format!("{:?}", store.journal(fixed.runs[run]).await?),
            Self::Prune { before, limit } => {
                store.prune_journals(UnixMillis(before), limit).await?.to_string()
            }
            Self::Message { run } => shown(store.message(fixed.runs[run]).await?),
            Self::Read { run, after, limit } => {
                let events = store.read(fixed.runs[run], after, limit).await?;
                format!("{:?}", events.iter().map(|event| (event.seq(), text(event))).collect::<Vec<_>>())
            }
            Self::Used { user, app } => used(store, NAMES[user], NAMES[app]).await?,
            Self::Invocation { run } => format!("{:?}", store.invocation(fixed.runs[run]).await?),
            Self::Invocations { sessions, status, before, limit } => {
                let sessions = sessions.into_iter().map(|k| key(k).clone()).collect();
                let before = before.map(|run| fixed.runs[run]);
                let filter = InvocationFilter { sessions, status, before, limit, parent: None };
                let page = store.invocations(filter).await?;
                format!("{:?} {:?}", page.invocations, page.next)
            }
        })
    }
}

fn shown(found: Option<(u64, EncodedEvent)>) -> String {
    format!("{:?}", found.map(|(position, event)| (position, text(&event))))
}

/// What a user and an agent used on the first day.
async fn used(store: &impl EventLog, user: &str, app: &str) -> Result<String, StoreError> {
    let of_user = store.used(&user.parse().unwrap(), UnixDay(0)).await?;
    let of_agent = store.agent_tokens(&app.parse().unwrap(), UnixDay(0)).await?;
    Ok(format!("{} {} {of_agent}", of_user.invocations, of_user.model_tokens))
}

/// A whole list, page by page.
async fn list(
    store: &impl SessionService,
    app: Option<usize>,
    user: Option<usize>,
    limit: usize,
) -> Result<String, StoreError> {
    let mut pages = Vec::new();
    let mut cursor = None;
    loop {
        let filter = SessionFilter {
            app_name: app.map(|name| NAMES[name].parse().unwrap()),
            user_id: user.map(|name| NAMES[name].parse().unwrap()),
            cursor,
            limit,
        };
        let page = store.list(filter).await?;
        pages.push(page.sessions.iter().map(show).collect::<Vec<_>>());
        cursor = page.next;
        if cursor.is_none() {
            return Ok(format!("{pages:?}"));
        }
    }
}
