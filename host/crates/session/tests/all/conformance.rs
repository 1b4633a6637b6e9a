//! Every case of the suite on every store.

mod memory {
    use std::sync::Arc;

    use rak_session::MemoryStore;

    rak_session::conformance_tests!((Arc::new(MemoryStore::new()), ()));

    /// A case that is written and not run would prove nothing.
    #[test]
    fn no_case_is_forgotten() {
        let sources = [
            include_str!("../../src/conformance/artifacts.rs"),
            include_str!("../../src/conformance/commits.rs"),
            include_str!("../../src/conformance/history.rs"),
            include_str!("../../src/conformance/invocations.rs"),
            include_str!("../../src/conformance/journal.rs"),
            include_str!("../../src/conformance/load.rs"),
            include_str!("../../src/conformance/pins.rs"),
            include_str!("../../src/conformance/quotas.rs"),
            include_str!("../../src/conformance/sessions.rs"),
            include_str!("../../src/conformance/starts.rs"),
            include_str!("../../src/conformance/state.rs"),
            include_str!("../../src/conformance/steps.rs"),
        ];
        let written = sources.iter().flat_map(|source| source.split("\npub async fn ").skip(1));
        let written: Vec<_> = written.filter_map(|text| text.split('<').next()).collect();
        assert!(written.iter().all(|name| CASES.contains(name)), "not run: {written:?}");
        assert_eq!(written.len(), CASES.len());
    }
}

mod sqlite {
    use std::sync::Arc;

    use rak_session::{SqliteOptions, SqliteStore};

    rak_session::conformance_tests!({
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path().join("rak.db"), SqliteOptions::default()).unwrap();
        (Arc::new(store), folder)
    });
}
