//! The refusals of both stores, so that they use the same words.

use rak_core::{
    AgentQuota, AppName, DailyUsage, IdempotencyKey, InvocationId, InvocationStatus, InvocationStep,
    JournalChunk, Limited, NewArtifact, Quota, QuotaExceeded, Scope, SessionKey, StoreError, UserId,
};

pub(crate) fn session_exists(key: &SessionKey) -> StoreError {
    StoreError::Conflict { reason: format!("the session {key} exists already") }
}

pub(crate) fn no_session(key: &SessionKey) -> StoreError {
    StoreError::NotFound { what: format!("the session {key}") }
}

/// Whose artifact a name means, and the name without its prefix.
pub(crate) fn artifact_scope(name: &str) -> Result<(Scope, &str), StoreError> {
    rak_core::artifact_scope(name).map_err(|error| StoreError::Invalid { reason: error.to_string() })
}

/// A user who has so much with an agent may have an artifact more.
pub(crate) fn check_artifacts(bytes: u64, new: &NewArtifact) -> Result<(), StoreError> {
    let size = bytes.saturating_add(new.data.len() as u64);
    if size <= new.max_user_bytes {
        return Ok(());
    }
    let clamp = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
    let what = "the artifacts of the user".to_owned();
    Err(StoreError::TooLarge { what, size: clamp(size), limit: clamp(new.max_user_bytes) })
}

pub(crate) fn no_invocation(id: InvocationId, session: &SessionKey) -> StoreError {
    StoreError::NotFound { what: format!("invocation {id} in the session {session}") }
}

/// An invocation id that another session has.
pub(crate) fn other_session(id: InvocationId) -> StoreError {
    StoreError::Conflict { reason: format!("invocation {id} exists already, in another session") }
}

/// A key that another invocation of the session was started with.
pub(crate) fn key_used(key: &IdempotencyKey, by: InvocationId) -> StoreError {
    StoreError::Conflict { reason: format!("invocation {by} was started with the key {key:?} already") }
}

/// Something is left of what a user may use in a day.
pub(crate) fn check_user_quota(user: &UserId, quota: &Quota, used: &DailyUsage) -> Result<(), StoreError> {
    within(quota.exceeded_by(used), || Limited::User(user.clone()))
}

/// Something is left of what an agent may use in a day.
pub(crate) fn check_agent_quota(agent: &AppName, quota: AgentQuota, tokens: u64) -> Result<(), StoreError> {
    within(quota.exceeded_by(tokens), || Limited::Agent(agent.clone()))
}

fn within(exceeded: Option<QuotaExceeded>, whose: impl FnOnce() -> Limited) -> Result<(), StoreError> {
    exceeded.map_or(Ok(()), |exceeded| Err(StoreError::QuotaExceeded { whose: whose(), exceeded }))
}

/// The life of an invocation does not go from here to there.
pub(crate) fn step(id: InvocationId, from: InvocationStatus, to: InvocationStatus) -> StoreError {
    StoreError::Conflict { reason: format!("invocation {id} is {from} and cannot become {to}") }
}

/// Something for an invocation that has ended.
pub(crate) fn over(id: InvocationId, status: InvocationStatus) -> StoreError {
    StoreError::Conflict { reason: format!("invocation {id} is over ({status})") }
}

/// An event whose number is not the next one.
pub(crate) fn not_next(id: InvocationId, seq: u64, next: u64) -> StoreError {
    let reason = if seq == 0 {
        format!("an event of a commit to invocation {id} has no number")
    } else if seq < next {
        format!("event {seq} of invocation {id} exists already")
    } else {
        format!("the next event of invocation {id} is {next}, not {seq}")
    };
    StoreError::Conflict { reason }
}

/// The numbers of a commit's events continue those of the invocation, whose newest is `last`. Gives the new newest.
pub(crate) fn check_numbers(
    id: InvocationId,
    last: u64,
    numbers: impl Iterator<Item = u64>,
) -> Result<u64, StoreError> {
    let mut last = last;
    for seq in numbers {
        let next = last.saturating_add(1);
        if seq != next {
            return Err(not_next(id, seq, next));
        }
        last = next;
    }
    Ok(last)
}

/// A second `begin` keeps the status or goes a step further in life.
pub(crate) fn check_step(
    id: InvocationId,
    from: InvocationStatus,
    to: InvocationStatus,
) -> Result<(), StoreError> {
    if from.is_terminal() {
        Err(over(id, from))
    } else if from == to || from.may_become(to) {
        Ok(())
    } else {
        Err(step(id, from, to))
    }
}

/// A commit needs an invocation that is not over. An end is terminal, and a rest is not.
pub(crate) fn check_end(
    id: InvocationId,
    now: InvocationStatus,
    change: Option<&InvocationStep>,
) -> Result<(), StoreError> {
    let fits = change.is_none_or(|change| match change {
        InvocationStep::Rests(rest) => !rest.status.is_terminal(),
        InvocationStep::Ends(end) => end.status.is_terminal(),
    });
    match change {
        _ if now.is_terminal() => Err(over(id, now)),
        Some(change) if !fits => Err(step(id, now, change.status())),
        _ => Ok(()),
    }
}

/// The entries of a chunk continue the journal, which has `length` of them. Gives its new length.
pub(crate) fn check_journal(
    id: InvocationId,
    length: u64,
    chunk: Option<&JournalChunk>,
) -> Result<u64, StoreError> {
    match chunk {
        None => Ok(length),
        Some(chunk) if chunk.first == length => Ok(length.saturating_add(chunk.count)),
        Some(chunk) => Err(not_next_entry(id, chunk.first, length)),
    }
}

/// An entry of the journal whose index is not the next one.
fn not_next_entry(id: InvocationId, first: u64, next: u64) -> StoreError {
    let reason = if first < next {
        format!("entry {first} of the journal of invocation {id} exists already")
    } else {
        format!("the next entry of the journal of invocation {id} is {next}, not {first}")
    };
    StoreError::Conflict { reason }
}
