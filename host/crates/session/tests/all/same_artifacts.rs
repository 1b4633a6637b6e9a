//! Any sequence of calls for artifacts has the same answers from both stores, however often the file is opened again, and from
//! a model that is too simple to be wrong.

use std::path::Path;

use proptest::prelude::*;
use rak_core::{
    ArtifactInfo, ArtifactService, InvocationId, NewArtifact, NewSession, SessionKey, SessionService,
    StateDelta, StoreError, time::UnixMillis,
};
use rak_session::{MemoryStore, SqliteOptions, SqliteStore};

use crate::support::key;

/// An answer as text; or the kind of the refusal.
type Answer = Result<String, &'static str>;

/// A call, with small numbers for names: clashes are what matters.
#[derive(Clone, Debug)]
enum Operation {
    Create { key: usize },
    Delete { key: usize },
    Save { key: usize, name: usize, size: usize, origin: Option<(usize, u64)>, max_user_bytes: u64 },
    Newest { key: usize, prefix: usize },
    Versions { key: usize, name: usize },
    Find { key: usize, name: usize, version: Option<u32> },
    Read { key: usize, name: usize, version: u32, offset: u64, max: usize },
    Remove { key: usize, name: usize, version: Option<u32> },
    Reopen,
}

const NAMES: [&str; 6] = ["a", "a%", "a_b", "user:a", "user:é", "../no"];
const PREFIXES: [&str; 7] = ["", "a", "a_", "us", "user:", "user:a", "é"];
/// Some pieces and a little more; and what is written in several transactions.
const SIZES: [usize; 6] = [0, 1, 50, 65_536, 200_001, (1 << 20) + 1];
const KEYS: usize = 6;
const RUNS: usize = 2;

fn keys() -> Vec<SessionKey> {
    (0..KEYS).map(|n| key(["x", "y"][n / 4], ["ann", "bob"][n / 2 % 2], ["1", "2"][n % 2])).collect()
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation as O;
    let key = || prop_oneof![3 => 0..2_usize, 1 => 0..KEYS];
    let name = || 0..NAMES.len();
    let version = || prop::option::of(0..6_u32);
    let origin = prop::option::of((0..RUNS, 0..3_u64));
    let room = prop_oneof![3 => Just(u64::MAX), 1 => 0..300_000_u64];
    let offset = prop_oneof![0..80_000_u64, 0..250_000_u64];
    prop_oneof![
        2 => key().prop_map(|key| O::Create { key }),
        1 => key().prop_map(|key| O::Delete { key }),
        8 => (key(), name(), 0..SIZES.len(), origin, room).prop_map(
            |(key, name, size, origin, max_user_bytes)| O::Save { key, name, size, origin, max_user_bytes }
        ),
        3 => (key(), 0..PREFIXES.len()).prop_map(|(key, prefix)| O::Newest { key, prefix }),
        2 => (key(), name()).prop_map(|(key, name)| O::Versions { key, name }),
        2 => (key(), name(), version()).prop_map(|(key, name, version)| O::Find { key, name, version }),
        4 => (key(), name(), 0..6_u32, offset, 0..150_000_usize).prop_map(
            |(key, name, version, offset, max)| O::Read { key, name, version, offset, max }
        ),
        3 => (key(), name(), version()).prop_map(|(key, name, version)| O::Remove { key, name, version }),
        1 => Just(O::Reopen),
    ]
}

/// What is in a version: it says which save it was.
fn data(size: usize, save: i64) -> Vec<u8> {
    (0..SIZES[size])
        .map(|at| u8::try_from((at + usize::try_from(save).unwrap() * 13) % 241).unwrap())
        .collect()
}

/// What is read, short enough to be compared as text.
fn show_bytes(bytes: &[u8]) -> String {
    let sum = bytes.iter().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
    format!("{} {sum}", bytes.len())
}

fn show(infos: &[ArtifactInfo]) -> String {
    format!("{infos:?}")
}

fn kind(error: &StoreError) -> &'static str {
    match error {
        StoreError::Conflict { .. } => "conflict",
        StoreError::Invalid { .. } => "invalid",
        StoreError::NotFound { .. } => "not found",
        StoreError::TooLarge { .. } => "too large",
        other => panic!("{other}"),
    }
}

/// What the numbers stand for.
struct Fixed {
    keys: Vec<SessionKey>,
    runs: Vec<InvocationId>,
}

impl Fixed {
    fn artifact(&self, operation: &Operation, save: i64) -> NewArtifact {
        let Operation::Save { key, name, size, origin, max_user_bytes } = operation else { unreachable!() };
        NewArtifact {
            session: self.keys[*key].clone(),
            name: NAMES[*name].to_owned(),
            mime_type: "text/plain".to_owned(),
            data: data(*size, save),
            at: UnixMillis(save),
            origin: origin.map(|(run, number)| (self.runs[run], number)),
            max_user_bytes: *max_user_bytes,
        }
    }
}

async fn on_store<S: SessionService + ArtifactService>(
    store: &S,
    fixed: &Fixed,
    operation: &Operation,
    save: i64,
) -> Result<String, StoreError> {
    let key = |key: &usize| &fixed.keys[*key];
    Ok(match operation {
        Operation::Create { key: k } => {
            let new = NewSession { key: key(k).clone(), state: StateDelta::new(), agent_version: None };
            store.create(new).await.map(|_| String::new())?
        }
        Operation::Delete { key: k } => store.delete(key(k)).await?.to_string(),
        Operation::Save { .. } => show(&[store.save(fixed.artifact(operation, save)).await?]),
        Operation::Newest { key: k, prefix } => show(&store.newest(key(k), PREFIXES[*prefix]).await?),
        Operation::Versions { key: k, name } => show(&store.versions(key(k), NAMES[*name]).await?),
        Operation::Find { key: k, name, version } => {
            let found = ArtifactService::find(store, key(k), NAMES[*name], *version).await?;
            show(found.as_slice())
        }
        Operation::Read { key: k, name, version, offset, max } => {
            let read = store.read(key(k), NAMES[*name], *version, *offset, *max).await?;
            format!("{:?}", read.as_deref().map(show_bytes))
        }
        Operation::Remove { key: k, name, version } => {
            store.remove(key(k), NAMES[*name], *version).await?.to_string()
        }
        Operation::Reopen => String::new(),
    })
}

/// A list of everything that was ever saved.
#[derive(Default)]
struct Model {
    sessions: Vec<SessionKey>,
    saved: Vec<Saved>,
}

struct Saved {
    key: SessionKey,
    origin: Option<(usize, u64)>,
    info: ArtifactInfo,
    data: Vec<u8>,
    removed: bool,
    /// Its session was deleted: of a file of the session nothing is left, of one of the user its origin is not.
    session_is_gone: bool,
}

impl Saved {
    fn is_of_user(&self) -> bool {
        self.info.name.starts_with("user:")
    }

    /// Whether a session sees it, or would, had it not been removed.
    fn is_seen_by(&self, key: &SessionKey) -> bool {
        if self.is_of_user() { same_user(&self.key, key) } else { self.key == *key && !self.session_is_gone }
    }
}

fn same_user(one: &SessionKey, other: &SessionKey) -> bool {
    (&one.app_name, &one.user_id) == (&other.app_name, &other.user_id)
}

impl Model {
    fn apply(&mut self, fixed: &Fixed, operation: &Operation, save: i64) -> Answer {
        let key = |key: &usize| &fixed.keys[*key];
        Ok(match operation {
            Operation::Create { key: k } => {
                if self.sessions.contains(key(k)) {
                    return Err("conflict");
                }
                self.sessions.push(key(k).clone());
                String::new()
            }
            Operation::Delete { key: k } => self.delete(key(k)).to_string(),
            Operation::Save { origin, .. } => show(&[self.save(fixed.artifact(operation, save), *origin)?]),
            Operation::Newest { key: k, prefix } => show(&self.newest(key(k), PREFIXES[*prefix])),
            Operation::Versions { key: k, name } => show(&self.versions(key(k), NAMES[*name], None)?),
            Operation::Find { key: k, name, version } => {
                let versions = self.versions(key(k), NAMES[*name], *version)?;
                show(versions.get(..1).unwrap_or_default())
            }
            Operation::Read { key: k, name, version, offset, max } => {
                self.read(key(k), NAMES[*name], *version, usize::try_from(*offset).unwrap(), *max)?
            }
            Operation::Remove { key: k, name, version } => {
                let versions = self.versions(key(k), NAMES[*name], *version)?;
                for saved in self.saved.iter_mut().filter(|saved| saved.is_seen_by(key(k))) {
                    saved.removed |= versions.contains(&saved.info);
                }
                (!versions.is_empty()).to_string()
            }
            Operation::Reopen => String::new(),
        })
    }

    fn delete(&mut self, key: &SessionKey) -> bool {
        let before = self.sessions.len();
        self.sessions.retain(|session| session != key);
        for saved in self.saved.iter_mut().filter(|saved| saved.key == *key) {
            saved.session_is_gone = true;
            saved.removed |= !saved.is_of_user();
        }
        self.sessions.len() < before
    }

    fn save(&mut self, new: NewArtifact, origin: Option<(usize, u64)>) -> Result<ArtifactInfo, &'static str> {
        check_name(&new.name)?;
        if !self.sessions.contains(&new.session) {
            return Err("not found");
        }
        let mut same = self.saved.iter().filter(|saved| saved.key == new.session && !saved.session_is_gone);
        if let Some(made) = same.find(|saved| origin.is_some() && saved.origin == origin) {
            return Ok(made.info.clone());
        }
        let mine = self.saved.iter().filter(|saved| same_user(&saved.key, &new.session) && !saved.removed);
        let used: u64 = mine.map(|saved| saved.info.size).sum();
        if used + new.data.len() as u64 > new.max_user_bytes {
            return Err("too large");
        }
        let same_name = |saved: &&Saved| saved.is_seen_by(&new.session) && saved.info.name == new.name;
        let info = ArtifactInfo {
            version: u32::try_from(self.saved.iter().filter(same_name).count()).unwrap() + 1,
            name: new.name,
            mime_type: new.mime_type,
            size: new.data.len() as u64,
            created_at: new.at,
        };
        let (key, data) = (new.session, new.data);
        self.saved.push(Saved {
            key,
            origin,
            info: info.clone(),
            data,
            removed: false,
            session_is_gone: false,
        });
        Ok(info)
    }

    fn newest(&self, key: &SessionKey, prefix: &str) -> Vec<ArtifactInfo> {
        let mut names = NAMES.to_vec();
        names.retain(|name| name.starts_with(prefix) && check_name(name).is_ok());
        names.sort_unstable();
        let newest = |name| self.versions(key, name, None).unwrap().into_iter().next();
        names.into_iter().filter_map(newest).collect()
    }

    fn versions(
        &self,
        key: &SessionKey,
        name: &str,
        version: Option<u32>,
    ) -> Result<Vec<ArtifactInfo>, &'static str> {
        check_name(name)?;
        let seen = self.saved.iter().rev().filter(|saved| saved.is_seen_by(key) && !saved.removed);
        let infos = seen.map(|saved| &saved.info).filter(|info| info.name == name);
        Ok(infos.filter(|info| version.is_none_or(|version| info.version == version)).cloned().collect())
    }

    fn read(&self, key: &SessionKey, name: &str, version: u32, offset: usize, max: usize) -> Answer {
        check_name(name)?;
        let mut seen = self.saved.iter().filter(|saved| saved.is_seen_by(key) && !saved.removed);
        let found = seen.find(|saved| saved.info.name == name && saved.info.version == version);
        let part = found.map(|saved| saved.data.iter().skip(offset).take(max).copied().collect::<Vec<_>>());
        Ok(format!("{:?}", part.as_deref().map(show_bytes)))
    }
}

fn check_name(name: &str) -> Result<(), &'static str> {
    if name.contains("..") { Err("invalid") } else { Ok(()) }
}

fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, SqliteOptions::default()).unwrap()
}

async fn compare(operations: Vec<Operation>) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rak.db");
    let mut sqlite = open(&path);
    let memory = MemoryStore::new();
    let mut model = Model::default();
    let fixed = Fixed { keys: keys(), runs: (0..RUNS).map(|_| InvocationId::new()).collect() };
    for (save, operation) in (0..).zip(operations) {
        if matches!(operation, Operation::Reopen) {
            drop(sqlite);
            sqlite = open(&path);
        }
        let expected = model.apply(&fixed, &operation, save);
        let in_memory = on_store(&memory, &fixed, &operation, save).await.map_err(|error| kind(&error));
        let in_sqlite = on_store(&sqlite, &fixed, &operation, save).await.map_err(|error| kind(&error));
        prop_assert_eq!(&in_memory, &expected, "memory: {:?}", operation);
        prop_assert_eq!(&in_sqlite, &expected, "sqlite: {:?}", operation);
    }
    Ok(())
}

proptest! {
    // Few and long: what takes its time is to open a file, not to use it.
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_stores_keep_the_same_artifacts(operations in prop::collection::vec(operation(), 1..150)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(compare(operations))?;
    }
}
