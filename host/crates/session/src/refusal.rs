//! The refusals of both stores, so that they use the same words.

use rak_core::{InvocationId, InvocationStatus, SessionKey, StoreError};

pub(crate) fn session_exists(key: &SessionKey) -> StoreError {
    StoreError::Conflict { reason: format!("the session {key} exists already") }
}

pub(crate) fn no_session(key: &SessionKey) -> StoreError {
    StoreError::NotFound { what: format!("the session {key}") }
}

pub(crate) fn no_invocation(id: InvocationId, session: &SessionKey) -> StoreError {
    StoreError::NotFound { what: format!("invocation {id} in the session {session}") }
}

/// An invocation id that another session has.
pub(crate) fn other_session(id: InvocationId) -> StoreError {
    StoreError::Conflict { reason: format!("invocation {id} exists already, in another session") }
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

/// A commit needs an invocation that is not over, and ends it, where it does, in a terminal status.
pub(crate) fn check_end(
    id: InvocationId,
    now: InvocationStatus,
    end: Option<InvocationStatus>,
) -> Result<(), StoreError> {
    match end {
        _ if now.is_terminal() => Err(over(id, now)),
        Some(end) if !end.is_terminal() => Err(step(id, now, end)),
        _ => Ok(()),
    }
}
