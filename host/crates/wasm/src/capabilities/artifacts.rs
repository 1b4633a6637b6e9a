//! `artifacts`: files that outlive the run.
//!
//! A version never changes, but it can be removed; so what an agent reads is in the journal, and a run that is repeated reads it
//! again. A version that was saved in an attempt that was cut off is found by its origin instead of being saved twice.

use std::sync::Arc;

use rak_core::{
    ArtifactInfo, ArtifactService, Base64, Blob, Emission, Failure, FailureKind, NewArtifact, RunHost, Scope,
    artifact_scope, check_mime_type,
};
use sha2::{Digest as _, Sha256};

use crate::bindings::artifacts::{Host, Info};
use crate::bindings::common;
use crate::capabilities::answer;
use crate::gate::{Cost, Need, Refusal};
use crate::state::GuestState;
use crate::timeline::Call;

/// The largest piece that is read at once, in bytes.
const MAX_PIECE_BYTES: u32 = 1 << 20;

impl Host for GuestState {
    async fn save(
        &mut self,
        name: String,
        content: common::Blob,
    ) -> wasmtime::Result<Result<u32, common::Failure>> {
        answer(self.save_artifact(name, content).await)
    }

    async fn load(
        &mut self,
        name: String,
        version: Option<u32>,
    ) -> wasmtime::Result<Result<Option<common::Blob>, common::Failure>> {
        let loaded = self.load_artifact(&name, version).await;
        let to_wit = |blob: Blob| common::Blob { mime_type: blob.mime_type, data: blob.data };
        answer(loaded.map(|loaded| loaded.map(to_wit)))
    }

    async fn read(
        &mut self,
        name: String,
        version: u32,
        offset: u64,
        max: u32,
    ) -> wasmtime::Result<Result<Vec<u8>, common::Failure>> {
        let host = self.host();
        let read = async {
            let (host, service) = service(host)?;
            named(&name)?;
            let max = max.min(MAX_PIECE_BYTES) as usize;
            let piece = service.read(&host.info().session, &name, version, offset, max).await?;
            piece.map(Base64).ok_or_else(|| not_there(&name, version))
        };
        let call = Call::new("artifacts.read", &name, &(&name, version, offset, max));
        let piece = self.gate.answer_soon(call, for_name(&name), read).await;
        answer(piece.map(|Base64(bytes)| bytes))
    }

    async fn available(&mut self, prefix: String) -> wasmtime::Result<Result<Vec<Info>, common::Failure>> {
        let (host, gate) = (self.host(), &self.gate);
        let list = async {
            let (host, service) = service(host)?;
            let mut all = service.newest(&host.info().session, &prefix).await?;
            // Of a scope that is not granted, not even the names are seen.
            all.retain(|info| {
                artifact_scope(&info.name).is_ok_and(|(scope, _)| gate.grants_artifacts(scope))
            });
            Ok(all)
        };
        let call = Call::new("artifacts.available", &prefix, &prefix);
        answer(gate.answer_soon(call, Cost::default(), list).await.map(infos_to_wit))
    }

    async fn versions(&mut self, name: String) -> wasmtime::Result<Result<Vec<Info>, common::Failure>> {
        let host = self.host();
        let list = async {
            let (host, service) = service(host)?;
            named(&name)?;
            Ok(service.versions(&host.info().session, &name).await?)
        };
        let call = Call::new("artifacts.versions", &name, &name);
        answer(self.gate.answer_soon(call, for_name(&name), list).await.map(infos_to_wit))
    }

    async fn remove(
        &mut self,
        name: String,
        version: Option<u32>,
    ) -> wasmtime::Result<Result<bool, common::Failure>> {
        answer(self.remove_artifact(&name, version).await)
    }
}

impl GuestState {
    async fn save_artifact(&mut self, name: String, content: common::Blob) -> Result<u32, Refusal> {
        let host = self.host()?;
        self.saved += 1;
        let number = self.saved;
        let digest: [u8; 32] = Sha256::digest(&content.data).into();
        let call = Call::new("artifacts.save", &name, &(&name, &content.mime_type, digest));
        let gate = &self.gate;
        let save = async {
            let (host, service) = service(Ok(host.clone()))?;
            named(&name)?;
            check_mime_type(&content.mime_type)?;
            let (limits, size) = (host.artifact_limits(), content.data.len() as u64);
            if size > limits.bytes {
                let message = format!("the artifact {name:?} has {size} bytes; {} are allowed", limits.bytes);
                return Err(Failure::new(FailureKind::LimitExceeded, message));
            }
            // What it is seen to have done before is not to be forgotten where this is not.
            gate.keep_all(host.as_ref()).await?;
            let info = host.info();
            let new = NewArtifact {
                session: info.session.clone(),
                name: name.clone(),
                mime_type: content.mime_type,
                data: content.data,
                at: gate.timeline.real().millis(),
                origin: Some((info.id, number)),
                max_user_bytes: limits.user_bytes,
            };
            Ok(service.save(new).await?.version)
        };
        let version = gate.answer_soon(call, for_name(&name), save).await?;
        self.tell_of_artifact(name, version).await?;
        Ok(version)
    }

    async fn remove_artifact(&mut self, name: &str, version: Option<u32>) -> Result<bool, Refusal> {
        let (host, gate) = (self.host()?, &self.gate);
        let place = || service(Ok(host.clone()));
        // What is removed a second time, because the host ended in between, was there all the same.
        let find = async {
            let (host, service) = place()?;
            named(name)?;
            Ok(service.find(&host.info().session, name, version).await?.is_some())
        };
        let call = Call::new("artifacts.find", name, &(name, version));
        if !gate.answer_soon(call, for_name(name), find).await? {
            return Ok(false);
        }
        let remove = async {
            let (host, service) = place()?;
            gate.keep_all(host.as_ref()).await?;
            service.remove(&host.info().session, name, version).await?;
            Ok(())
        };
        let call = Call::new("artifacts.remove", name, &(name, version));
        gate.answer_soon(call, for_name(name), remove).await?;
        Ok(true)
    }

    /// Tells the client of a new version.
    pub(super) async fn tell_of_artifact(&mut self, name: String, version: u32) -> Result<(), Refusal> {
        let host = self.host()?;
        let bytes = name.len() as u64;
        let cost = Cost { events: 1, event_bytes: bytes, largest_event: bytes, ..Cost::default() };
        let call = Call::new("artifacts.saved", &name, &(&name, version));
        let told = vec![Emission::Artifact { name, version }];
        self.last_seq = self.gate.emit(call, cost, host.as_ref(), told).await?;
        Ok(())
    }

    async fn load_artifact(&mut self, name: &str, version: Option<u32>) -> Result<Option<Blob>, Refusal> {
        let host = self.host();
        let load = async {
            let (host, service) = service(host)?;
            named(name)?;
            let session = &host.info().session;
            let Some(info) = service.find(session, name, version).await? else { return Ok(None) };
            let size = usize::try_from(info.size).unwrap_or(usize::MAX);
            let data = service.read(session, name, info.version, 0, size).await?;
            Ok(data.map(|data| Blob { mime_type: info.mime_type, data }))
        };
        let call = Call::new("artifacts.load", name, &(name, version));
        self.gate.answer_soon(call, for_name(name), load).await
    }
}

/// The run, and where its artifacts are.
type Place = (Arc<dyn RunHost>, Arc<dyn ArtifactService>);

fn service(host: Result<Arc<dyn RunHost>, Refusal>) -> Result<Place, Failure> {
    let host = host.map_err(|_| Failure::new(FailureKind::Denied, "there is no run"))?;
    let none = || Failure::new(FailureKind::Unsupported, "this host keeps no artifacts");
    let service = host.artifacts().ok_or_else(none)?;
    Ok((host, service))
}

/// What a name needs. One that cannot be a name is refused with the reason, where the journal has it too.
fn for_name(name: &str) -> Cost {
    let need = artifact_scope(name).map_or(Need::Nothing, |(scope, _)| Need::Artifacts(scope));
    Cost { need, ..Cost::default() }
}

fn named(name: &str) -> Result<Scope, Failure> {
    let scope = artifact_scope(name).map(|(scope, _)| scope);
    scope.map_err(|error| Failure::new(FailureKind::InvalidArgument, error.to_string()))
}

fn not_there(name: &str, version: u32) -> Failure {
    Failure::new(FailureKind::NotFound, format!("there is no version {version} of the artifact {name:?}"))
}

fn infos_to_wit(infos: Vec<ArtifactInfo>) -> Vec<Info> {
    let to_wit = |info: ArtifactInfo| Info {
        name: info.name,
        version: info.version,
        mime_type: info.mime_type,
        size: info.size,
        created_at_ms: u64::try_from(info.created_at.0).unwrap_or(0),
        extra: None,
    };
    infos.into_iter().map(to_wit).collect()
}
