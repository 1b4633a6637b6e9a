//! The versions of an agent, and which of them a client means.

use std::sync::Arc;

use rak_core::{Agent, AgentRegistry, AppName, VersionInfo};

use crate::error::ApiError;
use crate::protocol::rest::VersionName;

/// The shortest beginning of a digest that names a version: `sha256:` and four digits. Less would be a slip of the hand.
const MIN_PREFIX_BYTES: usize = 11;
/// How much of a digest a person is shown: `sha256:` and twelve digits.
const SHOWN_BYTES: usize = 19;
/// How many versions a refusal shows.
const MAX_SHOWN: usize = 20;

/// The versions of an agent, newest first; none where there is no such agent. An agent that is part of the program has
/// one.
pub(crate) fn list(agents: &dyn AgentRegistry, name: &AppName) -> Option<Vec<VersionInfo>> {
    match agents.deployments() {
        Some(deployments) => deployments.versions(name),
        None => agents.info(name).map(|info| info.current.into_iter().collect()),
    }
}

/// The version that a client means. As long as the value lives, the version is there.
pub(crate) async fn find(
    agents: &dyn AgentRegistry,
    name: &AppName,
    named: &VersionName,
) -> Result<Arc<dyn Agent>, ApiError> {
    let versions = list(agents, name).unwrap_or_default();
    let version = select(&versions, named.as_str()).unwrap_or(named.as_str());
    let found = agents.version(name, version).await;
    found.ok_or_else(|| {
        let known = show(&versions);
        ApiError::invalid(format!("agentVersion: {name} has no version {:?}; it has {known}", named.as_str()))
    })
}

/// A version by its whole name, its number, or a beginning that no other one has.
fn select<'a>(versions: &'a [VersionInfo], named: &str) -> Option<&'a str> {
    let whole = versions.iter().find(|info| info.version == named || info.number.to_string() == named);
    let found = whole.or_else(|| {
        let mut begun = versions.iter().filter(|info| info.version.starts_with(named));
        begun.next().filter(|_| begun.next().is_none() && named.len() >= MIN_PREFIX_BYTES)
    });
    found.map(|info| info.version.as_str())
}

fn show(versions: &[VersionInfo]) -> String {
    let shown = versions.iter().take(MAX_SHOWN).map(|info| {
        let version = info.version.get(..SHOWN_BYTES).unwrap_or(&info.version);
        format!("{} ({version})", info.number)
    });
    let shown: Vec<_> = shown.collect();
    match (shown.is_empty(), versions.len() > shown.len()) {
        (true, _) => "none".to_owned(),
        (false, true) => format!("{}, …", shown.join(", ")),
        (false, false) => shown.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rak_core::time::UnixMillis;
    use rak_core::{AgentSource, VersionState};

    fn version(number: u64, version: &str) -> VersionInfo {
        VersionInfo {
            version: version.into(),
            number,
            digest: version.into(),
            bytes: 1,
            state: VersionState::Kept,
            source: AgentSource::Upload,
            loaded_at: UnixMillis(1),
            code: None,
            runs: 0,
            described_version: String::new(),
        }
    }

    #[test]
    fn a_version_has_many_names_and_a_beginning_must_be_its_alone() {
        let versions =
            [version(12, "sha256:aaaabbbb"), version(2, "sha256:aaaacccc"), version(1, "sha256:aaaa")];
        for (named, expected) in [
            ("12", Some("sha256:aaaabbbb")),
            ("1", Some("sha256:aaaa")),
            ("sha256:aaaacccc", Some("sha256:aaaacccc")),
            ("sha256:aaaab", Some("sha256:aaaabbbb")),
            // The whole of one is the beginning of others.
            ("sha256:aaaa", Some("sha256:aaaa")),
            ("sha256:aaa", None),
            ("sha256:bbbb", None),
            ("3", None),
            ("01", None),
        ] {
            assert_eq!(select(&versions, named), expected, "{named}");
        }
        let (first, second) = (&versions[..1], &versions[..2]);
        assert_eq!(select(first, "sha256:aaaa"), Some("sha256:aaaabbbb"));
        assert_eq!(select(first, "sha256:"), None, "too short to be meant");
        assert_eq!(select(second, "sha256:aaaa"), None, "two begin so");
    }

    #[test]
    fn a_refusal_shows_some_versions() {
        assert_eq!(show(&[]), "none");
        let long = format!("sha256:{}", "0123456789abcdef".repeat(4));
        assert_eq!(show(&[version(2, &long), version(1, "v1")]), "2 (sha256:0123456789ab), 1 (v1)");
        let many: Vec<_> = (0..30).map(|number| version(number, "v")).collect();
        let shown = show(&many);
        assert!(shown.ends_with("19 (v), …"), "{shown}");
    }
}
