//! Files that an agent keeps for its user, as far as they are texts.

use rak_core::time::UnixMillis;
use rak_core::{
    ArtifactInfo, ArtifactLimits, ArtifactService, Failure, FailureKind, NewArtifact, Scope, ToolAnswer,
    ToolCall, artifact_scope, check_mime_type,
};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::text::{readable, rest_of_character};
use super::{arguments, denied, invalid};

pub(crate) const LIST: &str =
    "The files of this conversation, and those of the user (user:…), with their newest versions.";
pub(crate) const READ: &str = "Reads a file that is a text, or a part of it.";
pub(crate) const WRITE: &str = "Keeps a text as a file, as a new version of it where there is one of that name. A name that \
    begins with user: is a file of the user, in all conversations; any other one is this conversation's.";

/// How many files are named: more than a model can choose from.
const MAX_FILES: usize = 1000;
/// How much is read, in bytes, where the call does not say: what a model can read at once.
const DEFAULT_MAX_BYTES: usize = 100_000;
/// The most that is read.
const LARGEST_MAX_BYTES: usize = 1_000_000;
/// The least, in bytes, in which there is room for a character.
const SMALLEST_MAX_BYTES: usize = 16;

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    prefix: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    name: String,
    version: Option<u32>,
    #[serde(default)]
    offset: u64,
    max_bytes: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Write {
    name: String,
    text: String,
    mime_type: Option<String>,
}

fn name_parameter() -> Value {
    json!({"type": "string", "description": "Such as report.md or user:notes/2026.md"})
}

pub(crate) fn list_parameters() -> Value {
    json!({
        "type": "object",
        "properties": {"prefix": {"type": "string", "description": "What the names begin with"}},
        "additionalProperties": false,
    })
}

pub(crate) fn read_parameters() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": name_parameter(),
            "version": {"type": "integer", "minimum": 1, "description": "The newest where it is left out"},
            "offset": {"type": "integer", "minimum": 0, "description": "Where to begin, in bytes: the nextOffset of the part before"},
            "maxBytes": {
                "type": "integer",
                "minimum": SMALLEST_MAX_BYTES,
                "maximum": LARGEST_MAX_BYTES,
                "description": format!("How much is read, {DEFAULT_MAX_BYTES} bytes where it is left out"),
            },
        },
        "required": ["name"],
        "additionalProperties": false,
    })
}

pub(crate) fn write_parameters() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": name_parameter(),
            "text": {"type": "string"},
            "mimeType": {"type": "string", "description": "text/plain where it is left out"},
        },
        "required": ["name", "text"],
        "additionalProperties": false,
    })
}

pub(crate) async fn list(artifacts: &dyn ArtifactService, call: &ToolCall) -> Result<Value, Failure> {
    let List { prefix } = arguments(call)?;
    if call.grants.artifacts.is_empty() {
        return Err(denied(
            "the agent may not use artifacts: its agent.toml names none in `artifacts` of [grants]",
        ));
    }
    let mut infos = artifacts.newest(&call.session, &prefix).await?;
    infos.retain(|info| check_grant(call, &info.name).is_ok());
    let truncated = infos.len() > MAX_FILES;
    infos.truncate(MAX_FILES);
    Ok(json!({"artifacts": infos, "truncated": truncated}))
}

pub(crate) async fn read(artifacts: &dyn ArtifactService, call: &ToolCall) -> Result<Value, Failure> {
    let Read { name, version, offset, max_bytes } = arguments(call)?;
    check_grant(call, &name)?;
    let info = artifacts.find(&call.session, &name, version).await?.ok_or_else(|| absent(&name, version))?;
    let max_bytes = max_bytes.unwrap_or(DEFAULT_MAX_BYTES);
    let bytes = artifacts.read(&call.session, &name, info.version, offset, max_bytes).await?;
    let bytes = bytes.ok_or_else(|| absent(&name, Some(info.version)))?;
    let before = if offset > 0 { rest_of_character(&bytes) } else { 0 };
    let part = bytes.get(before..).and_then(readable);
    let ArtifactInfo { version, mime_type, size, .. } = info;
    let Some(text) = part else {
        let note = format!("the file is no text; it has {size} bytes of {mime_type}");
        return Ok(
            json!({"name": name, "version": version, "mimeType": mime_type, "size": size, "note": note}),
        );
    };
    let mut response =
        json!({"name": name, "version": version, "mimeType": mime_type, "size": size, "text": text});
    let read = u64::try_from(before + text.len()).unwrap_or(u64::MAX);
    let next = offset.saturating_add(read);
    if let Some(members) = response.as_object_mut()
        && next < size
        && !text.is_empty()
    {
        members.insert("nextOffset".to_owned(), json!(next));
    }
    Ok(response)
}

pub(crate) async fn write(
    artifacts: &dyn ArtifactService,
    limits: &ArtifactLimits,
    call: &ToolCall,
    now: UnixMillis,
) -> Result<ToolAnswer, Failure> {
    let Write { name, text, mime_type } = arguments(call)?;
    check_grant(call, &name)?;
    let mime_type = mime_type.unwrap_or_else(|| "text/plain".to_owned());
    check_mime_type(&mime_type)?;
    let size = text.len();
    if u64::try_from(size).is_ok_and(|size| size > limits.bytes) {
        let message = format!("the file would have {size} bytes; {} are allowed", limits.bytes);
        return Err(Failure::new(FailureKind::LimitExceeded, message));
    }
    let new = NewArtifact {
        session: call.session.clone(),
        name,
        mime_type,
        data: text.into_bytes(),
        at: now,
        origin: Some((call.invocation, origin(&call.idempotency_key))),
        max_user_bytes: limits.user_bytes,
    };
    let info = artifacts.save(new).await?;
    let response = json!({"name": info.name, "version": info.version, "size": info.size});
    Ok(ToolAnswer { response, saved: [(info.name, info.version)].into(), ..ToolAnswer::default() })
}

/// Which save of its invocation a call is: a second one with the same key is the same one, also in the next host.
fn origin(idempotency_key: &str) -> u64 {
    let digest = Sha256::digest(idempotency_key);
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Whether the agent may use files of the kind that a name means.
fn check_grant(call: &ToolCall, name: &str) -> Result<(), Failure> {
    let (scope, _): (Scope, _) = artifact_scope(name).map_err(|error| invalid(error.to_string()))?;
    if call.grants.artifacts.contains(&scope) {
        return Ok(());
    }
    Err(denied(format!(
        "the agent may not use {} artifacts: its agent.toml does not name them in `artifacts` of [grants]",
        scope.as_str()
    )))
}

fn absent(name: &str, version: Option<u32>) -> Failure {
    let message = match version {
        Some(version) => format!("there is no version {version} of a file {name:?}"),
        None => format!("there is no file {name:?}"),
    };
    Failure::new(FailureKind::NotFound, message)
}
