//! The tools that are part of the host.

mod artifact;
mod calculator;
mod clock;
mod fetch;
mod memory;
mod text;

use std::sync::Arc;

use rak_core::time::UnixMillis;
use rak_core::{
    ArtifactLimits, ArtifactService, Failure, FailureKind, HttpClient, SessionService, ToolAnswer, ToolCall,
    ToolHints, ToolSpec,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A tool that is part of the host. Some are there only where the host has what they are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Builtin {
    /// Names the artifacts.
    #[serde(rename = "artifact.list")]
    ArtifactList,
    /// Reads an artifact that is a text.
    #[serde(rename = "artifact.read")]
    ArtifactRead,
    /// Keeps a text as an artifact.
    #[serde(rename = "artifact.write")]
    ArtifactWrite,
    /// Calculates.
    #[serde(rename = "calculator")]
    Calculator,
    /// Says what time it is.
    #[serde(rename = "clock")]
    Clock,
    /// Asks over HTTP.
    #[serde(rename = "http.fetch")]
    HttpFetch,
    /// Says what was remembered.
    #[serde(rename = "memory.get")]
    MemoryGet,
    /// Names what was remembered.
    #[serde(rename = "memory.list")]
    MemoryList,
    /// Forgets.
    #[serde(rename = "memory.remove")]
    MemoryRemove,
    /// Remembers.
    #[serde(rename = "memory.set")]
    MemorySet,
}

/// What the host has for its tools.
#[derive(Clone, Default)]
pub(crate) struct Ports {
    pub(crate) http: Option<Arc<dyn HttpClient>>,
    pub(crate) sessions: Option<Arc<dyn SessionService>>,
    pub(crate) artifacts: Option<(Arc<dyn ArtifactService>, ArtifactLimits)>,
}

/// It changes nothing, and may be called again.
const READS: ToolHints = ToolHints {
    read_only: true,
    destructive: false,
    idempotent: true,
    open_world: false,
    needs_approval: false,
};
/// What was there before is lost, and a second call changes nothing more.
const REPLACES: ToolHints = ToolHints { read_only: false, destructive: true, ..READS };
/// What was there before stays. A second call with the same key, as the host makes it, adds nothing more.
const ADDS: ToolHints = ToolHints { read_only: false, ..READS };
/// Anything may happen.
const ASKS_OTHERS: ToolHints =
    ToolHints { read_only: false, idempotent: false, destructive: true, open_world: true, ..READS };

impl Builtin {
    /// All of them, by name.
    pub const ALL: [Self; 10] = [
        Self::ArtifactList,
        Self::ArtifactRead,
        Self::ArtifactWrite,
        Self::Calculator,
        Self::Clock,
        Self::HttpFetch,
        Self::MemoryGet,
        Self::MemoryList,
        Self::MemoryRemove,
        Self::MemorySet,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::ArtifactList => "artifact.list",
            Self::ArtifactRead => "artifact.read",
            Self::ArtifactWrite => "artifact.write",
            Self::Calculator => "calculator",
            Self::Clock => "clock",
            Self::HttpFetch => "http.fetch",
            Self::MemoryGet => "memory.get",
            Self::MemoryList => "memory.list",
            Self::MemoryRemove => "memory.remove",
            Self::MemorySet => "memory.set",
        }
    }

    pub(crate) fn spec(self) -> ToolSpec {
        let (description, parameters, hints) = match self {
            Self::ArtifactList => (artifact::LIST, artifact::list_parameters(), READS),
            Self::ArtifactRead => (artifact::READ, artifact::read_parameters(), READS),
            Self::ArtifactWrite => (artifact::WRITE, artifact::write_parameters(), ADDS),
            Self::Calculator => (calculator::DESCRIPTION, calculator::parameters(), READS),
            Self::Clock => (clock::DESCRIPTION, clock::parameters(), READS),
            Self::HttpFetch => (fetch::DESCRIPTION, fetch::parameters(), ASKS_OTHERS),
            Self::MemoryGet => (memory::GET, memory::get_parameters(), READS),
            Self::MemoryList => (memory::LIST, memory::list_parameters(), READS),
            Self::MemoryRemove => (memory::REMOVE, memory::remove_parameters(), REPLACES),
            Self::MemorySet => (memory::SET, memory::set_parameters(), REPLACES),
        };
        ToolSpec { name: self.name().to_owned(), description: description.to_owned(), parameters, hints }
    }

    /// Whether the host has what it is about.
    pub(crate) fn is_there(self, ports: &Ports) -> bool {
        match self {
            Self::ArtifactList | Self::ArtifactRead | Self::ArtifactWrite => ports.artifacts.is_some(),
            Self::Calculator | Self::Clock => true,
            Self::HttpFetch => ports.http.is_some(),
            Self::MemoryGet | Self::MemoryList | Self::MemoryRemove | Self::MemorySet => {
                ports.sessions.is_some()
            }
        }
    }

    /// Calls it with arguments that satisfy its schema.
    pub(crate) async fn call(self, call: &ToolCall, ports: &Ports) -> Result<ToolAnswer, Failure> {
        let response = match self {
            Self::Calculator => return Ok(of_itself(calculator::call(&call.args))),
            Self::Clock => return Ok(of_itself(clock::call(&call.args, UnixMillis::now()))),
            Self::HttpFetch => {
                let client = ports.http.as_deref().ok_or_else(absent)?;
                fetch::call(client, call).await?
            }
            Self::ArtifactList | Self::ArtifactRead | Self::ArtifactWrite => {
                let (artifacts, limits) = ports.artifacts.as_ref().ok_or_else(absent)?;
                match self {
                    Self::ArtifactList => artifact::list(&**artifacts, call).await?,
                    Self::ArtifactRead => artifact::read(&**artifacts, call).await?,
                    _ => return artifact::write(&**artifacts, limits, call, UnixMillis::now()).await,
                }
            }
            Self::MemoryGet | Self::MemoryList | Self::MemoryRemove | Self::MemorySet => {
                let sessions = ports.sessions.as_deref().ok_or_else(absent)?;
                match self {
                    Self::MemoryGet => memory::get(sessions, call).await?,
                    Self::MemoryList => memory::list(sessions, call).await?,
                    Self::MemoryRemove => memory::remove(sessions, call).await?,
                    _ => memory::set(sessions, call).await?,
                }
            }
        };
        Ok(ToolAnswer { response, ..ToolAnswer::default() })
    }
}

/// The answer of a tool that says itself what it cannot do.
fn of_itself(answer: Result<Value, String>) -> ToolAnswer {
    match answer {
        Ok(response) => ToolAnswer { response, ..ToolAnswer::default() },
        Err(error) => {
            ToolAnswer { response: json!({ "error": error }), failed: true, ..ToolAnswer::default() }
        }
    }
}

fn absent() -> Failure {
    Failure::new(FailureKind::Unsupported, "this host does not have what the tool is about")
}

fn denied(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Denied, message)
}

fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::InvalidArgument, message)
}

/// The arguments of a call, which satisfy the schema.
fn arguments<T: DeserializeOwned>(call: &ToolCall) -> Result<T, Failure> {
    T::deserialize(&call.args)
        .map_err(|error| invalid(format!("these are no arguments for {}: {error}", call.name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_of_each_can_be_looked_at() {
        for builtin in Builtin::ALL {
            let spec = builtin.spec();
            assert_eq!(rak_schema::check(&spec.parameters), Ok(()));
            assert!(!(spec.description.is_empty() || spec.hints.read_only && spec.hints.destructive));
            assert_eq!(serde_json::from_value::<Builtin>(json!(spec.name)).unwrap(), builtin);
        }
        assert!(Builtin::ALL.is_sorted_by_key(|builtin| builtin.name()) && Builtin::ALL.is_sorted());
    }

    #[test]
    fn what_a_tool_cannot_do_is_an_answer_to_read() {
        let answer = of_itself(calculator::call(&json!({"expression": "1 / 0"})));
        assert!(answer.failed);
        assert_eq!(answer.response["error"], "a division by zero");
        assert!(!of_itself(clock::call(&json!({}), UnixMillis::now())).failed);
    }
}
