//! Real runs that are written down, and scripts that repeat them.

use crate::server::{Reply, Server};
use crate::support::{ALL_KINDS, KEY, ask, models_in};

#[tokio::test]
async fn a_recorded_run_is_repeated_without_a_provider() {
    for kind in ALL_KINDS {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start([Reply::Events(kind.stream().to_owned())]).await;
        let text = format!("[one]\n{}record = 'run.toml'\nprice = {{output = 1.0}}", kind.model(&server));
        let recorded = ask(&models_in(folder.path(), &text), "one").await.unwrap();
        drop(server);
        let text = "[one]\nprovider = 'scripted'\nscript = 'run.toml'";
        let repeated = ask(&models_in(folder.path(), text), "one").await.unwrap();
        assert_eq!(repeated, recorded, "{kind:?}");
        let written = std::fs::read_to_string(folder.path().join("run.toml")).unwrap();
        assert!(!written.contains(KEY), "{written}");
    }
}
