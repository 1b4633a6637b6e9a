//! Artifacts.

use super::super::bindings::rak::agent::artifacts;
use super::{time, value};
use crate::ArtifactInfo;

impl From<artifacts::Info> for ArtifactInfo {
    fn from(info: artifacts::Info) -> Self {
        Self {
            name: info.name,
            version: info.version,
            mime_type: info.mime_type,
            size: info.size,
            created_at: time(info.created_at_ms),
            extra: info.extra.map(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use serde_json::json;

    use super::*;

    #[test]
    fn a_version_keeps_all_that_is_said_of_it() {
        let theirs = artifacts::Info {
            name: "user:a".into(),
            version: 2,
            mime_type: "text/plain".into(),
            size: 3,
            created_at_ms: 1500,
            extra: Some("[1]".into()),
        };
        let ours = ArtifactInfo {
            name: "user:a".into(),
            version: 2,
            mime_type: "text/plain".into(),
            size: 3,
            created_at: UNIX_EPOCH + Duration::from_millis(1500),
            extra: Some(json!([1])),
        };
        assert_eq!(ArtifactInfo::from(theirs), ours);
    }
}
