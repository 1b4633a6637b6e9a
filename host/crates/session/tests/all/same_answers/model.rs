//! Lists that are searched from one end to the other.

use std::collections::BTreeSet;

use rak_core::{
    InvocationId, InvocationRecord, JournalChunk, Quotas, Scope, SessionKey, StateDelta, scope_of,
    time::UnixMillis,
};

use super::operation::{Fixed, NAMES, Operation, Step, chunk, resume, said, show_session, version};
use super::{Answer, Refusal};

#[derive(Default)]
pub(crate) struct Model {
    /// In the order of their last changes.
    sessions: Vec<Session>,
    invocations: Vec<Invocation>,
    /// App, user or nothing, session or nothing, key, value.
    state: Vec<(SharedBy, String, serde_json::Value)>,
    used: Vec<Used>,
}

type SharedBy = (String, Option<String>, Option<String>);

struct Session {
    key: SessionKey,
    version: Option<String>,
    history: Vec<String>,
}

/// What a call added to what a user and an agent used.
struct Used {
    key: SessionKey,
    invocations: u64,
    tokens: u64,
}

struct Invocation {
    record: InvocationRecord,
    events: Vec<String>,
    journal: Vec<JournalChunk>,
    message: Option<(usize, String)>,
}

impl Model {
    pub(crate) fn apply(&mut self, fixed: &Fixed, operation: &Operation) -> Answer {
        let key = |key: &usize| &fixed.keys[*key];
        match operation {
            Operation::Create { key: k, state, version: v } => self.create(key(k), state, version(*v)),
            Operation::Get { key: k } => Ok(self.get(key(k))),
            Operation::Find { session } => {
                let mut found: Vec<_> = self.sessions.iter().map(|session| &session.key).collect();
                found.retain(|found| found.session_id == fixed.keys[*session].session_id);
                found.sort();
                Ok(format!("{found:?}"))
            }
            Operation::List { app, user, limit } => Ok(self.list(
                |session| {
                    app.is_none_or(|app| session.app_name == fixed.keys[app * 4].app_name)
                        && user.is_none_or(|user| session.user_id == fixed.keys[user * 2].user_id)
                },
                *limit,
            )),
            Operation::UpdateState { key: k, state } => {
                if self.touch(key(k)).is_some() {
                    self.set(key(k), state);
                }
                Ok(self.get(key(k)))
            }
            Operation::Pin { key: k, version: v } => Ok(self.pin(key(k), version(*v))),
            Operation::PinnedVersions { app } => Ok(self.pinned_versions(NAMES[*app])),
            Operation::Delete { key: k } => Ok(self.delete(key(k)).to_string()),
            Operation::Append { key: k, state } => {
                let session = self.touch(key(k)).ok_or(Refusal::NotFound)?;
                session.history.push("outside".to_owned());
                let position = session.history.len();
                self.set(key(k), state);
                Ok(position.to_string())
            }
            Operation::After { key: k, position, limit } => {
                Ok(self.history(key(k), |n| n > *position, *limit, false))
            }
            Operation::Before { key: k, position, limit } => {
                Ok(self.history(key(k), |n| position.is_none_or(|position| n < position), *limit, true))
            }
            _ => self.apply_to_run(fixed, operation),
        }
    }

    fn apply_to_run(&mut self, fixed: &Fixed, operation: &Operation) -> Answer {
        let key = |key: &usize| &fixed.keys[*key];
        match operation {
            Operation::Begin { run, key: k, status, message, pin, resume, quotas } => {
                let message = message.then(|| said(fixed.runs[*run], 0));
                self.begin(fixed.record(*run, *k, *status, *resume), message, *pin, *quotas)
            }
            Operation::Used { user, app } => {
                let of_user = |key: &SessionKey| key.user_id.as_str() == NAMES[*user];
                let invocations = self.sum(of_user, |used| used.invocations);
                let of_agent = self.tokens(|key| key.app_name.as_str() == NAMES[*app]);
                Ok(format!("{invocations} {} {of_agent}", self.tokens(of_user)))
            }
            Operation::Journal { run } => {
                let found = self.invocation(fixed.runs[*run]);
                Ok(format!("{:?}", found.map_or_else(Vec::new, |found| found.journal.clone())))
            }
            Operation::Prune { before, limit } => Ok(self.prune(UnixMillis(*before), *limit).to_string()),
            Operation::Message { run } => {
                let found = self.invocation(fixed.runs[*run]);
                Ok(format!("{:?}", found.and_then(|found| found.message.as_ref())))
            }
            Operation::Commit { .. } => self.commit(fixed, operation),
            Operation::Read { run, after, limit } => {
                let events = self.invocation(fixed.runs[*run]).map(|found| &found.events);
                let events = events.into_iter().flat_map(|events| (1_u64..).zip(events));
                let events: Vec<_> = events.filter(|(seq, _)| seq > after).take(*limit).collect();
                Ok(format!("{events:?}"))
            }
            Operation::Invocation { run } => {
                Ok(format!("{:?}", self.invocation(fixed.runs[*run]).map(|found| found.record.clone())))
            }
            Operation::Invocations { sessions, status, before, limit } => {
                let mut found: Vec<_> = self.invocations.iter().map(|found| &found.record).collect();
                found.retain(|record| {
                    (sessions.is_empty() || sessions.iter().any(|k| *key(k) == record.session))
                        && status.is_none_or(|status| status == record.status)
                        && before.is_none_or(|before| record.id < fixed.runs[before])
                });
                found.sort_by_key(|record| std::cmp::Reverse(record.id));
                let more = found.len() > *limit;
                found.truncate(*limit);
                Ok(format!("{found:?} {:?}", found.last().filter(|_| more).map(|record| record.id)))
            }
            _ => unreachable!("{operation:?}"),
        }
    }

    fn invocation(&self, id: InvocationId) -> Option<&Invocation> {
        self.invocations.iter().find(|found| found.record.id == id)
    }

    /// Moves a session to the end of the order.
    fn touch(&mut self, key: &SessionKey) -> Option<&mut Session> {
        let index = self.sessions.iter().position(|session| session.key == *key)?;
        let session = self.sessions.remove(index);
        self.sessions.push(session);
        self.sessions.last_mut()
    }

    fn create(&mut self, key: &SessionKey, state: &StateDelta, version: Option<String>) -> Answer {
        if self.sessions.iter().any(|session| session.key == *key) {
            return Err(Refusal::Conflict);
        }
        self.sessions.push(Session { key: key.clone(), version, history: Vec::new() });
        self.set(key, state);
        Ok(self.show(&self.sessions[self.sessions.len() - 1]))
    }

    fn get(&self, key: &SessionKey) -> String {
        let found = self.sessions.iter().find(|session| session.key == *key);
        format!("{:?}", found.map(|session| self.show(session)))
    }

    fn show(&self, session: &Session) -> String {
        show_session(&session.key, &self.state_of(&session.key), session.version.as_deref())
    }

    fn list(&self, wanted: impl Fn(&SessionKey) -> bool, limit: usize) -> String {
        let sessions = self.sessions.iter().rev().filter(|session| wanted(&session.key));
        let shown: Vec<_> = sessions
            .map(|session| show_session(&session.key, &StateDelta::new(), session.version.as_deref()))
            .collect();
        let mut pages: Vec<_> = shown.chunks(limit.max(1)).map(<[String]>::to_vec).collect();
        if limit == 0 || pages.is_empty() {
            pages = vec![Vec::new()];
        }
        format!("{pages:?}")
    }

    fn pin(&mut self, key: &SessionKey, version: Option<String>) -> String {
        if let Some(session) = self.touch(key) {
            session.version = version;
        }
        self.get(key)
    }

    fn pinned_versions(&self, app: &str) -> String {
        let sessions = self.sessions.iter().filter(|session| session.key.app_name.as_str() == app);
        let unfinished = self
            .invocations
            .iter()
            .map(|found| &found.record)
            .filter(|record| record.session.app_name.as_str() == app && !record.status.is_terminal());
        let begun_with = unfinished.map(|record| record.agent_version.clone());
        let versions: BTreeSet<_> =
            sessions.filter_map(|session| session.version.clone()).chain(begun_with).collect();
        format!("{versions:?}")
    }

    fn delete(&mut self, key: &SessionKey) -> bool {
        let before = self.sessions.len();
        self.sessions.retain(|session| session.key != *key);
        self.invocations.retain(|found| found.record.session != *key);
        let own = shared_by(key, Scope::Session);
        self.state.retain(|(by, _, _)| *by != own);
        self.sessions.len() < before
    }

    fn history(
        &self,
        key: &SessionKey,
        wanted: impl Fn(u64) -> bool,
        limit: usize,
        from_end: bool,
    ) -> String {
        let found = self.sessions.iter().find(|session| session.key == *key);
        let all = found.into_iter().flat_map(|session| (1_u64..).zip(&session.history));
        let mut entries: Vec<_> = all.filter(|(position, _)| wanted(*position)).collect();
        let more = entries.len() > limit;
        if from_end {
            entries.drain(..entries.len().saturating_sub(limit));
        } else {
            entries.truncate(limit);
        }
        let edge = if from_end { entries.first() } else { entries.last() };
        let next = edge.filter(|_| more).map(|(position, _)| *position);
        format!("{entries:?} {next:?}")
    }

    fn sum(&self, whose: impl Fn(&SessionKey) -> bool, part: impl Fn(&Used) -> u64) -> u64 {
        self.used.iter().filter(|used| whose(&used.key)).map(part).sum()
    }

    fn tokens(&self, whose: impl Fn(&SessionKey) -> bool) -> u64 {
        self.sum(whose, |used| used.tokens)
    }

    fn begin(
        &mut self,
        record: InvocationRecord,
        message: Option<String>,
        pin: bool,
        quotas: Quotas,
    ) -> Answer {
        let (id, key) = (record.id, record.session.clone());
        let version = pin.then(|| record.agent_version.clone());
        let of_user = self.tokens(|other| other.user_id == key.user_id);
        let of_agent = self.tokens(|other| other.app_name == key.app_name);
        let used_up = quotas.user.model_tokens.is_some_and(|limit| of_user >= limit)
            || quotas.agent.model_tokens.is_some_and(|limit| of_agent >= limit);
        if let Some(found) = self.invocations.iter_mut().find(|found| found.record.id == id) {
            let now = found.record.status;
            let goes_on = !now.is_terminal() && (now == record.status || now.may_become(record.status));
            if found.record.session != key || !goes_on {
                return Err(Refusal::Conflict);
            }
            found.record = record;
        } else if used_up {
            return Err(Refusal::QuotaExceeded);
        } else {
            self.used.push(Used { key: key.clone(), invocations: 1, tokens: 0 });
            let (events, journal) = (Vec::new(), Vec::new());
            self.invocations.push(Invocation { record, events, journal, message: None });
        }
        if self.touch(&key).is_none() {
            self.sessions.push(Session { key: key.clone(), version: None, history: Vec::new() });
        }
        let session = self.sessions.last_mut().unwrap();
        session.version = session.version.take().or(version);
        session.history.extend(message.clone());
        let position = session.history.len();
        let found = self.invocations.iter_mut().find(|found| found.record.id == id).unwrap();
        found.message = found.message.take().or(message.map(|text| (position, text)));
        Ok(position.to_string())
    }

    fn commit(&mut self, fixed: &Fixed, operation: &Operation) -> Answer {
        let Operation::Commit { run, key, first, events, state, at, journal, step } = operation else {
            unreachable!()
        };
        let (id, key) = (fixed.runs[*run], &fixed.keys[*key]);
        let found = self.invocations.iter_mut().find(|found| found.record.id == id);
        let found = found.filter(|found| found.record.session == *key).ok_or(Refusal::NotFound)?;
        let entries: u64 = found.journal.iter().map(|chunk| chunk.count).sum();
        let fits = (*events == 0 || *first == found.events.len() as u64 + 1)
            && journal.is_none_or(|(first, _)| first == entries)
            && step.as_ref().is_none_or(|step| step.ends == step.status.is_terminal());
        if found.record.status.is_terminal() || !fits {
            return Err(Refusal::Conflict);
        }
        let new: Vec<_> = (*first..first + events).map(|seq| said(id, seq)).collect();
        found.events.extend(new.clone());
        found
            .journal
            .extend(journal.filter(|(_, count)| *count > 0).map(|(first, count)| chunk(first, count)));
        if let Some(step) = step {
            let now = step.usage().unwrap_or(found.record.usage);
            let tokens = now.input_tokens.saturating_sub(found.record.usage.input_tokens);
            self.used.push(Used { key: key.clone(), invocations: 0, tokens });
            take_step(&mut found.record, step, UnixMillis(*at));
        }
        if !new.is_empty() || state.keys().any(|key| !key.starts_with("temp:")) {
            self.touch(key).unwrap().history.extend(new);
        }
        self.set(key, state);
        Ok("()".to_owned())
    }

    fn prune(&mut self, before: UnixMillis, limit: usize) -> usize {
        let mut found: Vec<_> = self.invocations.iter_mut().collect();
        found.retain(|found| found.record.ended_at.is_some_and(|at| at < before));
        found.retain(|found| !found.journal.is_empty() || found.record.resume.is_some());
        found.sort_by_key(|found| (found.record.ended_at, found.record.id));
        found.truncate(limit);
        for found in &mut found {
            found.journal.clear();
            found.record.resume = None;
        }
        found.len()
    }

    fn set(&mut self, key: &SessionKey, delta: &StateDelta) {
        for (name, value) in delta {
            let (scope, _) = scope_of(name).unwrap();
            if scope == Scope::Temp {
                continue;
            }
            let by = shared_by(key, scope);
            self.state.retain(|(other, key, _)| (other, key) != (&by, name));
            if !value.is_null() {
                self.state.push((by, name.clone(), value.clone()));
            }
        }
    }

    fn state_of(&self, key: &SessionKey) -> StateDelta {
        let mine = [Scope::App, Scope::User, Scope::Session].map(|scope| shared_by(key, scope));
        let seen = self.state.iter().filter(|(by, _, _)| mine.contains(by));
        seen.map(|(_, name, value)| (name.clone(), value.clone())).collect()
    }
}

fn take_step(record: &mut InvocationRecord, step: &Step, at: UnixMillis) {
    record.status = step.status;
    record.reason = Some("step".into());
    if step.ends {
        record.ended_at = Some(at);
        record.usage = step.usage().unwrap_or_default();
        record.waiting = None;
    } else {
        record.usage = step.usage().unwrap_or(record.usage);
        record.waiting = step.waiting();
        record.resume = step.resume.map(resume).or(record.resume.take());
    }
}

fn shared_by(key: &SessionKey, scope: Scope) -> SharedBy {
    let user = (scope != Scope::App).then(|| key.user_id.to_string());
    let session = (scope == Scope::Session).then(|| key.session_id.to_string());
    (key.app_name.to_string(), user, session)
}
