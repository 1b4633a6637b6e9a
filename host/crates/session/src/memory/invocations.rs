//! Invocations and their events.

use std::sync::Arc;

use rak_core::{
    Begin, Commit, DailyUsage, EncodedEvent, IdempotencyKey, InvocationFilter, InvocationId, InvocationPage,
    InvocationRecord, InvocationStep, SessionKey, StartKey, StoreError, UserId,
    time::{UnixDay, UnixMillis},
};

use super::tables::{InvocationRow, Tables};
use crate::refusal;
use crate::scoped_delta::ScopedDelta;

impl Tables {
    pub(super) fn begin(&mut self, begin: Begin) -> Result<u64, StoreError> {
        let Begin { record, message, pin, start_key, quotas } = begin;
        let (id, key) = (record.id, record.session.clone());
        let version = pin.then(|| record.agent_version.clone());
        let today = record.started_at.day();
        let before = self.invocations.get(&id).map(|row| row.record.usage);
        if let Some(row) = self.invocations.get(&id) {
            if row.record.session != key {
                return Err(refusal::other_session(id));
            }
            refusal::check_step(id, row.record.status, record.status)?;
        } else {
            refusal::check_user_quota(&key.user_id, &quotas.user, &self.used(&key.user_id, today))?;
            refusal::check_agent_quota(&key.app_name, quotas.agent, self.agent_tokens(&key.app_name, today))?;
        }
        if let Some(StartKey { key: start, digest }) = start_key {
            let started = self.starts.entry((key.clone(), start.clone())).or_insert((id, digest));
            if started.0 != id {
                return Err(refusal::key_used(&start, started.0));
            }
        }
        let used = self.usage.entry((key.user_id.clone(), today)).or_default();
        used.invocations += u64::from(before.is_none());
        self.add_usage(&key, today, &before.unwrap_or_default(), &record.usage);
        match self.invocations.get_mut(&id) {
            Some(row) => {
                let parent = row.record.parent.take().or(record.parent.clone());
                row.record = InvocationRecord { parent, ..record };
            }
            None => drop(self.invocations.insert(id, InvocationRow::new(record))),
        }
        let now = UnixMillis::now();
        let message = message.map(Arc::new);
        let session = self.session_or_new(&key, now);
        session.agent_version = session.agent_version.take().or(version);
        if let Some(message) = &message {
            session.push(now, Arc::clone(message));
        }
        let position = session.last_position();
        if let Some(row) = self.invocations.get_mut(&id) {
            row.message = row.message.take().or(message.map(|message| (position, message)));
        }
        self.touch(&key, now);
        Ok(position)
    }

    pub(super) fn commit(&mut self, commit: Commit) -> Result<(), StoreError> {
        let Commit { invocation: id, session: key, events, state, at, journal, step } = commit;
        let delta = ScopedDelta::new(state)?;
        let row = self.invocations.get(&id).filter(|row| row.record.session == key);
        let row = row.ok_or_else(|| refusal::no_invocation(id, &key))?;
        refusal::check_end(id, row.record.status, step.as_ref())?;
        refusal::check_numbers(id, row.events.len() as u64, events.iter().map(EncodedEvent::seq))?;
        let journal_length = refusal::check_journal(id, row.journal_length, journal.as_ref())?;
        let before = row.record.usage;
        self.check_state(&key, &delta)?;

        self.apply_state(&key, &delta);
        if !events.is_empty() || !delta.is_empty() {
            self.touch(&key, at);
        }
        let events: Vec<_> = events.into_iter().map(Arc::new).collect();
        if let Some(session) = self.sessions.get_mut(&key) {
            for event in &events {
                session.push(at, Arc::clone(event));
            }
        }
        if let Some(now) = step.as_ref().and_then(InvocationStep::usage) {
            self.add_usage(&key, at.day(), &before, now);
        }
        if let Some(row) = self.invocations.get_mut(&id) {
            row.events.extend(events);
            row.journal.extend(journal.filter(|chunk| chunk.count > 0));
            row.journal_length = journal_length;
            if let Some(step) = step {
                take_step(&mut row.record, step, at);
            }
        }
        Ok(())
    }

    pub(super) fn read(&self, id: InvocationId, after: u64, limit: usize) -> Vec<EncodedEvent> {
        let skip = usize::try_from(after).unwrap_or(usize::MAX);
        let events = self.invocations.get(&id).into_iter().flat_map(|row| &row.events);
        events.skip(skip).take(limit).map(|event| EncodedEvent::clone(event)).collect()
    }

    pub(super) fn started_with(
        &self,
        session: &SessionKey,
        key: &IdempotencyKey,
    ) -> Option<(InvocationId, String)> {
        self.starts.get(&(session.clone(), key.clone())).cloned()
    }

    pub(super) fn used(&self, user: &UserId, day: UnixDay) -> DailyUsage {
        self.usage.get(&(user.clone(), day)).copied().unwrap_or_default()
    }

    pub(super) fn invocation(&self, id: InvocationId) -> Option<InvocationRecord> {
        self.invocations.get(&id).map(|row| row.record.clone())
    }

    pub(super) fn invocations(&self, filter: &InvocationFilter) -> InvocationPage {
        let wanted = |record: &&InvocationRecord| {
            let chosen = match filter.parent {
                Some(parent) => record.parent.as_ref().is_some_and(|of| of.invocation_id == parent),
                None => {
                    (filter.sessions.is_empty() || filter.sessions.contains(&record.session))
                        && filter.status.is_none_or(|status| status == record.status)
                }
            };
            chosen && filter.before.is_none_or(|before| record.id < before)
        };
        let mut found = self.invocations.values().rev().map(|row| &row.record).filter(wanted);
        let invocations: Vec<_> = found.by_ref().take(filter.limit).cloned().collect();
        let next = found.next().and(invocations.last()).map(|record| record.id);
        InvocationPage { invocations, next }
    }
}

fn take_step(record: &mut InvocationRecord, step: InvocationStep, at: UnixMillis) {
    record.status = step.status();
    match step {
        InvocationStep::Rests(rest) => {
            record.reason = rest.reason;
            record.waiting = rest.waiting;
            record.progress = rest.progress.or(record.progress.take());
            record.usage = rest.usage.unwrap_or(record.usage);
            record.resume = rest.resume.or(record.resume.take());
        }
        InvocationStep::Ends(end) => {
            record.reason = end.reason;
            record.waiting = None;
            record.ended_at = Some(at);
            record.progress = end.progress;
            record.usage = end.usage;
        }
    }
}
