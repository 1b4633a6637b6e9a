//! Those who read: a few connections that see what is committed, and never wait for the writer.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard};

use rak_core::StoreError;
use rusqlite::Connection;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::connection::open_reader;
use super::fault::Fault;

/// The most connections, whatever is asked for: each has its own cache and file handles.
const MAX_READERS: usize = 64;

/// A bounded pool of reading connections, opened when they are needed.
pub(super) struct Readers {
    permits: Arc<Semaphore>,
    size: usize,
    pool: Arc<Pool>,
}

/// The connections, which the writer may have closed for a moment.
pub(super) struct Pool {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    /// Held by those who read; false while the writer cannot open the file.
    usable: RwLock<bool>,
}

impl Readers {
    pub(super) fn new(path: PathBuf, size: usize) -> Self {
        let size = size.clamp(1, MAX_READERS);
        let pool = Pool { path, idle: Mutex::default(), usable: RwLock::new(true) };
        Self { permits: Arc::new(Semaphore::new(size)), size, pool: Arc::new(pool) }
    }

    pub(super) fn pool(&self) -> &Arc<Pool> {
        &self.pool
    }

    /// Runs a query on one state of the database, on a thread that may block.
    pub(super) async fn read<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|_| StoreError::unavailable("it was closed"))?;
        let pool = Arc::clone(&self.pool);
        let work = spawn_blocking(move || {
            let result = pool.read(query);
            drop(permit);
            result
        });
        Ok(work.await.map_err(StoreError::unavailable)??)
    }

    /// Runs a query that finds a few rows by their keys. Waking another thread costs more than such a query, so it is
    /// made on this one where a connection is free.
    pub(super) async fn glance<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let query = match self.permits.try_acquire() {
            Ok(_permit) => match self.pool.try_read(query) {
                Ok(result) => return Ok(result?),
                Err(query) => query,
            },
            Err(_) => query,
        };
        self.read(query).await
    }

    /// Refuses what comes, waits for what is under way, and closes the connections.
    pub(super) async fn close(&self) {
        let all = u32::try_from(self.size).unwrap_or(u32::MAX);
        // An error says that it is closed already.
        let permits = self.permits.acquire_many(all).await;
        self.permits.close();
        self.pool.idle().clear();
        drop(permits);
    }
}

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readers").field("size", &self.size).finish_non_exhaustive()
    }
}

impl Pool {
    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the queries that are under way and closes all connections. New queries wait until the answer is dropped,
    /// and are refused where it is false by then.
    pub(super) fn suspend(&self) -> RwLockWriteGuard<'_, bool> {
        let usable = self.usable.write().unwrap_or_else(PoisonError::into_inner);
        self.idle().clear();
        usable
    }

    fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, Fault> {
        let usable = self.usable.read().unwrap_or_else(PoisonError::into_inner);
        if !*usable {
            return Err(StoreError::unavailable("the disk does not let it open its file again").into());
        }
        let idle = self.idle().pop();
        let connection = idle.map_or_else(|| open_reader(&self.path), Ok)?;
        self.read_with(connection, query)
    }

    /// The same where nothing has to be waited for and opened; gives the query back where it has.
    fn try_read<T, F>(&self, query: F) -> Result<Result<T, Fault>, F>
    where
        F: FnOnce(&Connection) -> Result<T, Fault>,
    {
        let Ok(usable) = self.usable.try_read() else { return Err(query) };
        let idle = if *usable { self.idle().pop() } else { None };
        match idle {
            Some(connection) => Ok(self.read_with(connection, query)),
            None => Err(query),
        }
    }

    fn read_with<T>(
        &self,
        connection: Connection,
        query: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        // By statements that are prepared already. Where the query panics the connection is closed, and with it the view.
        connection.prepare_cached("BEGIN")?.execute([])?;
        let result = query(&connection);
        connection.prepare_cached("ROLLBACK")?.execute([])?;
        self.idle().push(connection);
        result
    }
}
