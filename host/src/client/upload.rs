//! A component on its way to a host.

use std::io;
use std::path::{Path, PathBuf};

use futures::stream::{self, Stream};
use rak_core::{AgentInfo, AppName};
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method};
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

use super::{Answer, ClientError, HostClient};

/// What is read and sent at once.
const CHUNK_BYTES: usize = 64 << 10;

/// A component with its manifest, ready to be sent.
pub(crate) struct Upload {
    component: PathBuf,
    bytes: u64,
    digest: String,
    manifest: Option<String>,
}

impl Upload {
    /// Reads the component once, for its digest: the host says so where something else arrives.
    pub(crate) async fn new(component: &Path, manifest: Option<&Path>) -> Result<Self, ClientError> {
        let (bytes, digest) = digest(component).await.map_err(failed_to_read(component))?;
        let manifest = match manifest {
            Some(path) => Some(tokio::fs::read_to_string(path).await.map_err(failed_to_read(path))?),
            None => None,
        };
        Ok(Self { component: component.to_owned(), bytes, digest, manifest })
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    async fn into_form(self, sent: impl Fn(u64) + Send + Sync + 'static) -> Result<Form, ClientError> {
        let file = File::open(&self.component).await.map_err(failed_to_read(&self.component))?;
        let body = Body::wrap_stream(chunks(file, sent));
        let name = self.component.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut form = Form::new();
        // The manifest is short, and may say that the rest need not be read.
        if let Some(manifest) = self.manifest {
            form = form.text("manifest", manifest);
        }
        Ok(form.part("component", Part::stream_with_length(body, self.bytes).file_name(name)))
    }
}

impl HostClient {
    /// Makes a component the current version of an agent. Says of each piece that was sent how long it is.
    pub(crate) async fn push(
        &self,
        name: &AppName,
        upload: Upload,
        sent: impl Fn(u64) + Send + Sync + 'static,
    ) -> Result<Answer<AgentInfo>, ClientError> {
        let request = self.request(Method::PUT, &["agents", name.as_str()]);
        let request = request.query(&[("digest", &upload.digest)]);
        self.answer(request.multipart(upload.into_form(sent).await?)).await
    }
}

/// The size of a file, and its digest as the host writes it.
async fn digest(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path).await?;
    let mut hash = Sha256::new();
    let mut bytes = 0;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = file.read(&mut chunk).await?;
        let Some(read) = chunk.get(..count).filter(|read| !read.is_empty()) else {
            return Ok((bytes, format!("sha256:{:x}", hash.finalize())));
        };
        hash.update(read);
        bytes += count as u64;
    }
}

fn chunks(file: File, sent: impl Fn(u64)) -> impl Stream<Item = io::Result<Vec<u8>>> {
    stream::try_unfold((file, sent), |(mut file, sent)| async move {
        let mut chunk = vec![0; CHUNK_BYTES];
        let count = file.read(&mut chunk).await?;
        chunk.truncate(count);
        sent(count as u64);
        Ok((count > 0).then_some((chunk, (file, sent))))
    })
}

fn failed_to_read(path: &Path) -> impl FnOnce(io::Error) -> ClientError {
    let path = path.to_owned();
    move |source| ClientError::File { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::TryStreamExt as _;

    #[tokio::test]
    async fn what_is_sent_is_what_was_digested() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wasm");
        let contents: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        std::fs::write(&path, &contents).unwrap();
        let upload = Upload::new(&path, None).await.unwrap();
        assert_eq!(upload.bytes(), contents.len() as u64);
        assert_eq!(upload.digest, format!("sha256:{:x}", Sha256::digest(&contents)));
        let pieces: Vec<_> = chunks(File::open(&path).await.unwrap(), |_| ()).try_collect().await.unwrap();
        assert_eq!(pieces.concat(), contents);
        let error = Upload::new(&folder.path().join("none"), None).await.err().unwrap();
        assert!(error.to_string().contains("none"), "{error}");
    }
}
