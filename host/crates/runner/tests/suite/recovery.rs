//! What a new start finds of the runs that the last end cut off.

use rak_core::time::UnixMillis;
use rak_core::{
    Begin, Commit, Content, EncodedEvent, Event, EventLog as _, FunctionCall, InvocationId, InvocationRecord,
    InvocationStatus, Part, Quotas, StateDelta, Usage,
};

use rak_runner::Recovered;

use crate::support::{TestRunner, collect, done, history, key};

fn record(id: InvocationId, status: InvocationStatus) -> InvocationRecord {
    InvocationRecord {
        id,
        session: key("s"),
        agent_version: "v0".into(),
        status,
        reason: None,
        attempt: 1,
        started_at: UnixMillis(1),
        ended_at: None,
        progress: None,
        usage: Usage::default(),
        waiting: None,
        resume: None,
        parent: None,
    }
}

fn event(id: InvocationId, seq: Option<u64>, author: &str, part: Part) -> EncodedEvent {
    let mut event = Event::new(id, author);
    event.seq = seq;
    event.content = Some(Content { role: "model".into(), parts: vec![part] });
    EncodedEvent::new(event).unwrap()
}

#[tokio::test]
async fn unfinished_runs_are_interrupted_with_their_open_calls_closed() {
    let test = TestRunner::new();
    let id = InvocationId::new();
    let message = event(id, None, "user", Part::Text("hello".into()));
    let begin = Begin {
        record: record(id, InvocationStatus::Active),
        message: Some(message),
        pin: false,
        start_key: None,
        quotas: Quotas::default(),
    };
    test.store.begin(begin).await.unwrap();
    let call = FunctionCall { id: "1".into(), name: "f".into(), args: serde_json::json!({}) };
    let commit = Commit {
        invocation: id,
        session: key("s"),
        events: vec![event(id, Some(1), "puppet", Part::FunctionCall(call))],
        state: StateDelta::new(),
        at: UnixMillis(2),
        journal: None,
        step: None,
    };
    test.store.commit(commit).await.unwrap();
    let queued = InvocationId::new();
    test.store
        .begin(Begin {
            record: record(queued, InvocationStatus::Queued),
            message: None,
            pin: false,
            start_key: None,
            quotas: Quotas::default(),
        })
        .await
        .unwrap();

    assert_eq!(test.runner.recover().await, Ok(Recovered { ended: 2, resumed: 0 }));
    assert_eq!(test.runner.recover().await, Ok(Recovered::default()));

    let events = collect(test.runner.listen(id, 0).await.ok().unwrap()).await;
    assert_eq!(events.iter().filter_map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(matches!(&events[1].content.as_ref().unwrap().parts[0],
        Part::FunctionResponse(response) if response.id == "1" && response.failed));
    assert_eq!(events[2].error_code.as_deref(), Some("interrupted"));
    for id in [id, queued] {
        let record = test.runner.invocation(id).await.unwrap().unwrap();
        assert_eq!(
            (record.status, record.reason.as_deref()),
            (InvocationStatus::Interrupted, Some("interrupted"))
        );
        assert!(record.ended_at.is_some());
    }

    // The session can be used again.
    let run = test.start("s").await;
    test.step(done()).await;
    collect(run.events).await;
    assert_eq!(history(test.store.as_ref(), "s").await.last().unwrap(), "puppet:");
}
