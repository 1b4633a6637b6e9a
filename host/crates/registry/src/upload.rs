//! A version that comes in over the wire, piece by piece.

use async_trait::async_trait;
use bytes::Bytes;
use rak_core::{AgentInfo, AgentSource, AppName, DeployError, Deployment};
use tokio::sync::OwnedSemaphorePermit;

use crate::deploy::{Candidate, disk_error, take_error};
use crate::depot::{Depot, Incoming, Lease};
use crate::manifest::Manifest;
use crate::registry::Registry;

pub(crate) struct Upload {
    registry: Registry,
    name: AppName,
    component: Option<Incoming>,
    manifest: Option<String>,
    limit: u64,
    /// Bounds how many come in at a time.
    permit: OwnedSemaphorePermit,
}

impl Upload {
    pub(crate) fn new(registry: Registry, name: AppName, limit: u64, permit: OwnedSemaphorePermit) -> Self {
        Self { registry, name, component: None, manifest: None, limit, permit }
    }

    fn depot(&self) -> &Depot {
        self.registry.depot()
    }
}

#[async_trait]
impl Deployment for Upload {
    async fn write(&mut self, bytes: Bytes) -> Result<(), DeployError> {
        if bytes.is_empty() {
            return Ok(());
        }
        let mut incoming = match self.component.take() {
            Some(incoming) => incoming,
            None => self.depot().receive(self.limit).map_err(disk_error)?,
        };
        // A disk may take its time.
        let written = tokio::task::spawn_blocking(move || {
            incoming.write(&bytes)?;
            Ok(incoming)
        });
        let written = written.await.map_err(lost)?;
        let written = written.map_err(|error| take_error(error, self.limit));
        self.component = Some(written.map_err(|error| self.registry.refuse(&self.name, error, None))?);
        Ok(())
    }

    fn manifest(&mut self, text: String) {
        self.manifest = Some(text);
    }

    async fn finish(self: Box<Self>, digest: Option<String>) -> Result<AgentInfo, DeployError> {
        let registry = self.registry.clone();
        // In a task of its own: a client that goes away when everything has arrived has said what it wants.
        registry.owned(self.deploy(digest)).await
    }
}

impl Upload {
    async fn deploy(mut self: Box<Self>, expected: Option<String>) -> Result<AgentInfo, DeployError> {
        let component = match self.component.take() {
            Some(incoming) => {
                let received = received(incoming, expected.as_deref()).await;
                Some(received.map_err(|error| self.registry.refuse(&self.name, error, None))?)
            }
            None => None,
        };
        let manifest = match &self.manifest {
            Some(text) => match Manifest::parse(text) {
                Ok(manifest) => Some(manifest),
                Err(error) => {
                    let digest = component.map(|lease| lease.digest.clone());
                    let error = DeployError::Refused { reason: error.to_string() };
                    return Err(self.registry.refuse(&self.name, error, digest));
                }
            },
            None => None,
        };
        let candidate = Candidate { component, manifest, source: AgentSource::Upload, seen: None };
        let result = self.registry.deploy(&self.name, candidate).await;
        drop(self.permit);
        result
    }
}

async fn received(incoming: Incoming, expected: Option<&str>) -> Result<Lease, DeployError> {
    let finished = tokio::task::spawn_blocking(move || incoming.finish());
    let lease = finished.await.map_err(lost)?.map_err(disk_error)?;
    match expected {
        Some(expected) if !expected.eq_ignore_ascii_case(&lease.digest) => {
            Err(DeployError::DigestMismatch { expected: expected.to_owned(), found: lease.digest.clone() })
        }
        _ => Ok(lease),
    }
}

pub(crate) fn lost(error: impl std::fmt::Display) -> DeployError {
    DeployError::Unavailable { reason: error.to_string() }
}
