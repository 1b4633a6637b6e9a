//! Where a recording is: in a running host, in its data folder while it does not run, in a file.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use futures::TryStreamExt as _;
use rak_core::{InvocationId, Seed};
use rak_server::protocol::rest::{RECORDING_FORMAT, Recording};
use rak_server::{RecordingOptions, read_recording};
use rak_session::SqliteStore;
use reqwest::StatusCode;
use serde::Deserialize;

use crate::cli::{DEFAULT_HOST, ReplayArguments};
use crate::client::{ClientError, HostClient};
use crate::config::Config;
use crate::host::STORE;

/// Reads the recording that is meant.
pub(super) async fn find(arguments: &ReplayArguments, config: &Config) -> anyhow::Result<Recording> {
    let given = &arguments.recording;
    let path = Path::new(given);
    if path.is_file() {
        let bytes = std::fs::read(path).with_context(|| format!("failed to read {given}"))?;
        return parse(&bytes).with_context(|| format!("{given} is no recording"));
    }
    let Ok(id) = given.parse::<InvocationId>() else {
        bail!(
            "{given:?} is no file, and no invocation either; `rak invocations list` shows those of a running host, and \
             `rak invocations export ID -o FILE` writes such a file"
        );
    };
    if let Some(host) = &arguments.host {
        return Ok(from_host(&HostClient::new(host)?, id).await?);
    }
    match from_host(&HostClient::new(DEFAULT_HOST)?, id).await {
        // Another program may be there, or a host of other data.
        Err(FromHost::Client(error)) if is_elsewhere(&error) => {
            from_data(id, config).await.with_context(|| error.to_string())
        }
        found => Ok(found?),
    }
}

/// Whether what is at the address is not the host that is meant.
fn is_elsewhere(error: &ClientError) -> bool {
    match error {
        ClientError::NoHost { .. } | ClientError::Strange { .. } => true,
        ClientError::Refused { status, .. } => *status == StatusCode::NOT_FOUND,
        _ => false,
    }
}

/// What the random numbers begin with.
pub(super) fn seed(recording: &Recording) -> anyhow::Result<Seed> {
    let Some(seed) = recording.journal.seed else {
        let body = &recording.invocation;
        bail!(
            "invocation {} was {} when this was recorded, and a host says how to repeat a run only when it is over; \
             wait for its end with `rak invocations follow {0}`, or end it with `rak invocations cancel {0}`",
            body.invocation_id,
            body.status
        );
    };
    Ok(seed.0)
}

/// Why a host gave no recording.
#[derive(Debug, thiserror::Error)]
enum FromHost {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("what the host sent is no recording")]
    Strange(#[source] anyhow::Error),
}

async fn from_host(host: &HostClient, id: InvocationId) -> Result<Recording, FromHost> {
    let mut download = host.recording(id).await?;
    let mut bytes = Vec::new();
    while let Some(piece) = download.next().await? {
        bytes.extend_from_slice(piece.as_ref());
    }
    parse(&bytes).map_err(FromHost::Strange)
}

/// From the store of a host that does not run.
async fn from_data(id: InvocationId, config: &Config) -> anyhow::Result<Recording> {
    let path = config.data.join(STORE);
    if !path.is_file() {
        bail!(
            "there is no data of a host in {}; --data DIR takes another folder, --host URL a running host",
            config.data.display()
        );
    }
    let store = SqliteStore::open(&path, config.store)
        .context("a host that runs has its data for itself; name it with --host URL")?;
    let store = Arc::new(store);
    // Nobody runs it meanwhile, so nobody can use that its random numbers are known.
    let options = RecordingOptions { seed_before_the_end: true, retention: config.runner.journal_retention };
    let read = async {
        let pieces = read_recording(store.clone(), store.as_ref(), id, options).await?;
        let bytes = pieces.try_fold(Vec::new(), |mut all, piece| {
            all.extend_from_slice(&piece);
            std::future::ready(Ok(all))
        });
        parse(&bytes.await?)
    };
    let recording = read.await.with_context(|| format!("{} has no such recording", path.display()));
    store.close().await;
    recording
}

fn parse(bytes: &[u8]) -> anyhow::Result<Recording> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let Format { format } = serde_json::from_slice(bytes)?;
    if format > RECORDING_FORMAT {
        bail!("it has the format {format}, and this program knows {RECORDING_FORMAT}; take a newer one");
    }
    Ok(serde_json::from_slice(bytes)?)
}
