//! Failures of calls that reach no tool.

use rak_core::{Failure, FailureKind};

/// There is no such tool.
pub(crate) fn unknown(name: &str) -> Failure {
    Failure::new(FailureKind::NotFound, format!("there is no tool {name:?}"))
}

/// The arguments do not satisfy the schema of the tool.
pub(crate) fn no_arguments(name: &str, mistakes: &str) -> Failure {
    Failure::new(FailureKind::InvalidArgument, format!("these are no arguments for {name}: {mistakes}"))
}
