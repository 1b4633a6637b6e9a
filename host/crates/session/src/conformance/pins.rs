//! Sessions that stay on a version of their agent.

use std::collections::BTreeSet;
use std::sync::Arc;

use rak_core::{Begin, EventLog, InvocationStatus, NewSession, SessionFilter, SessionKey, SessionService};
use serde_json::json;

use super::fixture::{Run, create, create_with, delta, is_conflict, key, state_of};

async fn version_of(store: &impl SessionService, key: &SessionKey) -> Option<String> {
    store.get(key).await.unwrap().expect("the session is there").agent_version
}

async fn pin(store: &impl SessionService, key: &SessionKey, version: Option<&str>) {
    let pinned = store.pin(key, version.map(str::to_owned)).await.unwrap();
    assert_eq!(pinned.expect("the session is there").agent_version.as_deref(), version);
}

async fn pinned(store: &impl SessionService, agent: &str) -> Vec<String> {
    let versions: BTreeSet<String> = store.pinned_versions(&agent.parse().unwrap()).await.unwrap();
    versions.into_iter().collect()
}

/// A beginning of this version that pins, or does not.
fn beginning(run: &Run, version: &str, pin: bool) -> Begin {
    let mut begin = run.beginning(InvocationStatus::Active, Some("hello"));
    begin.record.agent_version = version.into();
    Begin { pin, ..begin }
}

/// `create` takes a version; where none is given, there is none.
pub async fn a_session_begins_with_the_version_it_is_given<S: SessionService + EventLog>(store: Arc<S>) {
    let (one, two) = (key("app", "ann", "one"), key("app", "ann", "two"));
    let version = Some("sha256:1".to_owned());
    let new = NewSession { key: one.clone(), state: delta([]), agent_version: version.clone() };
    assert_eq!(store.create(new).await.unwrap().agent_version, version);
    assert_eq!(version_of(&*store, &one).await, version);
    assert_eq!(create(&*store, &two).await.agent_version, None);
    assert_eq!(version_of(&*store, &two).await, None);
    let filter = SessionFilter { limit: 10, ..SessionFilter::default() };
    let listed = store.list(filter).await.unwrap().sessions;
    let versions: Vec<_> = listed.into_iter().map(|session| session.agent_version).collect();
    assert_eq!(versions, [None, version]);
}

/// `pin` sets, changes and removes the version and nothing else, and is a change of the session.
pub async fn a_session_is_pinned_and_let_go<S: SessionService + EventLog>(store: Arc<S>) {
    let (one, two) = (key("app", "ann", "one"), key("app", "ann", "two"));
    assert_eq!(store.pin(&one, Some("sha256:1".into())).await.unwrap(), None);
    assert_eq!(store.get(&one).await.unwrap(), None);
    let made = create_with(&*store, &one, delta([("a", json!(1)), ("user:b", json!(2))])).await;
    create(&*store, &two).await;
    for version in [Some("sha256:1"), Some("sha256:2"), None, Some("sha256:1"), None, None] {
        pin(&*store, &one, version).await;
        assert_eq!(version_of(&*store, &one).await.as_deref(), version);
    }
    assert_eq!(state_of(&*store, &one).await, made.state);
    assert_eq!(version_of(&*store, &two).await, None);
    let filter = SessionFilter { limit: 1, ..SessionFilter::default() };
    assert_eq!(store.list(filter).await.unwrap().sessions[0].key, one);
}

/// A beginning that pins gives its version to a session that has none, the one that it makes too.
pub async fn beginning_pins_a_session_that_has_no_version<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let first = Run::new(&key);
    store.begin(beginning(&first, "sha256:1", false)).await.unwrap();
    assert_eq!(version_of(&*store, &key).await, None);
    store.commit(first.end(1, InvocationStatus::Completed)).await.unwrap();
    // One that is refused leaves nothing.
    assert!(is_conflict(store.begin(beginning(&first, "sha256:1", true)).await));
    assert_eq!(version_of(&*store, &key).await, None);

    store.begin(beginning(&Run::new(&key), "sha256:2", true)).await.unwrap();
    assert_eq!(version_of(&*store, &key).await.as_deref(), Some("sha256:2"));
    for pin in [true, false] {
        store.begin(beginning(&Run::new(&key), "sha256:3", pin)).await.unwrap();
        assert_eq!(version_of(&*store, &key).await.as_deref(), Some("sha256:2"));
    }

    let made = super::fixture::key("app", "ann", "made");
    store.begin(beginning(&Run::new(&made), "sha256:4", true)).await.unwrap();
    assert_eq!(version_of(&*store, &made).await.as_deref(), Some("sha256:4"));
}

/// A run that waited pins with the version that it has when its turn comes.
pub async fn a_queued_run_pins_when_it_begins<S: SessionService + EventLog>(store: Arc<S>) {
    let key = key("app", "ann", "one");
    let run = Run::new(&key);
    store.begin(run.beginning(InvocationStatus::Queued, None)).await.unwrap();
    assert_eq!(version_of(&*store, &key).await, None);
    store.begin(beginning(&run, "sha256:2", true)).await.unwrap();
    assert_eq!(version_of(&*store, &key).await.as_deref(), Some("sha256:2"));
    assert_eq!(store.invocation(run.id).await.unwrap().unwrap().agent_version, "sha256:2");
}

/// Each version once, of that agent only, for as long as a session stays on it.
pub async fn pinned_versions_are_those_of_an_agents_sessions<S: SessionService + EventLog>(store: Arc<S>) {
    assert!(pinned(&*store, "app").await.is_empty());
    let versions = ["", "a", "a\0", "a\0b", "ab", "sha256:1", "\u{10ffff}é"];
    for (index, version) in versions.iter().cycle().take(versions.len() * 3).enumerate() {
        let key = key("app", "ann", &index.to_string());
        create(&*store, &key).await;
        pin(&*store, &key, Some(version)).await;
    }
    create(&*store, &key("app", "ann", "unpinned")).await;
    let other = key("other", "ann", "0");
    create(&*store, &other).await;
    pin(&*store, &other, Some("theirs")).await;
    assert_eq!(pinned(&*store, "app").await, versions);
    assert_eq!(pinned(&*store, "other").await, ["theirs"]);

    // The last one that lets go, or is deleted, takes its version along.
    for session in ["1", "8"] {
        pin(&*store, &key("app", "ann", session), None).await;
    }
    assert_eq!(pinned(&*store, "app").await, versions);
    assert!(store.delete(&key("app", "ann", "15")).await.unwrap());
    assert_eq!(pinned(&*store, "app").await, [&versions[..1], &versions[2..]].concat());
}
