//! What an error of a server or of the way to it is here. Addresses and keys are in none of it.

use std::error::Error;
use std::time::Duration;

use rak_core::{Failure, FailureKind};
use rmcp::model::{ErrorCode, ErrorData};
use rmcp::service::ServiceError;
use rmcp::transport::streamable_http_client::HttpStatusError;

use super::answer::too_large;
use super::http::HttpError;
use super::lines::TOO_LARGE;

/// The code of a failure where nobody knows whether the call was done.
const CONNECTION_LOST: &str = "connection_lost";

/// Why a call has no answer, and whether the connection is of no use any more.
pub(crate) struct CallError {
    pub(crate) failure: Failure,
    pub(crate) is_broken: bool,
}

/// What the error of a call means.
pub(crate) fn of_call(error: &ServiceError, limit: usize) -> CallError {
    let (failure, is_broken) = match error {
        ServiceError::McpError(error) => (of_server(error, limit), false),
        ServiceError::TransportSend(sent) => match sent.error.downcast_ref::<HttpError>() {
            Some(HttpError::HttpStatus(status)) => (of_status(status), false),
            _ => (lost(&reason(error)), true),
        },
        ServiceError::TransportClosed | ServiceError::Cancelled { .. } => (lost(&reason(error)), true),
        _ => (Failure::new(FailureKind::Failed, reason(error)), false),
    };
    CallError { failure, is_broken }
}

/// What went wrong with a request, for the log.
pub(crate) fn reason(error: &ServiceError) -> String {
    match error {
        ServiceError::McpError(error) => format!("it answered with an error: {}", error.message),
        ServiceError::TransportSend(error) => described(error.error.as_ref()),
        ServiceError::TransportClosed | ServiceError::Cancelled { .. } => {
            "it closed the connection".to_owned()
        }
        _ => "it gave an answer that cannot be used".to_owned(),
    }
}

/// An error that the server gave itself.
fn of_server(error: &ErrorData, limit: usize) -> Failure {
    let kind = match error.code {
        TOO_LARGE => return too_large(limit),
        ErrorCode::METHOD_NOT_FOUND => FailureKind::NotFound,
        ErrorCode::INVALID_PARAMS => FailureKind::InvalidArgument,
        _ => FailureKind::Failed,
    };
    Failure::new(kind, format!("the server says: {}", error.message))
}

fn of_status(status: &HttpStatusError) -> Failure {
    let kind = if status.status == 429 { FailureKind::RateLimited } else { FailureKind::Unavailable };
    let seconds = status.retry_after.as_deref().and_then(|seconds| seconds.trim().parse().ok());
    let message = format!("the server answered with the status {}", status.status);
    let retry_after_ms = seconds.map(|seconds: u64| seconds.saturating_mul(1000));
    Failure { retry_after_ms, ..Failure::new(kind, message) }
}

fn lost(reason: &str) -> Failure {
    let message =
        format!("the MCP server went away during the call: {reason}; whether it was done is not known");
    Failure { code: Some(CONNECTION_LOST.to_owned()), ..Failure::new(FailureKind::Unavailable, message) }
}

/// The server is not there, so nothing was done.
pub(crate) fn not_there(server: &str, reason: &str, again_in: Option<Duration>) -> Failure {
    let message = format!("the MCP server {server:?} is not there: {reason}");
    let retry_after_ms = again_in.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    Failure { retry_after_ms, ..Failure::new(FailureKind::Unavailable, message) }
}

/// What went wrong on the way. Errors of HTTP say little of what caused them, which is what is told.
pub(crate) fn described(error: &(dyn Error + 'static)) -> String {
    let mut at = error;
    let mut http = None;
    loop {
        http = http.or_else(|| at.downcast_ref::<reqwest::Error>());
        match at.source().or_else(|| hidden_source(at)) {
            Some(source) => at = source,
            None => break,
        }
    }
    let cause = match at.downcast_ref::<reqwest::Error>() {
        Some(_) => "the request failed".to_owned(),
        None => at.to_string(),
    };
    match http {
        Some(error) if error.is_connect() => format!("it cannot be reached: {cause}"),
        Some(error) if error.is_timeout() => "it did not answer in time".to_owned(),
        Some(error) => match error.status() {
            Some(status) => format!("it answered with the status {}", status.as_u16()),
            None => cause,
        },
        None => cause,
    }
}

/// The error within an error of HTTP, which that does not call its source.
fn hidden_source<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<HttpError>()? {
        HttpError::Client(error) => Some(error),
        _ => None,
    }
}
