//! An agent of the registry: its versions, and what is said of it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use arc_swap::ArcSwapOption;
use rak_core::{Agent as _, AgentInfo, AgentState, AppName, Pinning, Refusal, VersionInfo, VersionState};

use crate::record::{Record, VersionRecord};
use crate::version::{Counters, Version};

/// How many versions that sessions are pinned to stay loaded when no run has them: reading one from the disk takes
/// milliseconds.
const KEEP_LOADED: usize = 2;

pub(crate) struct Entry {
    pub(crate) name: AppName,
    /// What a new run gets.
    pub(crate) current: ArcSwapOption<Version>,
    pub(crate) counters: Arc<Counters>,
    /// Held while the versions of this agent change, so that changes come one after the other.
    pub(crate) changing: Arc<tokio::sync::Mutex<()>>,
    state: Mutex<State>,
}

pub(crate) struct State {
    pub(crate) record: Record,
    /// The newest version that was not taken.
    pub(crate) refused: Option<Refusal>,
    /// Every version that is in memory, for as long as somebody holds it.
    loaded: Vec<Weak<Version>>,
    /// Older versions that were asked for last.
    recent: VecDeque<Arc<Version>>,
}

impl Entry {
    pub(crate) fn new(record: Record) -> Self {
        Self {
            name: record.name.clone(),
            current: ArcSwapOption::empty(),
            counters: Arc::default(),
            changing: Arc::default(),
            state: Mutex::new(State { record, refused: None, loaded: Vec::new(), recent: VecDeque::new() }),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_record(&self, record: Record) {
        self.state().record = record;
    }

    pub(crate) fn set_refused(&self, refused: Option<Refusal>) {
        self.state().refused = refused;
    }

    /// Forgets what of the folder was taken in, until it is taken in again.
    pub(crate) fn forget_seen(&self) {
        self.state().record.seen = None;
    }

    /// Whether a run, or a session that begins one, has a version.
    pub(crate) fn is_held(&self, version: &str) -> bool {
        self.state().is_held(version)
    }

    /// A version that is in memory.
    pub(crate) fn loaded(&self, version: &str) -> Option<Arc<Version>> {
        let current = self.current.load_full();
        current
            .filter(|current| current.version() == version)
            .or_else(|| self.state().alive().find(|alive| alive.version() == version))
    }

    /// Keeps an older version in memory for the next run that asks for it.
    pub(crate) fn keep_loaded(&self, version: &Arc<Version>) {
        let mut state = self.state();
        state.recent.retain(|recent| !Arc::ptr_eq(recent, version));
        state.recent.push_back(version.clone());
        let dropped = if state.recent.len() > KEEP_LOADED { state.recent.pop_front() } else { None };
        drop(state);
        // Its end takes time, and nobody else is to wait for it.
        drop(dropped);
    }

    /// Whether there is anything to say of it.
    pub(crate) fn is_listed(&self) -> bool {
        let state = self.state();
        state.record.current.is_some() || state.refused.is_some()
    }

    /// What is said of it.
    pub(crate) fn info(&self) -> AgentInfo {
        let current = self.current.load_full();
        let mut state = self.state();
        let versions = versions_of(&mut state);
        let refused = state.refused.clone();
        let mut info = match (&current, &refused) {
            (None, Some(refusal)) => AgentInfo::refused(self.name.clone(), refusal.clone()),
            _ => AgentInfo::ready(self.name.clone()),
        };
        info.refused = refused;
        info.counters = self.counters.read();
        info.draining = versions
            .iter()
            .filter(|version| version.state != VersionState::Current)
            .map(|version| version.runs)
            .sum();
        let Some(version) = current else {
            info.state = AgentState::Refused;
            return info;
        };
        info.current = versions.into_iter().find(|version| version.state == VersionState::Current);
        info.descriptor = Some(version.descriptor().clone());
        info.imports = state.record.current().map(|kept| kept.facts.imports.clone()).unwrap_or_default();
        info.grants = Some(version.agent.grants().clone());
        info.pinning = if version.pins_sessions() { Pinning::Session } else { Pinning::None };
        if let Ok(serde_json::Value::Object(limits)) = serde_json::to_value(version.agent.limits()) {
            info.limits = limits;
        }
        info
    }

    /// Its versions, newest first.
    pub(crate) fn versions(&self) -> Vec<VersionInfo> {
        versions_of(&mut self.state())
    }
}

/// The versions, newest first.
fn versions_of(state: &mut State) -> Vec<VersionInfo> {
    let alive: Vec<_> = state.alive().collect();
    let loaded = |version: &str| alive.iter().find(|alive| alive.version() == version);
    let current = state.record.current.as_deref();
    let mut versions: Vec<_> = state
        .record
        .versions
        .iter()
        .map(|kept| {
            let place = match kept {
                kept if Some(kept.version.as_str()) == current => VersionState::Current,
                kept if kept.leaving => VersionState::Draining,
                _ => VersionState::Kept,
            };
            let version = loaded(&kept.version);
            VersionInfo {
                code: version.map(|version| version.agent.tier()),
                runs: version.map_or(0, |version| version.runs()),
                ..describe(kept, place)
            }
        })
        .collect();
    versions.sort_by_key(|version| std::cmp::Reverse(version.number));
    versions
}

fn describe(kept: &VersionRecord, state: VersionState) -> VersionInfo {
    VersionInfo {
        version: kept.version.clone(),
        number: kept.number,
        digest: kept.digest.clone(),
        bytes: kept.facts.bytes,
        state,
        source: kept.source,
        loaded_at: kept.loaded_at,
        code: None,
        runs: 0,
        described_version: kept.descriptor.version.clone(),
    }
}

impl State {
    /// Remembers a version that is in memory now.
    pub(crate) fn remember(&mut self, version: &Arc<Version>) {
        self.loaded.retain(|loaded| loaded.strong_count() > 0);
        self.loaded.push(Arc::downgrade(version));
    }

    fn alive(&mut self) -> impl Iterator<Item = Arc<Version>> + '_ {
        self.loaded.iter().filter_map(Weak::upgrade)
    }

    /// Whether somebody beside this entry's own memory has a version.
    fn is_held(&mut self, version: &str) -> bool {
        // What is only kept loaded is nobody's need.
        self.recent.retain(|recent| recent.version() != version);
        self.alive().any(|alive| alive.version() == version)
    }
}
