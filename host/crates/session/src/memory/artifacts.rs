//! Artifacts.

use rak_core::{ArtifactInfo, NewArtifact, Scope, SessionKey, StoreError};

use super::tables::{ArtifactRow, ScopeKey, StoredArtifact, Tables};
use crate::refusal;

impl Tables {
    pub(super) fn save(&mut self, new: NewArtifact) -> Result<ArtifactInfo, StoreError> {
        let named = address(&new.session, &new.name)?;
        if !self.sessions.contains_key(&new.session) {
            return Err(refusal::no_session(&new.session));
        }
        let origin = new.origin.map(|(invocation, number)| (new.session.clone(), invocation, number));
        if let Some(made) = origin.as_ref().and_then(|origin| self.artifact_origins.get(origin)) {
            return Ok(made.clone());
        }
        refusal::check_artifacts(self.artifact_bytes(&new.session), &new)?;
        let NewArtifact { name, mime_type, data, at, .. } = new;
        let row = self.artifacts.entry(named).or_default();
        row.last_version += 1;
        let (version, size) = (row.last_version, data.len() as u64);
        let info = ArtifactInfo { name, version, mime_type, size, created_at: at };
        row.versions.insert(version, StoredArtifact { info: info.clone(), data });
        self.artifact_origins.extend(origin.map(|origin| (origin, info.clone())));
        Ok(info)
    }

    pub(super) fn newest(&self, session: &SessionKey, prefix: &str) -> Vec<ArtifactInfo> {
        let scopes = [Scope::Session, Scope::User].map(|scope| ScopeKey::new(scope, session));
        let rows = self
            .artifacts
            .iter()
            .filter(|((scope, name), _)| scopes.contains(scope) && name.starts_with(prefix));
        let mut found: Vec<_> =
            rows.filter_map(|(_, row)| Some(row.versions.last_key_value()?.1.info.clone())).collect();
        found.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        found
    }

    pub(super) fn versions(&self, session: &SessionKey, name: &str) -> Result<Vec<ArtifactInfo>, StoreError> {
        let row = self.artifact_row(session, name)?;
        let versions = row.into_iter().flat_map(|row| row.versions.values().rev());
        Ok(versions.map(|stored| stored.info.clone()).collect())
    }

    pub(super) fn find_artifact(
        &self,
        session: &SessionKey,
        name: &str,
        version: Option<u32>,
    ) -> Result<Option<ArtifactInfo>, StoreError> {
        let row = self.artifact_row(session, name)?;
        let found = row.and_then(|row| match version {
            Some(version) => row.versions.get(&version),
            None => row.versions.last_key_value().map(|(_, newest)| newest),
        });
        Ok(found.map(|stored| stored.info.clone()))
    }

    pub(super) fn read_artifact(
        &self,
        session: &SessionKey,
        name: &str,
        version: u32,
        offset: u64,
        max: usize,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self.artifact_row(session, name)?.and_then(|row| row.versions.get(&version));
        Ok(found.map(|StoredArtifact { data, .. }| {
            let first = usize::try_from(offset).unwrap_or(usize::MAX).min(data.len());
            let end = first.saturating_add(max).min(data.len());
            data.get(first..end).unwrap_or_default().to_vec()
        }))
    }

    pub(super) fn remove(
        &mut self,
        session: &SessionKey,
        name: &str,
        version: Option<u32>,
    ) -> Result<bool, StoreError> {
        let Some(row) = self.artifacts.get_mut(&address(session, name)?) else { return Ok(false) };
        Ok(match version {
            Some(version) => row.versions.remove(&version).is_some(),
            None => !std::mem::take(&mut row.versions).is_empty(),
        })
    }

    /// Forgets the session's own artifacts; the user's stay.
    pub(super) fn forget_artifacts(&mut self, key: &SessionKey) {
        let own = ScopeKey::new(Scope::Session, key);
        self.artifacts.retain(|(scope, _), _| *scope != own);
        self.artifact_origins.retain(|(session, _, _), _| session != key);
    }

    fn artifact_row(&self, session: &SessionKey, name: &str) -> Result<Option<&ArtifactRow>, StoreError> {
        Ok(self.artifacts.get(&address(session, name)?))
    }

    /// What the user has with the agent, in all sessions.
    fn artifact_bytes(&self, key: &SessionKey) -> u64 {
        let of_user = |scope: &ScopeKey| match scope {
            ScopeKey::App(_) => false,
            ScopeKey::User(app, user) => (app, user) == (&key.app_name, &key.user_id),
            ScopeKey::Session(session) => {
                (&session.app_name, &session.user_id) == (&key.app_name, &key.user_id)
            }
        };
        let rows = self.artifacts.iter().filter(|((scope, _), _)| of_user(scope));
        rows.flat_map(|(_, row)| row.versions.values()).map(|stored| stored.info.size).sum()
    }
}

/// Where the versions of a name are kept.
fn address(session: &SessionKey, name: &str) -> Result<(ScopeKey, String), StoreError> {
    let (scope, _) = refusal::artifact_scope(name)?;
    Ok((ScopeKey::new(scope, session), name.to_owned()))
}
