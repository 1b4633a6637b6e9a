//! What several tests use.

use rak_core::{
    Begin, Commit, Content, EncodedEvent, Event, InvocationId, InvocationRecord, InvocationStatus, Quotas,
    SessionKey, StateDelta, Usage, time::UnixMillis,
};

pub(crate) fn key(app: &str, user: &str, session: &str) -> SessionKey {
    SessionKey {
        app_name: app.parse().unwrap(),
        user_id: user.parse().unwrap(),
        session_id: session.parse().unwrap(),
    }
}

pub(crate) fn event(id: InvocationId, seq: u64, text: &str) -> EncodedEvent {
    let mut event = Event::new(id, "agent");
    event.seq = (seq > 0).then_some(seq);
    event.content = Some(Content::new_model_text(text));
    EncodedEvent::new(event).unwrap()
}

pub(crate) fn begin(id: InvocationId, key: &SessionKey) -> Begin {
    let record = InvocationRecord {
        id,
        session: key.clone(),
        agent_version: "sha256:1".into(),
        status: InvocationStatus::Active,
        reason: None,
        attempt: 1,
        started_at: UnixMillis(1),
        ended_at: None,
        progress: None,
        usage: Usage::default(),
        waiting: None,
        resume: None,
        parent: None,
    };
    Begin {
        record,
        message: Some(event(id, 0, "hello")),
        pin: false,
        start_key: None,
        quotas: Quotas::default(),
    }
}

/// A commit of one event.
pub(crate) fn commit(id: InvocationId, key: &SessionKey, seq: u64, text: &str) -> Commit {
    Commit {
        invocation: id,
        session: key.clone(),
        events: vec![event(id, seq, text)],
        state: StateDelta::new(),
        at: UnixMillis(2),
        journal: None,
        step: None,
    }
}
