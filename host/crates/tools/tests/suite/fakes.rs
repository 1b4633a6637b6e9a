//! A host that is made up: what built-in tools are about.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use async_trait::async_trait;
use rak_core::time::UnixMillis;
use rak_core::{
    AppName, ArtifactInfo, ArtifactService, EncodedEvent, Failure, HistoryPage, HistoryQuery, HttpAnswer,
    HttpBody, HttpClient, HttpHead, HttpRequest, NewArtifact, NewSession, Session, SessionFilter, SessionId,
    SessionKey, SessionPage, SessionService, StateDelta, StoreError,
};

/// Says the same to every request.
pub(crate) struct FakeHttp {
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) chunks: Vec<Result<Vec<u8>, Failure>>,
    pub(crate) seen: Mutex<Vec<HttpRequest>>,
}

impl FakeHttp {
    pub(crate) fn new(content_type: &'static str, chunks: &[&[u8]]) -> Self {
        let chunks = chunks.iter().map(|chunk| Ok(chunk.to_vec())).collect();
        Self { content_type, headers: Vec::new(), chunks, seen: Mutex::default() }
    }
}

#[async_trait]
impl HttpClient for FakeHttp {
    async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, Failure> {
        let mut headers = vec![("content-type".to_owned(), self.content_type.to_owned())];
        headers.extend(self.headers.clone());
        let head = HttpHead { status: 404, url: format!("{}#end", request.url), headers };
        self.seen.lock().unwrap().push(request);
        Ok(HttpAnswer { head, body: Box::new(FakeBody(self.chunks.clone())) })
    }
}

struct FakeBody(Vec<Result<Vec<u8>, Failure>>);

#[async_trait]
impl HttpBody for FakeBody {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        if self.0.is_empty() { Ok(None) } else { self.0.remove(0).map(Some) }
    }
}

/// One session, if there is one, and its state.
#[derive(Default)]
pub(crate) struct FakeSessions(pub(crate) Mutex<Option<StateDelta>>);

impl FakeSessions {
    fn session(key: &SessionKey, state: StateDelta) -> Session {
        let at = UnixMillis(0);
        Session { key: key.clone(), state, agent_version: None, created_at: at, updated_at: at }
    }
}

#[async_trait]
impl SessionService for FakeSessions {
    async fn get(&self, key: &SessionKey) -> Result<Option<Session>, StoreError> {
        Ok(self.0.lock().unwrap().clone().map(|state| Self::session(key, state)))
    }

    async fn update_state(&self, key: &SessionKey, delta: StateDelta) -> Result<Option<Session>, StoreError> {
        let mut state = self.0.lock().unwrap();
        let Some(state) = state.as_mut() else { return Ok(None) };
        for (name, value) in delta {
            if value.is_null() {
                state.remove(&name);
            } else {
                state.insert(name, value);
            }
        }
        Ok(Some(Self::session(key, state.clone())))
    }

    async fn create(&self, _: NewSession) -> Result<Session, StoreError> {
        panic!("no tool does this")
    }

    async fn find(&self, _: &SessionId) -> Result<Vec<SessionKey>, StoreError> {
        panic!("no tool does this")
    }

    async fn list(&self, _: SessionFilter) -> Result<SessionPage, StoreError> {
        panic!("no tool does this")
    }

    async fn pin(&self, _: &SessionKey, _: Option<String>) -> Result<Option<Session>, StoreError> {
        panic!("no tool does this")
    }

    async fn pinned_versions(&self, _: &AppName) -> Result<BTreeSet<String>, StoreError> {
        panic!("no tool does this")
    }

    async fn delete(&self, _: &SessionKey) -> Result<bool, StoreError> {
        panic!("no tool does this")
    }

    async fn append_event(&self, _: &SessionKey, _: EncodedEvent) -> Result<u64, StoreError> {
        panic!("no tool does this")
    }

    async fn history(&self, _: &SessionKey, _: HistoryQuery) -> Result<HistoryPage, StoreError> {
        panic!("no tool does this")
    }
}

/// The versions of each name, oldest first.
#[derive(Default)]
pub(crate) struct FakeArtifacts(pub(crate) Mutex<BTreeMap<String, Vec<NewArtifact>>>);

impl FakeArtifacts {
    pub(crate) fn put(&self, new: NewArtifact) {
        self.0.lock().unwrap().entry(new.name.clone()).or_default().push(new);
    }

    fn info(at: usize, new: &NewArtifact) -> ArtifactInfo {
        ArtifactInfo {
            name: new.name.clone(),
            version: u32::try_from(at).unwrap() + 1,
            mime_type: new.mime_type.clone(),
            size: new.data.len() as u64,
            created_at: new.at,
        }
    }
}

#[async_trait]
impl ArtifactService for FakeArtifacts {
    async fn save(&self, new: NewArtifact) -> Result<ArtifactInfo, StoreError> {
        let mut all = self.0.lock().unwrap();
        let versions = all.entry(new.name.clone()).or_default();
        let at = versions.iter().position(|other| other.origin == new.origin).unwrap_or_else(|| {
            versions.push(new.clone());
            versions.len() - 1
        });
        Ok(Self::info(at, &versions[at]))
    }

    async fn newest(&self, _: &SessionKey, prefix: &str) -> Result<Vec<ArtifactInfo>, StoreError> {
        let all = self.0.lock().unwrap();
        let named = all.iter().filter(|(name, _)| name.starts_with(prefix));
        Ok(named.map(|(_, versions)| Self::info(versions.len() - 1, versions.last().unwrap())).collect())
    }

    async fn find(
        &self,
        _: &SessionKey,
        name: &str,
        version: Option<u32>,
    ) -> Result<Option<ArtifactInfo>, StoreError> {
        let all = self.0.lock().unwrap();
        let Some(versions) = all.get(name) else { return Ok(None) };
        let at = version.map_or(versions.len(), |version| version as usize) - 1;
        Ok(versions.get(at).map(|new| Self::info(at, new)))
    }

    async fn read(
        &self,
        _: &SessionKey,
        name: &str,
        version: u32,
        offset: u64,
        max: usize,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let all = self.0.lock().unwrap();
        let Some(new) = all.get(name).and_then(|versions| versions.get(version as usize - 1)) else {
            return Ok(None);
        };
        let from = usize::try_from(offset).unwrap().min(new.data.len());
        Ok(Some(new.data[from..new.data.len().min(from + max)].to_vec()))
    }

    async fn versions(&self, _: &SessionKey, _: &str) -> Result<Vec<ArtifactInfo>, StoreError> {
        panic!("no tool does this")
    }

    async fn remove(&self, _: &SessionKey, _: &str, _: Option<u32>) -> Result<bool, StoreError> {
        panic!("no tool does this")
    }
}
