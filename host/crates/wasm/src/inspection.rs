//! What `rak inspect` tells of a file: what is in it, and why it would not load.

use std::path::Path;

use rak_core::{AgentDescriptor, AppName};
use serde::Serialize;

use crate::loader::{self, ComponentFacts, LoadError, Loader};

/// What is known of a file.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// `sha256:` and 64 hexadecimal digits.
    pub digest: Option<String>,
    /// What is in it, where it is a component.
    pub facts: Option<ComponentFacts>,
    /// What it says of itself, where it would load.
    pub descriptor: Option<AgentDescriptor>,
    /// Why it would not load.
    pub problem: Option<String>,
}

/// Looks into a file as far as it can be looked into.
pub async fn inspect(loader: &Loader, name: &AppName, path: &Path) -> Result<Inspection, LoadError> {
    let bytes = loader::read(path)?;
    let digest = Some(loader::digest(&bytes));
    match loader.load_bytes(name, bytes.clone()).await {
        Ok(loaded) => Ok(Inspection {
            digest,
            facts: Some(loaded.facts),
            descriptor: Some(loaded.descriptor),
            problem: None,
        }),
        Err(problem) => {
            // What does not link or describe still has imports and exports to show.
            let facts = loader
                .compile_for_facts(&bytes)
                .ok()
                .map(|component| Loader::facts(&component, bytes.len() as u64, false));
            Ok(Inspection { digest, facts, descriptor: None, problem: Some(problem.to_string()) })
        }
    }
}
