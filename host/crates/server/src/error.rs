//! What went wrong, as a client sees it: the only place that knows status codes, and the only one that decides which
//! text is public.

use std::fmt;
use std::time::Duration;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rak_core::time::UnixMillis;
use rak_core::{
    ArtifactNameError, DeployError, IdError, InvocationId, RespondError, RunError, SessionId, SessionKey,
    StateKeyError, StoreError,
};

use crate::json::JsonError;
use crate::protocol::rest::{ErrorBody, SessionName};
use crate::recording::RecordingError;

/// When a place may be free again: runs end all the time.
const RETRY_SOON: Duration = Duration::from_secs(1);
/// When another host may have taken over, or the store may be back.
const RETRY_LATER: Duration = Duration::from_secs(5);

/// A refusal: status, stable code and public text.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: &'static str,
    text: String,
    retry_after: Option<Duration>,
    invocation_id: Option<InvocationId>,
    matches: Vec<SessionKey>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, text: impl Into<String>) -> Self {
        Self { status, code, text: text.into(), retry_after: None, invocation_id: None, matches: Vec::new() }
    }

    fn unavailable(code: &'static str, text: impl Into<String>, retry_after: Duration) -> Self {
        let error = Self::new(StatusCode::SERVICE_UNAVAILABLE, code, text);
        Self { retry_after: Some(retry_after), ..error }
    }

    fn too_many(code: &'static str, text: impl Into<String>, retry_after: Duration) -> Self {
        let error = Self::new(StatusCode::TOO_MANY_REQUESTS, code, text);
        Self { retry_after: Some(retry_after), ..error }
    }

    pub(crate) fn too_many_runs(limit: usize) -> Self {
        let text = format!("{limit} runs share this socket already, which is the limit");
        Self::too_many("too_many_runs", text, RETRY_SOON)
    }

    /// It can be read, but not used.
    pub(crate) fn invalid(text: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", text)
    }

    pub(crate) fn no_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "there is no such route")
    }

    pub(crate) fn no_method(method: &Method) -> Self {
        let text = format!("this route does not take {method}; the header Allow says what it takes");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", text)
    }

    pub(crate) fn session_exists(id: &SessionId) -> Self {
        let text = format!("there is a session {:?} already", id.as_str());
        Self::new(StatusCode::CONFLICT, "session_exists", text)
    }

    pub(crate) fn body_too_large(limit: usize) -> Self {
        let text = format!("the body is too large: {limit} bytes are allowed");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", text)
    }

    pub(crate) fn artifact_too_large(limit: u64) -> Self {
        let text =
            format!("the artifact is too large: {limit} bytes are allowed; divide it, or keep it elsewhere");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "artifact_too_large", text)
    }

    /// Its user has as much as it may have.
    pub(crate) fn artifacts_full(error: &StoreError) -> Self {
        let text = format!("{error}; remove artifacts, or versions of them, that nobody needs any more");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "artifacts_full", text)
    }

    pub(crate) fn artifact_not_found(name: &str, version: Option<u32>) -> Self {
        let text = match version {
            Some(version) => format!("there is no version {version} of the artifact {name:?}"),
            None => format!("there is no artifact {name:?}"),
        };
        let text = format!("{text}; GET …/artifacts lists those that there are");
        Self::new(StatusCode::NOT_FOUND, "artifact_not_found", text)
    }

    pub(crate) fn no_such_range(size: u64) -> Self {
        let text = format!("the Range lies behind the end: the artifact has {size} bytes");
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "no_such_range", text)
    }

    /// The host was put together without a place for them.
    pub(crate) fn no_artifacts() -> Self {
        let text = "this host keeps no artifacts: whoever runs it has to give it a store for them";
        Self::new(StatusCode::NOT_IMPLEMENTED, "no_artifacts", text)
    }

    pub(crate) fn manifest_too_large(limit: usize) -> Self {
        let text = format!("the manifest is too large: {limit} bytes are allowed");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "manifest_too_large", text)
    }

    pub(crate) fn incomplete_body() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "incomplete_body", "the body did not arrive whole")
    }

    pub(crate) fn body_too_slow() -> Self {
        let text = "the body took too long to arrive";
        Self::new(StatusCode::REQUEST_TIMEOUT, "request_timeout", text)
    }

    pub(crate) fn unsupported_media_type(text: &'static str) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", text)
    }

    pub(crate) fn malformed_form(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed_form", text)
    }

    /// The registry is one that cannot be changed.
    pub(crate) fn fixed_agents() -> Self {
        let text = "the agents of this host are part of its program, and cannot be changed while it runs";
        Self::new(StatusCode::FORBIDDEN, "fixed_agents", text)
    }

    pub(crate) fn draining() -> Self {
        RunError::Draining.into()
    }

    pub(crate) fn store_unavailable() -> Self {
        let text = "the store is not usable at the moment; try again in a moment";
        Self::unavailable("store_unavailable", text, RETRY_LATER)
    }

    /// Something in the server itself failed. The cause is for the log.
    pub(crate) fn internal(cause: impl fmt::Display) -> Self {
        tracing::error!(%cause, "the server failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the server failed; its log says why")
    }

    /// The stable word.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// What anybody may read.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// When trying again may help, in milliseconds.
    pub(crate) fn retry_after_ms(&self) -> Option<u64> {
        self.retry_after.map(|after| u64::try_from(after.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX))
    }

    /// The body of the answer.
    pub(crate) fn body(&self) -> ErrorBody {
        ErrorBody {
            error: self.text.clone(),
            code: self.code.to_owned(),
            retry_after_ms: self.retry_after_ms(),
            invocation_id: self.invocation_id,
            matches: self.matches.iter().map(SessionName::from).collect(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.body()).unwrap_or_default();
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
        if let Some(milliseconds) = self.retry_after_ms() {
            // Whole seconds, and none of them too early.
            let seconds = HeaderValue::from(milliseconds.div_ceil(1000).max(1));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

impl From<RunError> for ApiError {
    fn from(error: RunError) -> Self {
        let text = error.to_string();
        match error {
            RunError::AgentNotFound { .. } => Self::new(StatusCode::NOT_FOUND, "agent_not_found", text),
            RunError::AgentUnnamed { .. } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "agent_unnamed", text)
            }
            RunError::AgentRefused { .. } => Self::unavailable("agent_refused", text, RETRY_LATER),
            RunError::VersionGone { .. } => Self::new(StatusCode::CONFLICT, "version_gone", text),
            RunError::SessionBusy { running } => {
                Self { invocation_id: Some(running), ..Self::new(StatusCode::CONFLICT, "session_busy", text) }
            }
            RunError::SessionAmbiguous { matches, .. } => {
                Self { matches, ..Self::new(StatusCode::CONFLICT, "session_ambiguous", text) }
            }
            RunError::SessionNotFound(_) => Self::new(StatusCode::NOT_FOUND, "session_not_found", text),
            RunError::QueueFull { .. } => Self::too_many("queue_full", text, RETRY_SOON),
            RunError::RateLimited { retry_after, .. } => Self::too_many("rate_limited", text, retry_after),
            RunError::QuotaExceeded { retry_after, .. } => {
                Self::too_many("quota_exceeded", text, retry_after)
            }
            RunError::IdempotencyConflict { invocation, .. } => Self {
                invocation_id: Some(invocation),
                ..Self::new(StatusCode::CONFLICT, "idempotency_conflict", text)
            },
            RunError::Full { .. } => Self::unavailable("full", text, RETRY_SOON),
            RunError::Draining => Self::unavailable("draining", text, RETRY_LATER),
            RunError::InvalidId(error) => error.into(),
            RunError::InvocationNotFound(_) => Self::new(StatusCode::NOT_FOUND, "invocation_not_found", text),
            RunError::InvocationOver(_) => Self::new(StatusCode::CONFLICT, "invocation_over", text),
            RunError::NotDurable(_) => Self::new(StatusCode::CONFLICT, "not_durable", text),
            RunError::Store(error) => error.into(),
            RunError::Internal(cause) => Self::internal(cause),
        }
    }
}

impl From<RespondError> for ApiError {
    fn from(error: RespondError) -> Self {
        let text = error.to_string();
        let (status, code) = match error {
            RespondError::Run(error) => return error.into(),
            RespondError::RequestNotFound { .. } => (StatusCode::NOT_FOUND, "request_not_found"),
            RespondError::AlreadyAnswered { .. } => (StatusCode::CONFLICT, "already_answered"),
            RespondError::RequestExpired { .. } => (StatusCode::CONFLICT, "request_expired"),
            RespondError::InvalidAnswer { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_answer"),
            RespondError::TooManyMessages { .. } => (StatusCode::CONFLICT, "too_many_messages"),
        };
        Self::new(status, code, text)
    }
}

impl From<RecordingError> for ApiError {
    fn from(error: RecordingError) -> Self {
        let text = error.to_string();
        match error {
            RecordingError::NotFound(_) => Self::new(StatusCode::NOT_FOUND, "invocation_not_found", text),
            RecordingError::NotBegun(_) => Self::new(StatusCode::CONFLICT, "not_begun", text),
            RecordingError::NotDurable(_) => Self::new(StatusCode::CONFLICT, "not_durable", text),
            RecordingError::Pruned { .. } => Self::new(StatusCode::GONE, "journal_gone", text),
            RecordingError::Store(error) => error.into(),
        }
    }
}

impl From<DeployError> for ApiError {
    fn from(error: DeployError) -> Self {
        let text = error.to_string();
        let (status, code) = match error {
            DeployError::Refused { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "version_refused"),
            DeployError::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "component_too_large"),
            DeployError::DigestMismatch { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "digest_mismatch"),
            DeployError::AgentNotFound { .. } => (StatusCode::NOT_FOUND, "agent_not_found"),
            DeployError::VersionNotFound { .. } => (StatusCode::NOT_FOUND, "version_not_found"),
            DeployError::NothingOlder { .. } => (StatusCode::CONFLICT, "nothing_older"),
            DeployError::DiskFull => (StatusCode::INSUFFICIENT_STORAGE, "disk_full"),
            DeployError::NotAllowed => (StatusCode::FORBIDDEN, "uploads_not_allowed"),
            DeployError::Unavailable { reason } => {
                tracing::error!(%reason, "the registry of agents failed");
                let text = "the registry of agents is not usable at the moment; try again in a moment";
                return Self::unavailable("registry_unavailable", text, RETRY_LATER);
            }
        };
        Self::new(status, code, text)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let text = error.to_string();
        match error {
            StoreError::Conflict { .. } => Self::new(StatusCode::CONFLICT, "conflict", text),
            StoreError::Invalid { .. } => Self::invalid(text),
            StoreError::NotFound { .. } => Self::new(StatusCode::NOT_FOUND, "not_found", text),
            StoreError::TooLarge { .. } => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", text),
            StoreError::QuotaExceeded { .. } => {
                let now = UnixMillis::now();
                let left = u64::try_from(now.day().end().0.saturating_sub(now.0)).unwrap_or(0);
                Self::too_many("quota_exceeded", text, Duration::from_millis(left))
            }
            StoreError::Unavailable { reason } => {
                // The store itself says it, and not for every request.
                tracing::debug!(%reason, "the store failed");
                Self::store_unavailable()
            }
        }
    }
}

impl From<IdError> for ApiError {
    fn from(error: IdError) -> Self {
        Self::invalid(error.to_string())
    }
}

impl From<ArtifactNameError> for ApiError {
    fn from(error: ArtifactNameError) -> Self {
        Self::invalid(error.to_string())
    }
}

impl From<StateKeyError> for ApiError {
    fn from(error: StateKeyError) -> Self {
        Self::invalid(error.to_string())
    }
}

impl From<JsonError> for ApiError {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::Malformed(text) => Self::new(StatusCode::BAD_REQUEST, "malformed_json", text),
            JsonError::Invalid(text) => Self::invalid(text),
        }
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        let text = rejection.body_text();
        let problem = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
        Self::invalid(format!("the query cannot be read: {problem}"))
    }
}

impl From<PathRejection> for ApiError {
    fn from(rejection: PathRejection) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed_path", rejection.body_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_store_says_is_not_shown() {
        let error = ApiError::from(RunError::from(StoreError::unavailable("/var/lib/rak: disk I/O error")));
        assert_eq!((error.status.as_u16(), error.code), (503, "store_unavailable"));
        assert!(!error.text.contains("disk"));
        let error = ApiError::from(RunError::Internal("task 7 panicked at src/x.rs".into()));
        assert_eq!((error.status.as_u16(), error.code), (500, "internal"));
        assert!(!error.text.contains("panicked"));
    }

    #[test]
    fn what_the_registry_says_to_the_operator_is_not_shown() {
        let reason = "/var/lib/rak/agents: read-only file system".to_owned();
        let error = ApiError::from(DeployError::Unavailable { reason });
        assert_eq!((error.status.as_u16(), error.code), (503, "registry_unavailable"));
        assert!(!error.text.contains("/var"));
    }
}
