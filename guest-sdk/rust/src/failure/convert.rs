//! What `?` turns into a [`Failure`].
//!
//! One `impl` a type, because a blanket one would collide with `Failure` being an error itself.

use std::convert::Infallible;
use std::error::Error;
use std::{fmt, io, num, str, string};

use super::{Failure, FailureKind, with_sources};

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(failure) => return failure,
            Err(error) => error,
        };
        let kind = match error.kind() {
            io::ErrorKind::NotFound => FailureKind::NotFound,
            io::ErrorKind::PermissionDenied => FailureKind::Denied,
            io::ErrorKind::AlreadyExists => FailureKind::Conflict,
            io::ErrorKind::InvalidInput => FailureKind::InvalidArgument,
            io::ErrorKind::TimedOut => FailureKind::DeadlineExceeded,
            io::ErrorKind::Unsupported => FailureKind::Unsupported,
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable => FailureKind::Unavailable,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::OutOfMemory => {
                FailureKind::LimitExceeded
            }
            _ => FailureKind::Failed,
        };
        Self::new(kind, with_sources(&error))
    }
}

/// The failure is kept whole, for who turns the error into one again. A kind of its own it does not get: those that read would
/// take some of them for a reason to go on.
impl From<Failure> for io::Error {
    fn from(failure: Failure) -> Self {
        Self::other(failure)
    }
}

impl From<Box<dyn Error>> for Failure {
    fn from(error: Box<dyn Error>) -> Self {
        Self::failed(with_sources(&*error))
    }
}

impl From<Box<dyn Error + Send + Sync>> for Failure {
    fn from(error: Box<dyn Error + Send + Sync>) -> Self {
        Self::failed(with_sources(&*error))
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::failed(message)
    }
}

impl From<&str> for Failure {
    fn from(message: &str) -> Self {
        Self::failed(message)
    }
}

impl From<Infallible> for Failure {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// These say nothing about whose mistake it is, so they are [`FailureKind::Failed`].
macro_rules! failed_from {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::from_error(error)
            }
        }
    )+};
}

failed_from! {
    serde_json::Error,
    fmt::Error,
    num::ParseFloatError,
    num::ParseIntError,
    num::TryFromIntError,
    str::Utf8Error,
    string::FromUtf8Error,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question_mark<E: Into<Failure>>(error: E) -> Failure {
        error.into()
    }

    #[test]
    fn io_errors_keep_their_kind() {
        let kinds = [
            (io::ErrorKind::NotFound, FailureKind::NotFound),
            (io::ErrorKind::PermissionDenied, FailureKind::Denied),
            (io::ErrorKind::ConnectionRefused, FailureKind::Unavailable),
            (io::ErrorKind::StorageFull, FailureKind::LimitExceeded),
            (io::ErrorKind::BrokenPipe, FailureKind::Failed),
        ];
        for (io, kind) in kinds {
            assert_eq!(question_mark(io::Error::new(io, "x")), Failure::new(kind, "x"));
        }
    }

    #[test]
    fn other_errors_are_failed_with_their_text() {
        let error = serde_json::from_str::<u32>("{").unwrap_err();
        let text = error.to_string();
        assert_eq!(question_mark(error), Failure::failed(text));
        assert_eq!(question_mark("no"), Failure::failed("no"));
        let boxed: Box<dyn Error + Send + Sync> = "boxed".into();
        assert_eq!(question_mark(boxed), Failure::failed("boxed"));
    }
}
