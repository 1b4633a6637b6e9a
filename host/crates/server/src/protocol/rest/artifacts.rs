//! Bodies of the routes of artifacts.

use rak_core::ArtifactInfo;
use serde::{Deserialize, Serialize};

/// `GET /api/v1/sessions/{id}/artifacts`: the newest version of each, sorted by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactList {
    /// The artifacts.
    pub artifacts: Vec<ArtifactInfo>,
}

/// `GET /api/v1/sessions/{id}/artifacts/{name}/versions`: the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactVersionList {
    /// The versions.
    pub versions: Vec<ArtifactInfo>,
}
