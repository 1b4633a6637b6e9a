//! A form with a component, a manifest, or both.
//!
//! The parser takes what a body has for it before it looks at any of it, and keeps what it cannot make out yet. So it is
//! given one chunk at a time, and nothing more when it has taken too much without giving anything back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use axum::BoxError;
use axum::body::Body;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request};
use bytes::Bytes;
use futures::stream;
use rak_core::Deployment;

use super::chunks::Chunks;
use crate::error::ApiError;
use crate::settings::ServerSettings;

/// The largest manifest: a hundred times what one has that says everything.
const MAX_MANIFEST_BYTES: usize = 256 << 10;
/// How much the parser may hold beside the chunk it is given: the headers of a part have some hundred bytes.
const MAX_HELD_BYTES: usize = 64 << 10;
/// How much of an unknown name is said back.
const MAX_SHOWN_CHARS: usize = 40;

/// Writes the parts of the form into the deployment, in the order in which they come.
pub(super) async fn receive(
    request: Request,
    deployment: &mut dyn Deployment,
    settings: &ServerSettings,
) -> Result<(), ApiError> {
    let (head, body) = request.into_parts();
    let source = Source::new(Chunks::new(body, settings.body_timeout));
    let body = Body::from_stream(stream::poll_fn({
        let source = source.clone();
        move |cx| source.lock().poll_chunk(cx)
    }));
    let mut request = Request::from_parts(head, body);
    // The deployment knows how large a component may be.
    DefaultBodyLimit::disable().apply(&mut request);
    let no_boundary = |_| ApiError::malformed_form("the header Content-Type names no boundary");
    let mut parts = Multipart::from_request(request, &()).await.map_err(no_boundary)?;

    let (mut component, mut manifest) = (false, false);
    while let Some(part) = source.parsed(parts.next_field().await)? {
        match part.name() {
            Some("component") if !component => {
                component = true;
                receive_component(part, &source, deployment).await?;
            }
            Some("manifest") if !manifest => {
                manifest = true;
                deployment.manifest(read_manifest(part, &source).await?);
            }
            name => return Err(unexpected(name)),
        }
    }
    drop(parts);
    source.discard_rest().await?;
    if component || manifest {
        Ok(())
    } else {
        Err(ApiError::invalid("the form has no part: send component, manifest, or both"))
    }
}

async fn receive_component(
    mut part: Field<'_>,
    source: &Source,
    deployment: &mut dyn Deployment,
) -> Result<(), ApiError> {
    let mut is_empty = true;
    while let Some(bytes) = source.parsed(part.chunk().await)? {
        is_empty &= bytes.is_empty();
        deployment.write(bytes).await?;
    }
    if is_empty { Err(ApiError::invalid("the part component is empty")) } else { Ok(()) }
}

async fn read_manifest(mut part: Field<'_>, source: &Source) -> Result<String, ApiError> {
    let mut manifest = Vec::new();
    while let Some(bytes) = source.parsed(part.chunk().await)? {
        if manifest.len() + bytes.len() > MAX_MANIFEST_BYTES {
            return Err(ApiError::manifest_too_large(MAX_MANIFEST_BYTES));
        }
        manifest.extend_from_slice(&bytes);
    }
    String::from_utf8(manifest).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        ApiError::invalid(format!("the manifest is not UTF-8: see byte {at}"))
    })
}

fn unexpected(name: Option<&str>) -> ApiError {
    ApiError::invalid(match name {
        Some(name @ ("component" | "manifest")) => format!("the form has two parts named {name}"),
        Some(name) => {
            let name: String = name.chars().take(MAX_SHOWN_CHARS).collect();
            format!("the form has a part named {name:?}; it may have component and manifest")
        }
        None => "the form has a part without a name; it may have component and manifest".to_owned(),
    })
}

/// What the parser reads from. A clone is the same.
#[derive(Clone)]
struct Source(Arc<Mutex<Chunked>>);

struct Chunked {
    chunks: Chunks,
    /// The parser was given a chunk, and is to look at it before it gets another one.
    given: bool,
    /// What it was given since it last gave something back.
    held: usize,
    /// Why it is given nothing more.
    failure: Option<ApiError>,
}

impl Source {
    fn new(chunks: Chunks) -> Self {
        Self(Arc::new(Mutex::new(Chunked { chunks, given: false, held: 0, failure: None })))
    }

    fn lock(&self) -> MutexGuard<'_, Chunked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the parser gave back, or why it could not.
    fn parsed<T>(&self, result: Result<T, MultipartError>) -> Result<T, ApiError> {
        let mut chunked = self.lock();
        chunked.held = 0;
        let failure = chunked.failure.take();
        result.map_err(|_| {
            failure.unwrap_or_else(|| ApiError::malformed_form("the body is not the form that it says it is"))
        })
    }

    /// Waits for what comes behind the form: only then is it known that the body arrived whole.
    async fn discard_rest(&self) -> Result<(), ApiError> {
        let mut rest = 0;
        loop {
            let chunk = std::future::poll_fn(|cx| self.lock().chunks.poll_next(cx)).await?;
            let Some(chunk) = chunk else { return Ok(()) };
            rest += chunk.len();
            if rest > MAX_HELD_BYTES {
                return Err(ApiError::malformed_form("there is too much behind the end of the form"));
            }
        }
    }
}

impl Chunked {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        if std::mem::take(&mut self.given) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let chunk = if self.held > MAX_HELD_BYTES {
            Err(ApiError::malformed_form("the headers of a part are too large"))
        } else {
            ready!(self.chunks.poll_next(cx))
        };
        match chunk {
            Ok(chunk) => {
                self.given = true;
                self.held += chunk.as_ref().map_or(0, Bytes::len);
                Poll::Ready(chunk.map(Ok))
            }
            Err(error) => {
                self.failure = Some(error);
                Poll::Ready(Some(Err("the body cannot be read".into())))
            }
        }
    }
}
