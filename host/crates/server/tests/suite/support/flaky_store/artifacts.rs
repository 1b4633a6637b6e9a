//! Its artifacts; apart, because two of its traits have a `read`.

use async_trait::async_trait;
use rak_core::{ArtifactInfo, ArtifactService, NewArtifact, SessionKey, StoreError};

use super::FlakyStore;

#[async_trait]
impl ArtifactService for FlakyStore {
    async fn save(&self, new: NewArtifact) -> Result<ArtifactInfo, StoreError> {
        self.up()?.save(new).await
    }
    async fn newest(&self, session: &SessionKey, prefix: &str) -> Result<Vec<ArtifactInfo>, StoreError> {
        self.up()?.newest(session, prefix).await
    }
    async fn versions(&self, session: &SessionKey, name: &str) -> Result<Vec<ArtifactInfo>, StoreError> {
        self.up()?.versions(session, name).await
    }
    async fn find(
        &self,
        session: &SessionKey,
        name: &str,
        version: Option<u32>,
    ) -> Result<Option<ArtifactInfo>, StoreError> {
        self.up()?.find(session, name, version).await
    }
    async fn read(
        &self,
        session: &SessionKey,
        name: &str,
        version: u32,
        offset: u64,
        max: usize,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.up()?.read(session, name, version, offset, max).await
    }
    async fn remove(
        &self,
        session: &SessionKey,
        name: &str,
        version: Option<u32>,
    ) -> Result<bool, StoreError> {
        self.up()?.remove(session, name, version).await
    }
}
