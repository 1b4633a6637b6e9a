//! Any sequence of calls has the same answers from both stores, and from a model that is too simple to be wrong.

mod model;
mod operation;

use std::sync::Arc;

use proptest::prelude::*;
use rak_core::{EventLog, SessionService, StoreError};
use rak_session::{MemoryStore, SqliteOptions, SqliteStore};

use self::model::Model;
use self::operation::{Fixed, Operation, operation};

/// An answer as text, without times; or the kind of the refusal.
pub(crate) type Answer = Result<String, Refusal>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Conflict,
    NotFound,
    QuotaExceeded,
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { .. } => Self::Conflict,
            StoreError::NotFound { .. } => Self::NotFound,
            StoreError::QuotaExceeded { .. } => Self::QuotaExceeded,
            other => panic!("{other}"),
        }
    }
}

async fn compare(operations: Vec<Operation>) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = SqliteStore::open(folder.path().join("rak.db"), SqliteOptions::default()).unwrap();
    let memory = Arc::new(MemoryStore::new());
    let mut model = Model::default();
    let fixed = Fixed::new();
    for operation in operations {
        let expected = model.apply(&fixed, &operation);
        let in_memory = on_store(&*memory, &fixed, &operation).await;
        let in_sqlite = on_store(&sqlite, &fixed, &operation).await;
        prop_assert_eq!(&in_memory, &expected, "memory: {:?}", operation);
        prop_assert_eq!(&in_sqlite, &expected, "sqlite: {:?}", operation);
    }
    Ok(())
}

async fn on_store<S: SessionService + EventLog>(store: &S, fixed: &Fixed, operation: &Operation) -> Answer {
    operation.on_store(store, fixed).await.map_err(Refusal::from)
}

proptest! {
    // Few and long: what takes its time is to open a file, not to use it.
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_stores_answer_as_the_model_does(operations in prop::collection::vec(operation(), 1..200)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(compare(operations))?;
    }
}
