//! A host that is killed: what it acknowledged is there, and there is no hole in it.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use rak_core::{EncodedEvent, EventLog, HistoryQuery, InvocationId, SessionService};
use rak_session::{SqliteOptions, SqliteStore};
use tokio::task::JoinSet;

use crate::support::{begin, commit, key};

/// Says to the test below that it is the host that will be killed, and where its file is.
const CHILD: &str = "RAK_SESSION_CRASH_TEST_FILE";
/// What an acknowledged commit is printed behind, among the lines of the test harness.
const ACKNOWLEDGED: &str = "acknowledged ";
/// Runs at a time: enough for several commits in one transaction.
const RUNS: usize = 16;

/// Commits as fast as it can until it is killed.
async fn write_for_ever(file: &Path) {
    let store = Arc::new(SqliteStore::open(file, SqliteOptions::default()).unwrap());
    let mut runs = JoinSet::new();
    for run in 0..RUNS {
        let store = Arc::clone(&store);
        runs.spawn(async move {
            let (id, key) = (InvocationId::new(), key("app", "ann", &run.to_string()));
            store.begin(begin(id, &key)).await.unwrap();
            for seq in 1.. {
                store.commit(commit(id, &key, seq, "something")).await.unwrap();
                writeln!(std::io::stdout(), "{ACKNOWLEDGED}{id} {seq}").unwrap();
            }
        });
    }
    runs.join_all().await;
}

/// Starts a host, kills it after some lines, and gives the newest number that each run saw acknowledged.
fn run_and_kill(file: &Path, lines: usize) -> BTreeMap<InvocationId, u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::what_was_acknowledged_survives_a_kill", "--nocapture"])
        .env(CHILD, file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut acknowledged = BTreeMap::new();
    let mut read = 0;
    let mut line = String::new();
    while output.read_line(&mut line).unwrap() > 0 {
        // The last line may be cut off.
        if let Some(text) = line.strip_suffix('\n').and_then(|line| line.split(ACKNOWLEDGED).nth(1)) {
            let (id, seq) = text.split_once(' ').unwrap();
            acknowledged.insert(id.parse().unwrap(), seq.parse().unwrap());
            read += 1;
        }
        if read == lines {
            // SIGKILL; the lines it managed to print before are read all the same.
            child.kill().unwrap();
        }
        line.clear();
    }
    assert!(read >= lines, "it ended by itself after {read} lines");
    child.wait().unwrap();
    acknowledged
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    if let Some(file) = std::env::var_os(CHILD) {
        return write_for_ever(Path::new(&file)).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rak.db");
    let mut acknowledged = BTreeMap::new();
    for round in 0_usize..5 {
        let random = usize::try_from(RandomState::new().hash_one(round) % 700).unwrap();
        acknowledged.extend(run_and_kill(&file, 1 + random));

        let store = SqliteStore::open(&file, SqliteOptions::default()).unwrap();
        for (id, newest) in &acknowledged {
            let events = store.read(*id, 0, usize::MAX - 1).await.unwrap();
            let numbers: Vec<_> = events.iter().map(EncodedEvent::seq).collect();
            assert!(
                numbers.len() as u64 >= *newest,
                "{newest} was acknowledged, {} are there",
                numbers.len()
            );
            assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
        }
        for run in 0..RUNS {
            let query = HistoryQuery::After { position: 0, limit: 1_000_000 };
            let page = store.history(&key("app", "ann", &run.to_string()), query).await.unwrap();
            assert!((1..).zip(&page.entries).all(|(position, entry)| entry.position == position));
        }
        store.check().await.unwrap();
    }
}
