//! Four rows a run: what the user said and the run in one commit, the answer and the run's end in another. A thread commits
//! what is ready together, and a run goes on when its rows are committed.

use std::path::Path;

use anyhow::Context as _;
use rak_core::InvocationId;
use rusqlite::{Connection, params};
use tokio::sync::{mpsc, oneshot};

/// Rows that wait.
const MAX_QUEUED: usize = 1024;
/// Commands in one transaction.
const MAX_BATCH: usize = 256;

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE invocations (pk INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, session TEXT NOT NULL, status TEXT NOT NULL);
    CREATE TABLE events (pk INTEGER PRIMARY KEY, invocation TEXT NOT NULL, seq INTEGER NOT NULL, json TEXT NOT NULL);
    CREATE UNIQUE INDEX events_by_invocation ON events (invocation, seq);
";

/// Where rows go.
pub(super) enum Store {
    /// Nowhere.
    Memory,
    /// To the thread that writes.
    Sqlite(mpsc::Sender<Command>),
}

/// What is written together.
pub(super) struct Command {
    write: Write,
    done: oneshot::Sender<()>,
}

enum Write {
    Begin { id: String, session: String, message: String },
    End { id: String, answer: String },
}

impl Store {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(SCHEMA)?;
        let (commands, inbox) = mpsc::channel(MAX_QUEUED);
        std::thread::spawn(move || write(&connection, inbox));
        Ok(Self::Sqlite(commands))
    }

    pub(super) async fn begin(&self, id: InvocationId, session: &str, message: &str) -> anyhow::Result<()> {
        self.call(|| Write::Begin {
            id: id.to_string(),
            session: session.to_owned(),
            message: message.to_owned(),
        })
        .await
    }

    pub(super) async fn end(&self, id: InvocationId, answer: &str) -> anyhow::Result<()> {
        self.call(|| Write::End { id: id.to_string(), answer: answer.to_owned() }).await
    }

    async fn call(&self, write: impl FnOnce() -> Write) -> anyhow::Result<()> {
        let Self::Sqlite(commands) = self else { return Ok(()) };
        let (done, committed) = oneshot::channel();
        commands.send(Command { write: write(), done }).await.ok().context("the writer is gone")?;
        committed.await.context("the rows could not be written")
    }
}

/// Commits what is ready, until nobody can send any more. An error ends it, and with it the bench.
fn write(connection: &Connection, mut inbox: mpsc::Receiver<Command>) -> rusqlite::Result<()> {
    while let Some(first) = inbox.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < MAX_BATCH
            && let Ok(next) = inbox.try_recv()
        {
            batch.push(next);
        }
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for command in &batch {
            command.write.execute(connection)?;
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
        for command in batch {
            // Who waited may be gone.
            let _ = command.done.send(());
        }
    }
    Ok(())
}

impl Write {
    fn execute(&self, connection: &Connection) -> rusqlite::Result<()> {
        let event = "INSERT INTO events (invocation, seq, json) VALUES (?1, ?2, ?3)";
        match self {
            Self::Begin { id, session, message } => {
                let run = "INSERT INTO invocations (id, session, status) VALUES (?1, ?2, 'active')";
                connection.prepare_cached(run)?.execute([id, session])?;
                connection.prepare_cached(event)?.execute(params![id, 0, message])?;
            }
            Self::End { id, answer } => {
                connection.prepare_cached(event)?.execute(params![id, 1, answer])?;
                let run = "UPDATE invocations SET status = 'completed' WHERE id = ?1";
                connection.prepare_cached(run)?.execute([id])?;
            }
        }
        Ok(())
    }
}
