//! Downloads: a version of an artifact, read from the store while it is sent.
//!
//! What is in it was made by an agent or a client. A browser that opens it must not take it for a page of this host: it is a
//! file to be saved, of the type that was given and no other one, and a page in it may do nothing.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use rak_core::{ArtifactInfo, ArtifactService, SessionKey, StoreError};

use crate::byte_range::Wanted;
use crate::error::ApiError;

/// How much of a content is read at a time, in bytes, and so in memory for each client.
const PIECE_BYTES: usize = 256 << 10;
const ARTIFACT_VERSION: HeaderName = HeaderName::from_static("x-artifact-version");

/// The answer to a client that asks for this version with these headers.
pub(crate) fn respond(
    artifacts: Arc<dyn ArtifactService>,
    session: SessionKey,
    info: ArtifactInfo,
    asked: &HeaderMap,
) -> Response {
    let etag = etag(&info);
    let mut headers = HeaderMap::new();
    headers.insert(ARTIFACT_VERSION, info.version.into());
    // A number begins anew with a new session, and a version may be removed: it is always asked for, and rarely sent again.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if names(asked, &header::IF_NONE_MATCH, &etag) {
        headers.insert(header::ETAG, value(etag));
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let range = match wanted(asked, &etag, info.size) {
        Wanted::Whole => 0..info.size,
        Wanted::Part(range) => {
            let text = format!("bytes {}-{}/{}", range.start, range.end.saturating_sub(1), info.size);
            headers.insert(header::CONTENT_RANGE, value(text));
            range
        }
        Wanted::Nothing => {
            let range = [(header::CONTENT_RANGE, value(format!("bytes */{}", info.size)))];
            return (range, ApiError::no_such_range(info.size)).into_response();
        }
    };
    let is_part = headers.contains_key(header::CONTENT_RANGE);
    headers.insert(header::ETAG, value(etag));
    headers.insert(header::CONTENT_TYPE, value(info.mime_type.clone()));
    headers.insert(header::CONTENT_LENGTH, range.end.saturating_sub(range.start).into());
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CONTENT_DISPOSITION, value(disposition(&info.name)));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    let status = if is_part { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let content = content(artifacts, session, info, range).map(|piece| {
        // The client sees that its answer ends early.
        piece.inspect_err(|error| tracing::debug!(%error, "an artifact could not be read to its end"))
    });
    (status, headers, Body::from_stream(content)).into_response()
}

/// The bytes in the range, piece by piece.
fn content(
    artifacts: Arc<dyn ArtifactService>,
    session: SessionKey,
    info: ArtifactInfo,
    range: Range<u64>,
) -> impl Stream<Item = Result<Bytes, StoreError>> + Send {
    stream::try_unfold((artifacts, session, info, range), |(artifacts, session, info, range)| async move {
        if range.is_empty() {
            return Ok(None);
        }
        let left = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        let max = left.min(PIECE_BYTES);
        let piece = artifacts.read(&session, &info.name, info.version, range.start, max).await?;
        let piece = piece.filter(|piece| !piece.is_empty());
        let piece = piece.ok_or_else(|| StoreError::NotFound { what: "the rest of the artifact".into() })?;
        let rest = range.start.saturating_add(piece.len() as u64)..range.end;
        Ok(Some((Bytes::from(piece), (artifacts, session, info, rest))))
    })
}

/// The same name and number mean something else where the session was made again: the time tells them apart.
fn etag(info: &ArtifactInfo) -> String {
    format!("\"{}-{}\"", info.version, info.created_at.0)
}

/// What of it is wanted, by one that may have a part of it already.
fn wanted(asked: &HeaderMap, etag: &str, size: u64) -> Wanted {
    let is_same = !asked.contains_key(header::IF_RANGE) || names(asked, &header::IF_RANGE, etag);
    let range = asked.get(header::RANGE).and_then(|value| value.to_str().ok());
    range.filter(|_| is_same).map_or(Wanted::Whole, |range| Wanted::of(range, size))
}

/// Whether the header names this version, or any.
fn names(asked: &HeaderMap, header: &HeaderName, etag: &str) -> bool {
    let values = asked.get_all(header).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// Says that it is to be saved, under the last part of its name.
fn disposition(name: &str) -> String {
    let file = name.rsplit(['/', ':']).next().unwrap_or(name);
    // What knows no other way (curl is one) gets what can be said in ASCII.
    let plain = |character: char| {
        character.is_ascii_graphic() && !matches!(character, '"' | '\\' | '%') || character == ' '
    };
    let ascii: String =
        file.chars().map(|character| if plain(character) { character } else { '_' }).collect();
    let mut text = format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''");
    for byte in file.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// A value that is ASCII: types are, where they were checked.
fn value(text: String) -> HeaderValue {
    text.try_into().unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_saved_under_the_last_part_of_its_name() {
        for (name, ascii, expected) in [
            ("a.md", "a.md", "a.md"),
            ("reports/2026.md", "2026.md", "2026.md"),
            ("user:photo.png", "photo.png", "photo.png"),
            ("user:a/b c'\"é;.txt", "b c'__;.txt", "b%20c%27%22%C3%A9%3B.txt"),
        ] {
            let disposition = disposition(name);
            assert_eq!(disposition, format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{expected}"));
        }
    }
}
