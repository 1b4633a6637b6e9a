//! Which version of an agent a run gets.

use std::sync::Arc;

use rak_core::{Agent, AgentRegistry, InvocationRecord, RunError, Session};

/// The version that the session stays on, where it stays on one, or else the current one. A session that does not exist
/// yet stays on none.
pub(crate) async fn choose(
    agents: &dyn AgentRegistry,
    current: Arc<dyn Agent>,
    session: Option<&Session>,
) -> Result<Arc<dyn Agent>, RunError> {
    let pinned = session.and_then(|session| session.agent_version.as_deref());
    let Some(version) = pinned.filter(|version| *version != current.version()) else { return Ok(current) };
    let name = current.name();
    let kept = agents.version(name, version).await;
    kept.ok_or_else(|| RunError::VersionGone { name: name.clone(), version: version.to_owned() })
}

/// The version that an invocation began with: its journal makes sense to no other. One that waits for its session has
/// not begun, and takes what there is.
pub(crate) async fn exactly(
    agents: &dyn AgentRegistry,
    record: &InvocationRecord,
) -> Result<Arc<dyn Agent>, RunError> {
    let name = &record.session.app_name;
    let not_begun = record.resume.as_ref().is_some_and(|resume| resume.message.is_some());
    if let Some(current) = agents.get(name)
        && (not_begun || current.version() == record.agent_version)
    {
        return Ok(current);
    }
    let kept = agents.version(name, &record.agent_version).await;
    kept.ok_or_else(|| RunError::VersionGone { name: name.clone(), version: record.agent_version.clone() })
}
