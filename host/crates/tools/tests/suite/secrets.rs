//! What a server is given of the host's environment, and where it is seen.

use std::io::Write;
use std::sync::{Arc, Mutex};

use rak_core::Toolbox as _;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{Host, HttpServer, KEY, Way, call, command, soon, tools};

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
async fn a_program_gets_its_key_and_nothing_of_the_hosts() {
    let host = Host::start(Way::Stdio, "env = {API_KEY = '${RAK_TEST_KEY}', MODE = 'test'}").await;
    let environment = host.call("request", json!({})).await.unwrap().response["environment"].clone();
    assert_eq!((&environment["API_KEY"], &environment["MODE"]), (&json!(KEY), &json!("test")));
    assert_eq!(environment["PATH"], "/usr/bin:/bin");
    // What cargo says to the test is in the environment of the test only.
    assert!(environment.get("CARGO_MANIFEST_DIR").is_none(), "{environment}");
}

#[tokio::test]
async fn a_header_has_the_key_in_it() {
    let host = Host::start(Way::Http, "headers = {authorization = 'Bearer ${RAK_TEST_KEY}'}").await;
    let request = host.call("request", json!({})).await.unwrap();
    assert_eq!(request.response["authorization"], format!("Bearer {KEY}"));
}

#[tokio::test]
async fn a_key_is_shown_nowhere() {
    let logged = Logged::default();
    let guard = logged.begin();
    let server = HttpServer::start(&["--http"]).await;
    let started = command(&[]);
    let tools = tools(&format!(
        "[mcp.web]\nurl = '{}?key=${{RAK_TEST_KEY}}'\nheaders = {{authorization = 'Bearer ${{RAK_TEST_KEY}}'}}\n\
         [mcp.program]\n{started}\nenv = {{API_KEY = '${{RAK_TEST_KEY}}'}}",
        server.url()
    ));
    soon(tools.settled()).await;
    // The program writes its key to its log, and neither is there any more.
    let mut failures = Vec::new();
    for name in ["mcp.program.crash", "mcp.web.crash", "mcp.web.crash"] {
        failures.push(soon(tools.call(call(name, json!({})))).await.unwrap_err());
    }
    soon(tools.stop()).await;
    drop(guard);
    let shown = format!("{failures:?}");
    assert!(!shown.contains(KEY), "{shown}");
    let logged = logged.text();
    assert!(logged.contains("crashing with ***"), "{logged}");
    // Whatever the level, and whoever wrote it: libraries as well.
    let telling: Vec<_> = logged.lines().filter(|line| line.contains(KEY)).collect();
    assert!(telling.is_empty(), "{telling:#?}");
}
