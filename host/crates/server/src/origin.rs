//! Keeps web pages of other origins away.
//!
//! A host on somebody's own machine has no login, and a browser on that machine will carry out what any page asks of
//! it. A page says where it comes from in `Origin`; it may pass when that is this server itself, or an origin that
//! the settings allow. A page can also give its own name an address of this machine (DNS rebinding) and then is of
//! the same origin: so a connection over loopback has to name this machine, an address, or an allowed origin in
//! `Host`. Programs that are no browsers send no `Origin` and are not held up.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::error::ApiError;
use crate::settings::ServerSettings;

/// In the extensions of a request: it came over a loopback address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OverLoopback;

/// How long a browser may remember the answer to a preflight, in seconds.
const PREFLIGHT_MAX_AGE: &str = "600";

/// Lets a request pass, with what a browser needs to be told, or refuses it.
pub(crate) async fn guard(
    State(settings): State<Arc<ServerSettings>>,
    request: Request,
    next: Next,
) -> Response {
    let over_loopback = request.extensions().get::<OverLoopback>().is_some();
    let host = host_of(&request);
    if over_loopback && host.as_ref().is_some_and(|host| !names_this_machine(host, &settings)) {
        return refuse("host_not_allowed", "the Host is no name of this machine");
    }
    let origin = match origin_of(request.headers()) {
        Ok(None) => return next.run(request).await,
        Ok(Some(origin)) => origin,
        Err(()) => return refuse("origin_not_allowed", "the Origin cannot be read"),
    };
    if host.is_some_and(|host| is_same_origin(&origin, &host)) {
        return next.run(request).await;
    }
    if !settings.allowed_origins.iter().any(|allowed| is_origin(allowed, &origin)) {
        return refuse("origin_not_allowed", "web pages of this Origin may not use this server");
    }
    let preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight { answer_preflight(request.headers()) } else { next.run(request).await };
    let headers = response.headers_mut();
    if let Ok(origin) = HeaderValue::from_str(&origin) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("X-Invocation-Id, X-Artifact-Version, ETag, Retry-After"),
    );
    response
}

fn refuse(code: &'static str, what: &str) -> Response {
    let text = format!("{what}; to allow it, start the host with --allow-origin and the page's origin");
    ApiError::new(StatusCode::FORBIDDEN, code, text).into_response()
}

fn answer_preflight(asked: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE"),
    );
    let wanted = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        wanted.unwrap_or(HeaderValue::from_static("content-type, last-event-id")),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_MAX_AGE));
    response
}

/// The one `Origin` of a request.
fn origin_of(headers: &HeaderMap) -> Result<Option<String>, ()> {
    let mut values = headers.get_all(header::ORIGIN).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(|text| Some(text.to_owned())).map_err(|_| ()),
        (Some(_), Some(_)) => Err(()),
    }
}

/// Whom the client wanted to reach.
fn host_of(request: &Request) -> Option<Authority> {
    if let Some(authority) = request.uri().authority() {
        return Some(authority.clone());
    }
    request.headers().get(header::HOST)?.to_str().ok()?.parse().ok()
}

fn is_same_origin(origin: &str, host: &Authority) -> bool {
    let Ok(origin) = origin.parse::<Uri>() else { return false };
    let default_port = match origin.scheme_str() {
        Some("http") => 80,
        Some("https") => 443,
        _ => return false,
    };
    let Some(from) = origin.authority() else { return false };
    // The scheme is not compared: behind a proxy that ends TLS this server does not know its own.
    from.host().eq_ignore_ascii_case(host.host())
        && from.port_u16().unwrap_or(default_port) == host.port_u16().unwrap_or(default_port)
}

/// Whether an origin is the one that was written into the settings.
fn is_origin(allowed: &str, origin: &str) -> bool {
    allowed.trim_end_matches('/').eq_ignore_ascii_case(origin)
}

fn names_this_machine(host: &Authority, settings: &ServerSettings) -> bool {
    let name = host.host().trim_end_matches('.').to_ascii_lowercase();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let allowed = |origin: &String| {
        let origin = origin.parse::<Uri>().ok();
        origin.and_then(|uri| uri.host().map(|host| host.eq_ignore_ascii_case(&name))).unwrap_or(false)
    };
    address.is_ok()
        || name == "localhost"
        || name.ends_with(".localhost")
        || settings.allowed_origins.iter().any(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_origin_has_the_same_name_and_port() {
        for (origin, host, same) in [
            ("http://localhost:8080", "localhost:8080", true),
            ("http://LOCALHOST:8080", "localhost:8080", true),
            ("https://agents.example", "agents.example", true),
            ("https://agents.example:443", "agents.example", true),
            ("http://[::1]:8080", "[::1]:8080", true),
            ("http://localhost:8081", "localhost:8080", false),
            ("http://evil.example", "localhost:8080", false),
            ("http://localhost", "localhost:8080", false),
            ("null", "null", false),
            ("file://", "localhost", false),
            ("not an origin", "localhost", false),
            ("", "localhost", false),
        ] {
            assert_eq!(is_same_origin(origin, &host.parse().unwrap()), same, "{origin} {host}");
        }
    }

    #[test]
    fn over_loopback_a_host_names_this_machine() {
        let settings = ServerSettings {
            allowed_origins: vec!["https://agents.example".into()],
            ..ServerSettings::default()
        };
        for (host, expected) in [
            ("localhost:8080", true),
            ("LOCALHOST.", true),
            ("app.localhost", true),
            ("127.0.0.1:8080", true),
            ("[::1]:80", true),
            ("agents.example", true),
            ("evil.example", false),
            ("localhost.evil.example", false),
        ] {
            assert_eq!(names_this_machine(&host.parse().unwrap(), &settings), expected, "{host}");
        }
    }
}
