//! What a failure of a provider, or of the way to it, is here. Keys and addresses are in none of it that this host wrote itself;
//! what a provider says is searched for them elsewhere.

use std::time::Duration;

use rak_core::time::UnixMillis;
use rak_core::{Failure, FailureKind};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;

/// The code of a failure where the provider does not know the key, or what is behind it.
const UNAUTHORIZED: &str = "unauthorized";
/// The code of a failure where the answer has too many bytes.
const RESPONSE_TOO_LARGE: &str = "response_too_large";
/// The pause that a provider wants, in milliseconds, as some say it beside the standard header.
const RETRY_AFTER_MS: &str = "retry-after-ms";

/// It cannot be reached.
pub(crate) fn unreachable(cause: &str) -> Failure {
    Failure::new(FailureKind::Unavailable, format!("the provider cannot be reached: {cause}"))
}

/// The connection broke.
pub(crate) fn lost(cause: &str) -> Failure {
    Failure::new(FailureKind::Unavailable, format!("the connection to the provider broke: {cause}"))
}

/// The answer ends where it is not over.
pub(crate) fn cut() -> Failure {
    Failure::new(FailureKind::Unavailable, "the provider cut the answer off")
}

/// Nothing comes.
pub(crate) fn silent(time: Duration) -> Failure {
    let message = format!("the provider was silent for {} ms", time.as_millis());
    Failure::new(FailureKind::DeadlineExceeded, message)
}

/// The answer has too many bytes.
pub(crate) fn too_large(max_bytes: usize) -> Failure {
    let message = format!("the answer of the provider is larger than {max_bytes} bytes");
    let failure = Failure::new(FailureKind::LimitExceeded, message);
    Failure { code: Some(RESPONSE_TOO_LARGE.to_owned()), ..failure }
}

/// The provider takes no such request.
pub(crate) fn refused(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::InvalidArgument, message)
}

/// An answer with a status that is no success.
pub(crate) fn of_status(status: StatusCode, headers: &HeaderMap, body: &str) -> Failure {
    let body_value: Option<Value> = serde_json::from_str(body).ok();
    let said = match &body_value {
        Some(value) => said(value).unwrap_or_else(|| value.to_string()),
        None => body.trim().to_owned(),
    };
    let separator = if said.is_empty() { "" } else { ": " };
    let message = format!("the provider answered with the status {}{separator}{said}", status.as_u16());
    let in_body = || body_value.as_ref().and_then(retry_delay);
    let retry_after = retry_after(headers, UnixMillis::now()).or_else(in_body);
    of_kind(kind_of_status(status.as_u16()), message, retry_after)
}

/// An error that comes where an answer was expected, with or after the status of a success.
pub(crate) fn of_error(error: &Value) -> Failure {
    let status = error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
    let mut words = ["type", "code", "status"].into_iter().filter_map(|key| error.get(key)?.as_str());
    let kind = match status {
        Some(status @ 400..=599) => kind_of_status(status),
        _ => words.find_map(kind_of_word).unwrap_or(Kind::Unavailable),
    };
    let said = said(error).unwrap_or_else(|| error.to_string());
    of_kind(kind, format!("the provider answered with an error: {said}"), retry_delay(error))
}

/// What an error means for whoever asked.
#[derive(Clone, Copy)]
enum Kind {
    Refused,
    Unauthorized,
    RateLimited,
    Unavailable,
    Misled,
}

fn of_kind(kind: Kind, message: String, retry_after: Option<Duration>) -> Failure {
    let (kind, code) = match kind {
        Kind::Refused => (FailureKind::InvalidArgument, None),
        Kind::Unauthorized => (FailureKind::Failed, Some(UNAUTHORIZED.to_owned())),
        Kind::RateLimited => (FailureKind::RateLimited, None),
        Kind::Unavailable => (FailureKind::Unavailable, None),
        Kind::Misled => (FailureKind::Failed, None),
    };
    let retry_after_ms = retry_after.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    Failure { code, retry_after_ms, ..Failure::new(kind, message) }
}

fn kind_of_status(status: u16) -> Kind {
    match status {
        // Who pays is, as who asks, between the operator and the provider.
        401..=403 => Kind::Unauthorized,
        429 => Kind::RateLimited,
        // What another request is in the way of, or comes too early.
        408 | 409 | 425 | 500.. => Kind::Unavailable,
        400..=499 => Kind::Refused,
        _ => Kind::Misled,
    }
}

/// The words of all three kinds of providers.
fn kind_of_word(word: &str) -> Option<Kind> {
    Some(match word {
        "rate_limit_error" | "rate_limit_exceeded" | "insufficient_quota" | "RESOURCE_EXHAUSTED" => {
            Kind::RateLimited
        }
        "invalid_request_error"
        | "not_found_error"
        | "request_too_large"
        | "INVALID_ARGUMENT"
        | "NOT_FOUND"
        | "FAILED_PRECONDITION" => Kind::Refused,
        "authentication_error"
        | "permission_error"
        | "billing_error"
        | "UNAUTHENTICATED"
        | "PERMISSION_DENIED" => Kind::Unauthorized,
        "api_error" | "overloaded_error" | "server_error" | "timeout_error" | "INTERNAL" | "UNAVAILABLE"
        | "DEADLINE_EXCEEDED" => Kind::Unavailable,
        _ => return None,
    })
}

/// What an error says to a person, wherever in it that is.
fn said(value: &Value) -> Option<String> {
    match value {
        Value::Array(errors) => said(errors.first()?),
        Value::String(text) => Some(text.clone()),
        _ => ["error", "message", "detail"].iter().find_map(|key| said(value.get(key)?)),
    }
}

/// The pause that Google wants.
fn retry_delay(body: &Value) -> Option<Duration> {
    let error = body.get("error").unwrap_or(body);
    let mut details = error.get("details")?.as_array()?.iter();
    let seconds = details.find_map(|detail| detail.get("retryDelay")?.as_str()?.strip_suffix('s'))?;
    Duration::try_from_secs_f64(seconds.parse().ok()?).ok()
}

/// The pause that a provider wants: a number of seconds, or a date.
fn retry_after(headers: &HeaderMap, now: UnixMillis) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(millis) = text(RETRY_AFTER_MS).and_then(|text| text.parse::<f64>().ok()) {
        return Duration::try_from_secs_f64(millis / 1000.0).ok();
    }
    let written = text(RETRY_AFTER.as_str())?;
    if let Ok(seconds) = written.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = httpdate::parse_http_date(written).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    let now = Duration::from_millis(u64::try_from(now.0).ok()?);
    Some(date.saturating_sub(now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn status(status: u16, body: &str) -> Failure {
        of_status(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body)
    }

    #[test]
    fn a_status_says_what_to_do() {
        for (number, kind, code) in [
            (302, FailureKind::Failed, None),
            (400, FailureKind::InvalidArgument, None),
            (401, FailureKind::Failed, Some("unauthorized")),
            (402, FailureKind::Failed, Some("unauthorized")),
            (404, FailureKind::InvalidArgument, None),
            (408, FailureKind::Unavailable, None),
            (429, FailureKind::RateLimited, None),
            (500, FailureKind::Unavailable, None),
            (529, FailureKind::Unavailable, None),
        ] {
            let failure = status(number, "");
            assert_eq!((failure.kind, failure.code.as_deref()), (kind, code), "{number}");
            assert_eq!(failure.message, format!("the provider answered with the status {number}"));
        }
    }

    #[test]
    fn a_provider_is_quoted() {
        for (body, said) in [
            (r#"{"error": {"message": "no", "type": "x"}}"#, "no"),
            (r#"{"type": "error", "error": {"type": "x", "message": "no"}}"#, "no"),
            (r#"[{"error": {"code": 400, "message": "no", "status": "INVALID_ARGUMENT"}}]"#, "no"),
            (r#"{"error": "no"}"#, "no"),
            (r#"{"detail": "no"}"#, "no"),
            (r#"{"a": 1}"#, r#"{"a":1}"#),
            ("<html>no</html>\n", "<html>no</html>"),
        ] {
            assert!(status(400, body).message.ends_with(&format!("status 400: {said}")), "{body}");
        }
    }

    #[test]
    fn an_error_in_place_of_an_answer_is_one() {
        for (error, kind) in [
            (json!({"code": 429, "message": "x"}), FailureKind::RateLimited),
            (json!({"code": "rate_limit_exceeded", "message": "x"}), FailureKind::RateLimited),
            (json!({"type": "overloaded_error", "message": "x"}), FailureKind::Unavailable),
            (
                json!({"type": "invalid_request_error", "code": null, "message": "x"}),
                FailureKind::InvalidArgument,
            ),
            (json!({"code": 503, "status": "UNAVAILABLE", "message": "x"}), FailureKind::Unavailable),
            (json!({"type": "authentication_error", "message": "x"}), FailureKind::Failed),
            (json!("x"), FailureKind::Unavailable),
        ] {
            let failure = of_error(&error);
            assert_eq!(failure.kind, kind, "{error}");
            assert_eq!(failure.message, "the provider answered with an error: x");
        }
    }

    #[test]
    fn a_pause_is_read_wherever_it_is_written() {
        let after = |name: &'static str, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            retry_after(&headers, UnixMillis(784_111_777_000)).map(|time| time.as_millis())
        };
        assert_eq!(after("retry-after", "12"), Some(12_000));
        assert_eq!(after("retry-after", "1.5"), Some(1500));
        assert_eq!(after("retry-after-ms", "250"), Some(250));
        assert_eq!(after("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT"), Some(60_000));
        assert_eq!(after("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        assert_eq!(after("retry-after", "soon"), None);
        assert_eq!(after("retry-after", "-1"), None);
        let body = r#"{"error": {"details": [{"@type": "x"}, {"retryDelay": "37.5s"}]}}"#;
        assert_eq!(status(429, body).retry_after_ms, Some(37_500));
    }
}
