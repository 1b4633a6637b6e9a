//! Saving and removing what is large, in turns with those who write something else.

use std::sync::Arc;

use rak_core::{ArtifactInfo, NewArtifact, StoreError};
use tokio::sync::Semaphore;

use super::content::{self, SLICE_BYTES, UnderWay, Unsaved};
use super::{Admission, admit, insert};
use crate::sqlite::encoded::COMMAND_BYTES;
use crate::sqlite::fault::Fault;
use crate::sqlite::writer::{WriteTransaction, Writer};

/// What of contents may wait for the writer and be written at once, in KiB: two slices. An event that comes behind it waits
/// for no more of them, however many artifacts are being saved.
const MAX_QUEUED_KIB: u32 = 2 << 10;

/// The saves that are under way.
#[derive(Debug)]
pub(in crate::sqlite) struct Saves {
    room: Semaphore,
    under_way: UnderWay,
}

/// How a save begins.
enum Begun {
    /// It is one that was made before.
    Made(ArtifactInfo),
    Now(Unsaved),
}

impl Default for Saves {
    fn default() -> Self {
        Self { room: Semaphore::new(MAX_QUEUED_KIB as usize), under_way: UnderWay::default() }
    }
}

impl Saves {
    /// Keeps a version. What is larger than a slice is written in several transactions, and becomes a version in the last one.
    pub(in crate::sqlite) async fn save(
        &self,
        writer: &Writer,
        new: NewArtifact,
    ) -> Result<ArtifactInfo, StoreError> {
        if new.data.len() <= SLICE_BYTES {
            let under_way = self.under_way.clone();
            let bytes = new.data.len();
            return self.call(writer, bytes, move |write| save_at_once(write, &new, &under_way)).await;
        }
        // What saves left that somebody gave up, or a host that was killed.
        self.sweep(writer).await?;
        let saved = self.save_in_slices(writer, Arc::new(new)).await;
        if saved.is_err() {
            self.tidy(writer).await;
        }
        saved
    }

    async fn save_in_slices(
        &self,
        writer: &Writer,
        new: Arc<NewArtifact>,
    ) -> Result<ArtifactInfo, StoreError> {
        let begin = {
            let (new, under_way) = (Arc::clone(&new), self.under_way.clone());
            move |write: &mut WriteTransaction<'_>| match admit(write, &new)? {
                Admission::Made(info) => Ok(Begun::Made(info)),
                Admission::New { .. } => content::begin(write.connection, &under_way).map(Begun::Now),
            }
        };
        let unsaved = match self.call(writer, 0, begin).await? {
            Begun::Made(info) => return Ok(info),
            Begun::Now(unsaved) => unsaved,
        };
        let pk = unsaved.pk;
        for first in (0..new.data.len()).step_by(SLICE_BYTES) {
            let new = Arc::clone(&new);
            let range = first..new.data.len().min(first + SLICE_BYTES);
            let slice = move |write: &mut WriteTransaction<'_>| {
                content::write(write.connection, pk, &new.data, range.clone())
            };
            self.call(writer, SLICE_BYTES, slice).await?;
        }
        self.call(writer, 0, move |write| match admit(write, &new)? {
            Admission::Made(info) => Ok(info),
            Admission::New { session_pk } => insert(write, &new, session_pk, pk),
        })
        .await
    }

    /// Removes what no artifact has any more. Who removed the artifacts has been obeyed whether this succeeds or not, and the
    /// next one goes on with it.
    pub(in crate::sqlite) async fn tidy(&self, writer: &Writer) {
        if let Err(error) = self.sweep(writer).await {
            tracing::debug!(%error, "failed to remove the contents of artifacts");
        }
    }

    async fn sweep(&self, writer: &Writer) -> Result<(), StoreError> {
        loop {
            let under_way = self.under_way.clone();
            let slice = move |write: &mut WriteTransaction<'_>| content::sweep(write.connection, &under_way);
            if !self.call(writer, SLICE_BYTES, slice).await? {
                return Ok(());
            }
        }
    }

    /// Waits for room, and then for the writer.
    async fn call<T, F>(&self, writer: &Writer, bytes: usize, operation: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut WriteTransaction<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let kib = u32::try_from(bytes / 1024 + 1).unwrap_or(u32::MAX).min(MAX_QUEUED_KIB);
        let _room = self.room.acquire_many(kib).await.map_err(StoreError::unavailable)?;
        writer.call(COMMAND_BYTES + bytes, operation).await
    }
}

/// Writes a content and its artifact in one transaction.
fn save_at_once(
    write: &mut WriteTransaction<'_>,
    new: &NewArtifact,
    under_way: &UnderWay,
) -> Result<ArtifactInfo, Fault> {
    match admit(write, new)? {
        Admission::Made(info) => Ok(info),
        Admission::New { session_pk } => {
            let unsaved = content::begin(write.connection, under_way)?;
            content::write(write.connection, unsaved.pk, &new.data, 0..new.data.len())?;
            insert(write, new, session_pk, unsaved.pk)
        }
    }
}
