//! Where a key is seen, which is at the provider.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::server::{Reply, Server};
use crate::support::{ALL_KINDS, KEY, ask, embed, models};

/// What was logged.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Logged {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Logged {
    /// Logs of this thread, on which a test of one thread does all that it does.
    fn begin(&self) -> tracing::subscriber::DefaultGuard {
        let subscriber =
            tracing_subscriber::fmt().with_writer(self.clone()).with_max_level(tracing::Level::TRACE);
        tracing::subscriber::set_default(subscriber.finish())
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

#[tokio::test]
async fn a_key_is_shown_nowhere() {
    let telling = format!("your key {KEY} is not worth much, {KEY}");
    let troubles = || {
        [
            Reply::json(500, &json!({"error": {"message": telling}})),
            Reply::json(401, &json!({"error": {"message": telling}})),
            Reply::Whole(400, Vec::new(), "text/plain", telling.clone()),
            Reply::Events(format!("data: {}\n\n", json!({"error": {"message": telling}}))),
            Reply::Events(format!("data: {{\"{KEY}\n\n")),
            Reply::Events(format!("{KEY}\n\n")),
            Reply::Cut(String::new()),
        ]
    };
    let logged = Logged::default();
    let guard = logged.begin();
    let mut failures = Vec::new();
    for kind in ALL_KINDS {
        for trouble in troubles() {
            let server = Server::start([trouble]).await;
            let text = format!(
                "[one]\nprovider = '{}'\nmodel = 'm'\nbase_url = 'http://127.0.0.1:{}/${{RAK_TEST_KEY}}?key=${{RAK_TEST_KEY}}'\n\
                 api_key = '${{RAK_TEST_KEY}}'\nheaders = {{x-account = 'id ${{RAK_TEST_KEY}}'}}",
                kind.name(),
                server.port
            );
            let models = models(&text);
            failures.push(ask(&models, "one").await.unwrap_err());
            failures.push(embed(&models, &["a"]).await.unwrap_err());
            assert!(server.seen()[0].head.matches(KEY).count() >= 3, "the provider gets it");
        }
    }
    drop(guard);
    let shown = format!("{failures:?}");
    assert!(shown.contains("your key *** is not worth much") && !shown.contains(KEY), "{shown}");
    let logged = logged.text();
    assert!(logged.contains("asked again"), "{logged}");
    // Whatever the level, and whoever wrote it: libraries as well.
    let telling: Vec<_> = logged.lines().filter(|line| line.contains(KEY)).collect();
    assert!(telling.is_empty(), "{telling:#?}");
}
