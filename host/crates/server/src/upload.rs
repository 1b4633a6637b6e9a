//! Uploads: a body that goes into a deployment chunk by chunk, however large it is, or becomes an artifact.

mod chunks;
mod form;

use axum::extract::Request;
use rak_core::Deployment;

use self::chunks::Chunks;
use crate::error::ApiError;
use crate::extract::{announced_length, media_type};
use crate::settings::ServerSettings;

/// Writes what arrives into the deployment. When this succeeds, all of the body has arrived.
pub(crate) async fn receive(
    request: Request,
    deployment: &mut dyn Deployment,
    settings: &ServerSettings,
) -> Result<(), ApiError> {
    match media_type(request.headers()).as_str() {
        "multipart/form-data" => form::receive(request, deployment, settings).await,
        kind if kind.starts_with("multipart/") => Err(ApiError::unsupported_media_type(
            "the body has to be the component itself, or multipart/form-data with the parts component and manifest",
        )),
        _ => receive_component(request, deployment, settings).await,
    }
}

/// Takes the whole body as the component, whatever it says it is.
async fn receive_component(
    request: Request,
    deployment: &mut dyn Deployment,
    settings: &ServerSettings,
) -> Result<(), ApiError> {
    let mut chunks = Chunks::new(request.into_body(), settings.body_timeout);
    let mut is_empty = true;
    while let Some(bytes) = chunks.next().await? {
        is_empty &= bytes.is_empty();
        deployment.write(bytes).await?;
    }
    // Without a byte it would be the current component once more; nobody means that.
    if is_empty { Err(ApiError::invalid("the body is empty: it has to be a component")) } else { Ok(()) }
}

/// The whole body, of `limit` bytes at most.
pub(crate) async fn collect(
    request: Request,
    limit: u64,
    settings: &ServerSettings,
) -> Result<Vec<u8>, ApiError> {
    if announced_length(request.headers()).is_some_and(|length| length > limit) {
        return Err(ApiError::artifact_too_large(limit));
    }
    let mut chunks = Chunks::new(request.into_body(), settings.body_timeout);
    let mut data = Vec::new();
    while let Some(bytes) = chunks.next().await? {
        if data.len() as u64 + bytes.len() as u64 > limit {
            return Err(ApiError::artifact_too_large(limit));
        }
        data.extend_from_slice(&bytes);
    }
    Ok(data)
}
