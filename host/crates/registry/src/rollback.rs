//! The way back to an older version.

use rak_core::time::UnixMillis;
use rak_core::{AgentInfo, AppName, DeployError};

use crate::collect::not_found;
use crate::record::{Record, VersionRecord};
use crate::registry::Registry;

/// The shortest beginning of a digest that names a version, in digits.
const MIN_PREFIX: usize = 6;

impl Registry {
    /// Makes an older version the current one.
    pub(crate) async fn roll_back(&self, name: &AppName, to: Option<&str>) -> Result<AgentInfo, DeployError> {
        if !self.entry(name).is_some_and(|entry| entry.is_listed()) {
            return Err(not_found(name));
        }
        let (entry, _changing) = self.entry_to_change(name).await?;
        let mut record = entry.state().record.clone();
        let target = match to {
            Some(to) => named(&record, to)?.clone(),
            None => older(&record)?.clone(),
        };
        if record.current.as_ref() != Some(&target.version) {
            let version = self.bring_back(&entry, &target).await?;
            record.current = Some(target.version.clone());
            for kept in record.versions.iter_mut().filter(|kept| kept.version == target.version) {
                kept.loaded_at = UnixMillis::now();
                kept.leaving = false;
            }
            self.save(&record).await?;
            Self::make_current(&entry, record, version);
            self.collect(&entry).await;
            self.announce_change();
        }
        Ok(entry.info())
    }
}

/// The version that somebody means: by its number, or by the beginning of a digest.
fn named<'a>(record: &'a Record, to: &str) -> Result<&'a VersionRecord, DeployError> {
    let number = to.strip_prefix('v').unwrap_or(to).parse::<u64>().ok();
    let digits = to.strip_prefix("sha256:").unwrap_or(to);
    let is_meant = |digest: &str| {
        digits.len() >= MIN_PREFIX && digest.strip_prefix("sha256:").unwrap_or(digest).starts_with(digits)
    };
    let by_number = record.versions.iter().find(|kept| Some(kept.number) == number);
    let mut by_digest = record.versions.iter().filter(|kept| is_meant(&kept.version));
    let by_digest = by_digest.next().filter(|_| by_digest.next().is_none());
    // The component's own digest, where it has only one manifest.
    let mut by_component = record.versions.iter().filter(|kept| is_meant(&kept.digest));
    let by_component = by_component.next().filter(|_| by_component.next().is_none());
    by_number.or(by_digest).or(by_component).ok_or_else(|| DeployError::VersionNotFound {
        name: record.name.clone(),
        version: to.to_owned(),
        known: record.versions.iter().map(|kept| kept.number).collect(),
    })
}

/// What was current before the current version became so, as far as it is still there.
fn older(record: &Record) -> Result<&VersionRecord, DeployError> {
    let nothing = || DeployError::NothingOlder { name: record.name.clone() };
    let current = record.current();
    let replaced = current.and_then(|current| record.version(current.replaced.as_deref()?));
    let number = current.map_or(u64::MAX, |current| current.number);
    let before = record.versions.iter().filter(|kept| kept.number < number).max_by_key(|kept| kept.number);
    replaced.or(before).ok_or_else(nothing)
}

#[cfg(test)]
mod tests {
    use rak_core::AgentSource;
    use rak_wasm::ComponentFacts;

    use super::*;
    use crate::manifest::Manifest;

    fn record(versions: &[(u64, &str, Option<&str>)], current: &str) -> Record {
        let mut record = Record::new(AppName::new("a").unwrap());
        record.current = Some(current.to_owned());
        for (number, version, replaced) in versions {
            record.versions.push(VersionRecord {
                version: (*version).to_owned(),
                number: *number,
                digest: String::new(),
                source: AgentSource::Folder,
                loaded_at: UnixMillis(0),
                replaced: replaced.map(str::to_owned),
                leaving: false,
                manifest: Manifest::default(),
                descriptor: rak_core::AgentDescriptor::default(),
                facts: ComponentFacts {
                    bytes: 0,
                    imports: Vec::new(),
                    exports: Vec::new(),
                    memories: 0,
                    initial_memory_bytes: 0,
                    tables: 0,
                    cached: false,
                },
            });
        }
        record
    }

    #[test]
    fn the_way_back_leads_over_what_was_live() {
        let versions = [
            (1, "sha256:aaaaaa", None),
            (2, "sha256:bbbbbb", Some("sha256:aaaaaa")),
            // 3 was rolled back before 4 came.
            (3, "sha256:cccccc", Some("sha256:bbbbbb")),
            (4, "sha256:dddddd", Some("sha256:bbbbbb")),
        ];
        let back = |current| older(&record(&versions, current)).map(|kept| kept.number).ok();
        assert_eq!(back("sha256:dddddd"), Some(2));
        assert_eq!(back("sha256:bbbbbb"), Some(1));
        assert_eq!(back("sha256:aaaaaa"), None);
        // What it replaced is not kept any more: the next older one.
        let gone = record(&versions[2..], "sha256:dddddd");
        assert_eq!(older(&gone).unwrap().number, 3);
    }

    #[test]
    fn a_version_is_named_by_number_or_digest() {
        let versions =
            [(1, "sha256:aaaaaa11", None), (2, "sha256:aaaaaa22", None), (12, "sha256:123456", None)];
        let record = record(&versions, "sha256:123456");
        let find = |to| named(&record, to).map(|kept| kept.number).ok();
        assert_eq!(find("2"), Some(2));
        assert_eq!(find("v2"), Some(2));
        assert_eq!(find("sha256:aaaaaa11"), Some(1));
        assert_eq!(find("aaaaaa2"), Some(2));
        assert_eq!(find("aaaaaa"), None, "it could be either");
        assert_eq!(find("12"), Some(12));
        assert_eq!(find("123456"), Some(12));
        assert!(named(&record, "7").unwrap_err().to_string().contains("it has 1, 2, 12"));
    }
}
