//! What goes wrong on the way to others. No address with its path, and no credential, is in any of it.

use std::error::Error;
use std::time::Duration;

use rak_core::{Failure, FailureKind};

use crate::names::PrivateName;
use crate::place::Place;

/// Whoever asks may not.
pub(crate) fn denied(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Denied, message)
}

/// It is no request.
pub(crate) fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::InvalidArgument, message)
}

/// There is too much of it.
pub(crate) fn limit(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::LimitExceeded, message)
}

/// The answer has too many bytes.
pub(crate) fn too_large(place: &Place, max_bytes: u64) -> Failure {
    limit(format!("the answer of {place} is larger than {max_bytes} bytes"))
}

/// The answer is not there in time.
pub(crate) fn late(place: &Place, timeout: Duration) -> Failure {
    let message = format!("the answer of {place} took longer than {} ms", timeout.as_millis());
    Failure::new(FailureKind::DeadlineExceeded, message)
}

/// What an error of the library means.
pub(crate) fn of_error(place: &Place, error: &reqwest::Error) -> Failure {
    if let Some(refused) = find::<PrivateName>(error) {
        return place.private(refused.what);
    }
    let cause = cause(error);
    let message = if error.is_connect() {
        format!("{place} cannot be reached: {cause}")
    } else {
        format!("the connection to {place} was cut off: {cause}")
    };
    Failure::new(FailureKind::Unavailable, message)
}

/// What is behind an error of the library, which says little itself, and the address with it.
pub(crate) fn cause(error: &reqwest::Error) -> String {
    let mut at: &dyn Error = error;
    while let Some(source) = at.source() {
        at = source;
    }
    if at.is::<reqwest::Error>() { "the request failed".to_owned() } else { at.to_string() }
}

fn find<E: Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    let mut at: &dyn Error = error;
    loop {
        if let Some(found) = at.downcast_ref() {
            return Some(found);
        }
        at = at.source()?;
    }
}
