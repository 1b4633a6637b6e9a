//! The calls, and how their answers are written down.

use proptest::prelude::*;
use rak_core::{
    Begin, Commit, EncodedEvent, Event, EventLog, HistoryPage, HistoryQuery, InvocationEnd, InvocationFilter,
    InvocationId, InvocationRecord, InvocationStatus, NewSession, Session, SessionFilter, SessionKey,
    SessionService, StateDelta, StoreError, Usage, time::UnixMillis,
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
    },
    /// Events from the number `first`.
    Commit {
        run: usize,
        key: usize,
        first: u64,
        events: u64,
        state: StateDelta,
        end: Option<InvocationStatus>,
    },
    Read {
        run: usize,
        after: u64,
        limit: usize,
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

    pub(crate) fn record(&self, run: usize, key: usize, status: InvocationStatus) -> InvocationRecord {
        InvocationRecord {
            id: self.runs[run],
            session: self.keys[key].clone(),
            agent_version: VERSIONS[run % VERSIONS.len()].to_owned(),
            status,
            reason: None,
            attempt: 1,
            started_at: UnixMillis(1),
            ended_at: None,
            progress: None,
            usage: Usage::default(),
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

/// Mostly the session that the run belongs to.
fn run_and_key() -> impl Strategy<Value = (usize, usize)> {
    (0..RUNS).prop_flat_map(|run| (Just(run), prop_oneof![4 => Just(run % KEYS), 1 => 0..KEYS]))
}

pub(crate) fn operation() -> impl Strategy<Value = Operation> {
    use Operation as O;
    let limit = 0..5_usize;
    let name = || prop::option::of(0..NAMES.len());
    let end = prop::option::weighted(0.3, status());
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
        4 => (run_and_key(), status(), any::<bool>(), any::<bool>())
            .prop_map(|((run, key), status, message, pin)| O::Begin { run, key, status, message, pin }),
        8 => (run_and_key(), 0..4_u64, 0..3_u64, state(), end)
            .prop_map(|((run, key), first, events, state, end)| O::Commit { run, key, first, events, state, end }),
        2 => (0..RUNS, 0..4_u64, limit.clone()).prop_map(|(run, after, limit)| O::Read { run, after, limit }),
        2 => (0..RUNS).prop_map(|run| O::Invocation { run }),
        2 => (prop::collection::vec(0..KEYS, 0..3), prop::option::of(status()), prop::option::of(0..RUNS), limit)
            .prop_map(|(sessions, status, before, limit)| O::Invocations { sessions, status, before, limit }),
    ]
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
            Self::Begin { run, key, status, message, pin } => {
                let id = fixed.runs[run];
                let message = message.then(|| event(id, 0, &said(id, 0)));
                let record = fixed.record(run, key, status);
                store.begin(Begin { record, message, pin }).await?.to_string()
            }
            Self::Commit { run, key: k, first, events, state, end } => {
                let id = fixed.runs[run];
                let events = (first..first + events).map(|seq| event(id, seq, &said(id, seq))).collect();
                let end = end.map(|status| InvocationEnd {
                    status,
                    reason: Some("end".into()),
                    progress: None,
                    usage: Usage::default(),
                });
                format!(
                    "{:?}",
                    store.commit(Commit { events, state, end, ..commit(id, key(k), 1, "") }).await?
                )
            }
            Self::Read { run, after, limit } => {
                let events = store.read(fixed.runs[run], after, limit).await?;
                format!("{:?}", events.iter().map(|event| (event.seq(), text(event))).collect::<Vec<_>>())
            }
            Self::Invocation { run } => format!("{:?}", store.invocation(fixed.runs[run]).await?),
            Self::Invocations { sessions, status, before, limit } => {
                let sessions = sessions.into_iter().map(|k| key(k).clone()).collect();
                let before = before.map(|run| fixed.runs[run]);
                let page = store.invocations(InvocationFilter { sessions, status, before, limit }).await?;
                format!("{:?} {:?}", page.invocations, page.next)
            }
        })
    }
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
