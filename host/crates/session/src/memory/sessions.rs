//! Sessions, their state and their history.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use rak_core::{
    AppName, EncodedEvent, HistoryEntry, HistoryPage, HistoryQuery, NewSession, Session, SessionFilter,
    SessionId, SessionKey, SessionPage, StateDelta, StoreError, time::UnixMillis,
};

use super::tables::{SessionRow, Tables};
use crate::scoped_delta::ScopedDelta;
use crate::{cursor, refusal};

/// The most sessions that `find` gives.
const MAX_FOUND: usize = 100;

impl Tables {
    pub(super) fn create(&mut self, new: NewSession) -> Result<Session, StoreError> {
        let delta = ScopedDelta::new(new.state)?;
        if self.sessions.contains_key(&new.key) {
            return Err(refusal::session_exists(&new.key));
        }
        self.check_state(&new.key, &delta)?;
        let now = UnixMillis::now();
        self.session_or_new(&new.key, now).agent_version = new.agent_version;
        self.touch(&new.key, now);
        self.apply_state(&new.key, &delta);
        self.session(&new.key)?.ok_or_else(|| refusal::no_session(&new.key))
    }

    pub(super) fn session(&self, key: &SessionKey) -> Result<Option<Session>, StoreError> {
        let Some(row) = self.sessions.get(key) else { return Ok(None) };
        Ok(Some(Session { state: self.state(key)?, ..without_state(key, row) }))
    }

    pub(super) fn find(&self, id: &SessionId) -> Vec<SessionKey> {
        self.sessions.keys().filter(|key| key.session_id == *id).take(MAX_FOUND).cloned().collect()
    }

    pub(super) fn list(&self, filter: &SessionFilter) -> Result<SessionPage, StoreError> {
        let before = filter.cursor.as_deref().map_or(Ok(i64::MAX), cursor::decode)?;
        let mut rows: Vec<_> = self
            .sessions
            .iter()
            .filter(|(key, row)| {
                filter.app_name.as_ref().is_none_or(|name| *name == key.app_name)
                    && filter.user_id.as_ref().is_none_or(|user| *user == key.user_id)
                    && row.changed < before
            })
            .collect();
        rows.sort_unstable_by_key(|(_, row)| Reverse(row.changed));
        let more = rows.len() > filter.limit;
        rows.truncate(filter.limit);
        let next = rows.last().filter(|_| more).map(|(_, row)| cursor::encode(row.changed));
        Ok(SessionPage {
            sessions: rows.into_iter().map(|(key, row)| without_state(key, row)).collect(),
            next,
        })
    }

    pub(super) fn update_state(
        &mut self,
        key: &SessionKey,
        delta: StateDelta,
    ) -> Result<Option<Session>, StoreError> {
        let delta = ScopedDelta::new(delta)?;
        if self.sessions.contains_key(key) {
            self.check_state(key, &delta)?;
            self.touch(key, UnixMillis::now());
            self.apply_state(key, &delta);
        }
        self.session(key)
    }

    pub(super) fn pin(
        &mut self,
        key: &SessionKey,
        agent_version: Option<String>,
    ) -> Result<Option<Session>, StoreError> {
        if let Some(row) = self.sessions.get_mut(key) {
            row.agent_version = agent_version;
            self.touch(key, UnixMillis::now());
        }
        self.session(key)
    }

    pub(super) fn pinned_versions(&self, agent: &AppName) -> BTreeSet<String> {
        let sessions = self.sessions.iter().filter(|(key, _)| key.app_name == *agent);
        let pinned = sessions.filter_map(|(_, row)| row.agent_version.clone());
        let invocations = self.invocations.values().map(|row| &row.record);
        let unfinished = invocations
            .filter(|record| record.session.app_name == *agent && !record.status.is_terminal())
            .map(|record| record.agent_version.clone());
        pinned.chain(unfinished).collect()
    }

    pub(super) fn delete(&mut self, key: &SessionKey) -> bool {
        self.forget_state(key);
        self.forget_artifacts(key);
        self.invocations.retain(|_, row| row.record.session != *key);
        self.starts.retain(|(session, _), _| session != key);
        self.sessions.remove(key).is_some()
    }

    pub(super) fn append_event(&mut self, key: &SessionKey, event: EncodedEvent) -> Result<u64, StoreError> {
        let delta = ScopedDelta::new(event.actions.state_delta.clone())?;
        if !self.sessions.contains_key(key) {
            return Err(refusal::no_session(key));
        }
        self.check_state(key, &delta)?;
        let now = UnixMillis::now();
        self.apply_state(key, &delta);
        self.touch(key, now);
        let row = self.session_or_new(key, now);
        row.push(now, Arc::new(event));
        Ok(row.last_position())
    }

    pub(super) fn history(&self, key: &SessionKey, query: HistoryQuery) -> HistoryPage {
        let Some(row) = self.sessions.get(key) else {
            return HistoryPage { entries: Vec::new(), next: None };
        };
        let all = (1..).zip(&row.events).map(|(position, stored)| HistoryEntry {
            position,
            at: stored.at,
            event: EncodedEvent::clone(&stored.event),
        });
        match query {
            HistoryQuery::After { position, limit } => {
                let entries: Vec<_> = all.skip(clamp(position)).take(limit).collect();
                let last = entries.last().map(|entry| entry.position);
                HistoryPage { entries, next: last.filter(|last| *last < row.last_position()) }
            }
            HistoryQuery::Before { position, limit } => {
                let end = position.map_or(row.events.len(), |position| clamp(position.saturating_sub(1)));
                let end = end.min(row.events.len());
                let begin = end.saturating_sub(limit);
                let entries: Vec<_> = all.take(end).skip(begin).collect();
                let first = entries.first().map(|entry| entry.position);
                HistoryPage { entries, next: first.filter(|first| *first > 1) }
            }
        }
    }
}

fn without_state(key: &SessionKey, row: &SessionRow) -> Session {
    Session {
        key: key.clone(),
        state: StateDelta::new(),
        agent_version: row.agent_version.clone(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

fn clamp(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}
