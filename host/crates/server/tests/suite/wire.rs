//! Every type of the wire, as it looks there. What changes here changes for clients.

use std::num::NonZeroU64;

use rak_core::time::UnixMillis;
use rak_core::{
    AgentCounters, AgentGrants, AgentInfo, AgentSource, AppName, CodeTier, Content, Event, InvocationId,
    InvocationStatus, Pinning, Priority, Progress, Refusal, SessionId, Usage, UserId, VersionInfo,
    VersionState,
};
use rak_server::protocol::rest::{
    AgentList, BusyPolicy, CreateSession, DisconnectPolicy, ErrorBody, History, InvocationBody,
    InvocationList, PatchSession, PinChange, Rollback, RunAnswer, RunBody, SessionBody, SessionList,
    SessionName, VersionList,
};
use rak_server::protocol::sse::StreamFailure;
use rak_server::protocol::ws::{FirstStatus, WsPing, WsRun, WsStatus, WsSubscribe, WsTarget};
use rak_server::{WsClientMessage, WsServerMessage};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

const ID: &str = "01890000-0000-7000-8000-000000000001";

fn id() -> InvocationId {
    ID.parse().unwrap()
}

fn session() -> SessionId {
    SessionId::new("s1").unwrap()
}

fn agent() -> AppName {
    AppName::new("echo").unwrap()
}

fn user() -> UserId {
    UserId::new("ann").unwrap()
}

fn event() -> Event {
    let mut event = Event::new(id(), "echo");
    event.id = "01890000-0000-7000-8000-000000000002".into();
    event.seq = Some(1);
    event.time = 1_700_000_000;
    event.content = Some(Content::new_model_text("hi"));
    event
}

/// Every variant is written and read back.
#[track_caller]
fn comes_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value, "{text}");
}

fn whole_run() -> WsRun {
    WsRun {
        app_name: Some(agent()),
        user_id: Some(user()),
        request_id: Some("r1".into()),
        streaming: Some(false),
        on_disconnect: Some(DisconnectPolicy::GraceMs(1000)),
        if_busy: Some(BusyPolicy::Queue),
        timeout_ms: NonZeroU64::new(5000),
        priority: Some(Priority::new(-5).unwrap()),
        idempotency_key: Some("k1".parse().unwrap()),
        ..WsRun::new(session(), Content::new_user_text("hi"))
    }
}

#[test]
fn what_a_client_says_on_a_socket() {
    let target = || WsTarget { invocation_id: ID.into() };
    let messages = [
        WsClientMessage::Run(Box::new(WsRun::new(session(), Content::new_user_text("hi")))),
        WsClientMessage::Run(Box::new(whole_run())),
        WsClientMessage::Cancel(target()),
        WsClientMessage::Status(target()),
        WsClientMessage::Subscribe(WsSubscribe { invocation_id: ID.into(), after: 7 }),
        WsClientMessage::Ping(WsPing {}),
    ];
    for message in &messages {
        comes_back(message);
        assert_eq!(&serde_json::to_string(message).unwrap().parse::<WsClientMessage>().unwrap(), message);
    }
    insta::assert_json_snapshot!(messages);
}

#[test]
fn what_the_server_says_on_a_socket() {
    let invocation_id = id();
    let mut messages = vec![
        WsServerMessage::Started { invocation_id, request_id: None },
        WsServerMessage::Started { invocation_id, request_id: Some("r1".into()) },
        WsServerMessage::Event { invocation_id, seq: None, data: Box::new(event()) },
        WsServerMessage::Event { invocation_id, seq: Some(1), data: Box::new(event()) },
        WsServerMessage::Progress { invocation_id, message: "half".into(), done: Some(1), total: Some(2) },
        WsServerMessage::Progress { invocation_id, message: "some".into(), done: None, total: None },
        WsServerMessage::Completed { invocation_id },
        WsServerMessage::Cancelled { invocation_id },
        WsServerMessage::Pong,
        WsServerMessage::Error {
            message: "Binary messages not supported".into(),
            code: None,
            invocation_id: None,
            request_id: None,
            retry_after_ms: None,
        },
        WsServerMessage::Error {
            message: "Agent error: bad luck".into(),
            code: Some("no_luck".into()),
            invocation_id: Some(ID.into()),
            request_id: Some("r1".into()),
            retry_after_ms: Some(1500),
        },
    ];
    let statuses =
        [FirstStatus::Active, FirstStatus::Completed, FirstStatus::Cancelled, FirstStatus::NotFound];
    for status in statuses.map(WsStatus::First) {
        messages.push(WsServerMessage::Status { invocation_id: ID.into(), status, invocation: None });
    }
    messages.iter().for_each(comes_back);
    insta::assert_json_snapshot!(messages);
}

#[test]
fn bodies_of_runs() {
    let bodies = [
        RunBody::new(Content::new_user_text("hi")),
        RunBody {
            streaming: Some(true),
            app_name: Some(agent()),
            user_id: Some(user()),
            on_disconnect: Some(DisconnectPolicy::Cancel),
            if_busy: Some(BusyPolicy::Interrupt),
            timeout_ms: NonZeroU64::new(5000),
            priority: Some(Priority::new(100).unwrap()),
            idempotency_key: Some("k1".parse().unwrap()),
            ..RunBody::new(Content::new_user_text("hi"))
        },
        RunBody {
            on_disconnect: Some(DisconnectPolicy::Continue),
            if_busy: Some(BusyPolicy::Reject),
            ..RunBody::new(Content::new_user_text("hi"))
        },
    ];
    bodies.iter().for_each(comes_back);
    insta::assert_json_snapshot!("run_bodies", bodies);
    let answers = [
        RunAnswer { invocation_id: id(), events: vec![event()], error: None, code: None },
        RunAnswer {
            invocation_id: id(),
            events: vec![],
            error: Some("bad luck".into()),
            code: Some("no_luck".into()),
        },
    ];
    answers.iter().for_each(comes_back);
    insta::assert_json_snapshot!("run_answers", answers);
    let failure = StreamFailure {
        error: "bad luck".into(),
        code: "no_luck".into(),
        invocation_id: id(),
        error_details: None,
    };
    comes_back(&failure);
    insta::assert_json_snapshot!("stream_failure", failure);
}

fn session_body() -> SessionBody {
    SessionBody {
        session_id: session(),
        app_name: agent(),
        user_id: user(),
        state: None,
        agent_version: None,
        created_at: UnixMillis(1_700_000_000_000),
        updated_at: UnixMillis(1_700_000_000_001),
    }
}

#[test]
fn bodies_of_sessions() {
    let state = Some([("mood".to_owned(), json!("good"))].into());
    let create = CreateSession {
        app_name: agent(),
        user_id: user(),
        session_id: Some(session()),
        state: state.clone(),
        agent_version: Some("3".parse().unwrap()),
    };
    comes_back(&create);
    insta::assert_json_snapshot!("create_session", create);
    let name = SessionName { session_id: session(), app_name: agent(), user_id: user() };
    comes_back(&name);
    insta::assert_json_snapshot!("session_name", name);
    let whole = SessionBody { state, agent_version: Some("sha256:00".into()), ..session_body() };
    comes_back(&whole);
    insta::assert_json_snapshot!("session", whole);
    let list = SessionList { sessions: vec![session_body()], next: Some("1.7".into()) };
    comes_back(&list);
    insta::assert_json_snapshot!("session_list", list);
    let delta = [("a".to_owned(), json!(1)), ("b".to_owned(), json!(null))].into();
    let patches = [
        PatchSession { state_delta: Some(delta), ..PatchSession::default() },
        PatchSession { agent_version: PinChange::LetGo, ..PatchSession::default() },
        PatchSession {
            state_delta: Some([].into()),
            agent_version: PinChange::To("sha256:00".parse().unwrap()),
        },
    ];
    patches.iter().for_each(comes_back);
    insta::assert_json_snapshot!("patch_session", patches);
    let history = History { events: vec![event()], next: Some(7) };
    comes_back(&history);
    insta::assert_json_snapshot!("history", history);
}

fn invocation(status: InvocationStatus) -> InvocationBody {
    InvocationBody {
        invocation_id: id(),
        session_id: session(),
        app_name: agent(),
        user_id: user(),
        parent_id: Some(id()),
        agent_version: "sha256:00".into(),
        status,
        queue_position: None,
        waiting: None,
        durable: true,
        reason: None,
        attempt: 1,
        started_at: UnixMillis(1_700_000_000_000),
        ended_at: None,
        progress: None,
        usage: Usage::default(),
    }
}

#[test]
fn bodies_of_invocations() {
    let ended = InvocationBody {
        reason: Some("no_luck".into()),
        ended_at: Some(UnixMillis(1_700_000_000_500)),
        progress: Some(Progress { message: "half".into(), done: Some(1), total: Some(2) }),
        usage: Usage {
            cpu_micros: 1,
            peak_memory_bytes: 2,
            memory_byte_seconds: 6,
            host_calls: 3,
            events: 4,
            event_bytes: 5,
            model_calls: 7,
            input_tokens: 8,
            output_tokens: 9,
            model_cost_micros: 10,
        },
        ..invocation(InvocationStatus::Failed)
    };
    let queued = InvocationBody { queue_position: Some(0), ..invocation(InvocationStatus::Queued) };
    let invocations = vec![invocation(InvocationStatus::Active), ended, queued];
    let list = InvocationList { invocations, next: Some(id()) };
    comes_back(&list);
    insta::assert_json_snapshot!("invocation_list", list);
}

fn version() -> VersionInfo {
    VersionInfo {
        version: "sha256:00".into(),
        number: 2,
        digest: "sha256:01".into(),
        bytes: 1000,
        state: VersionState::Current,
        source: AgentSource::Upload,
        loaded_at: UnixMillis(1_700_000_000_000),
        code: Some(CodeTier::Baseline),
        runs: 1,
        described_version: "1.0".into(),
    }
}

#[test]
fn bodies_of_agents() {
    let ready = AgentInfo {
        current: Some(version()),
        descriptor: Some(rak_core::AgentDescriptor { name: "Echo".into(), ..Default::default() }),
        imports: vec!["rak:agent/events@0.1.5".into()],
        grants: Some(AgentGrants { environment: vec!["MODEL".into()], ..AgentGrants::default() }),
        limits: [("memory_bytes".to_owned(), json!(1 << 20))].into_iter().collect(),
        pinning: Pinning::Session,
        draining: 1,
        refused: Some(Refusal {
            reason: "it traps".into(),
            at: UnixMillis(1_700_000_000_001),
            digest: Some("sha256:02".into()),
        }),
        counters: AgentCounters {
            active: 1,
            completed: 2,
            failed: 3,
            stopped: 4,
            cpu_micros: 5,
            host_calls: 6,
        },
        ..AgentInfo::ready(agent())
    };
    let refusal =
        Refusal { reason: "it is no component".into(), at: UnixMillis(1_700_000_000_000), digest: None };
    let list = AgentList { agents: vec![ready, AgentInfo::refused(agent(), refusal)] };
    comes_back(&list);
    insta::assert_json_snapshot!("agent_list", list);
    let kept = VersionInfo {
        version: "sha256:03".into(),
        number: 1,
        state: VersionState::Kept,
        source: AgentSource::Folder,
        code: None,
        runs: 0,
        ..version()
    };
    let versions = VersionList { versions: vec![version(), kept] };
    comes_back(&versions);
    insta::assert_json_snapshot!("version_list", versions);
    let rollbacks = [Rollback::default(), Rollback { to: Some("3".parse().unwrap()) }];
    rollbacks.iter().for_each(comes_back);
    insta::assert_json_snapshot!("rollbacks", rollbacks);
}

#[test]
fn refusals() {
    let plain = ErrorBody {
        error: "there is no such route".into(),
        code: "not_found".into(),
        retry_after_ms: None,
        invocation_id: None,
        matches: vec![],
    };
    let whole = ErrorBody {
        retry_after_ms: Some(1500),
        invocation_id: Some(id()),
        matches: vec![SessionName { session_id: session(), app_name: agent(), user_id: user() }],
        ..plain.clone()
    };
    let bodies = [plain, whole];
    bodies.iter().for_each(comes_back);
    insta::assert_json_snapshot!(bodies);
}
