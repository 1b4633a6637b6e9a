//! HTTP and artifacts, as clients and operators see them: a server on loopback, and what agents may learn of it.

use std::path::Path;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Host, PATIENCE, Place, message, text};
use crate::web::{SECRET, Web};

const GRANTS: &str = "[grants]\nhttp = ['http://127.0.0.1:*', 'http://localhost:*', '*']\ncredentials = ['sesame']\n\
                      artifacts = ['session', 'user']\nhistory = true\nstate = ['session']\nlog = true\n";

/// A place where the fixture that does what it is told may ask the server.
fn place(configuration: &str, grants: &str) -> Place {
    let place = Place::new(&[]);
    place.configure(configuration);
    std::fs::create_dir(place.path("agents").join("program")).expect("a folder");
    place.put("program/agent.toml", grants);
    place.put(
        "program/program.wasm",
        std::fs::read(rak_test_guests::fixture("program")).expect("the component"),
    );
    place
}

async fn serve(place: &Place) -> Host {
    let mut command = place.rak(&["serve", "--listen", "127.0.0.1:0", "--log", "debug"]);
    let log = std::fs::OpenOptions::new().create(true).append(true).open(place.path("log")).expect("a file");
    command.env("SESAME", SECRET).stderr(log);
    Host::start(command).await
}

/// What a run saw of each step, and its id.
async fn saw(host: &Host, session: &str, steps: &Value) -> (Vec<Value>, String) {
    let mut stream = host.sse(session, message("program", &steps.to_string())).await;
    let events = stream.rest().await;
    let last = events.last().expect("an event");
    let saw: Vec<Value> = serde_json::from_str(&text(last)).unwrap_or_else(|_| panic!("it failed: {last}"));
    (saw.into_iter().map(|mut entry| entry[1].take()).collect(), stream.invocation)
}

fn fetch(url: impl Into<String>) -> Value {
    json!({"op": "fetch", "path": url.into()})
}

fn wasi(url: impl Into<String>) -> Value {
    json!({"op": "wasi", "requests": [{"path": url.into()}]})
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The server tells whatever it is sent; nobody here is to see it.
#[tokio::test]
async fn a_credential_is_seen_by_nobody_but_the_server() {
    let web = Web::new().await;
    let place = place(&web.configuration(), GRANTS);
    let host = serve(&place).await;
    let with = |path: &str| json!({"op": "fetch", "path": web.url(path), "credential": "sesame"});
    let opened = json!({"op": "web", "path": web.url("/mirror"), "credential": "sesame"});
    let steps = json!([
        with("/secret"), with("/mirror"), opened, {"op": "head"}, {"op": "bytes", "max": 5}, {"op": "bytes", "max": 500},
        {"op": "fetch", "path": "http://127.0.0.2:1/", "credential": "sesame"},
        {"op": "fetch", "path": web.url("/hello"), "credential": "other"},
        {"op": "say"}, {"op": "note"},
    ]);
    let (saw, invocation) = saw(&host, "s", &steps).await;
    assert_eq!(saw[0], json!([200, "let in"]));
    assert_eq!(saw[1][0], 200);
    assert!(web.asked().iter().filter(|asked| asked.header("authorization").is_some()).count() >= 3);
    assert_eq!(json!([saw[6], saw[7]]), json!([{"failure": "denied"}, {"failure": "denied"}]));
    let shown = json!(saw).to_string();
    assert!(!shown.contains(SECRET) && !shown.contains("open-") && shown.contains("***"), "{shown}");
    for path in ["", "/journal"] {
        let told = host.get(&format!("/api/v1/invocations/{invocation}{path}")).await.1.to_string();
        assert!(!told.contains(SECRET), "{path}: {told}");
    }
    let events = host.replay(&invocation, 0).await.rest().await;
    assert!(!json!(events).to_string().contains(SECRET), "{events:?}");
    let mut host = host;
    host.signal(Signal::TERM);
    host.ended().await;
    let searched = files(place.path(".").as_path());
    assert!(searched.iter().any(|path| path.ends_with("rak.db")) && searched.len() > 5, "{searched:?}");
    for path in searched {
        let bytes = std::fs::read(&path).expect("a file");
        let found = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
        assert!(!found, "it is in {}", path.display());
    }
}

/// Whichever way an agent is led there, and whatever its manifest says.
#[tokio::test]
async fn what_is_private_is_reached_by_nobody() {
    let (web, other) = (Web::new().await, Web::new().await);
    let place = place(&web.configuration(), GRANTS);
    let host = serve(&place).await;
    let port = other.address.port();
    let urls = [
        other.url("/hello"),
        format!("http://localhost:{port}/hello"),
        format!("http://0x7f000001:{port}/hello"),
        format!("http://127.1:{port}/hello"),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "https://10.0.0.1/".to_owned(),
        "https://[::1]/".to_owned(),
        "https://[::ffff:127.0.0.1]/".to_owned(),
        web.url("/metadata"),
        "ftp://127.0.0.1/x".to_owned(),
    ];
    let steps: Vec<_> = urls.iter().map(|url| fetch(url.as_str())).collect();
    let (saw, _) = saw(&host, "s", &json!(steps)).await;
    for (url, saw) in urls.iter().zip(saw) {
        let kind = &saw["failure"];
        assert!(kind == "denied" || (url.starts_with("ftp") && kind == "invalid-argument"), "{url}: {saw}");
    }
    assert!(other.asked().is_empty());
    let (saw, _) = self::saw(
        &host,
        "s",
        &json!([fetch(web.url("/hello")), wasi(web.url("/hello")), wasi(other.url("/hello"))]),
    )
    .await;
    assert_eq!(saw[..2], [json!([200, "hello"]), json!([[200, "hello"]])]);
    assert!(saw[2][0]["error"].as_str().is_some_and(|error| error.contains("HttpRequestDenied")), "{saw:?}");
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn an_agent_without_the_grant_reaches_nothing() {
    let web = Web::new().await;
    let place = place(&web.configuration(), "[grants]\nlog = true\n");
    let host = serve(&place).await;
    let steps = json!([fetch(web.url("/hello")), wasi(web.url("/hello")), {"op": "save", "name": "a", "text": "b"}, {"op": "files", "prefix": ""}]);
    let (saw, _) = saw(&host, "s", &steps).await;
    assert_eq!(
        (&saw[0], &saw[2], &saw[3]),
        (&json!({"failure": "denied"}), &json!({"failure": "denied"}), &json!([]))
    );
    assert!(web.asked().is_empty());
}

#[tokio::test]
async fn a_cancel_closes_the_connection() {
    let web = Web::new().await;
    let place = place(&web.configuration(), GRANTS);
    let host = serve(&place).await;
    for step in [fetch(web.url("/silent")), wasi(web.url("/silent"))] {
        let stream = host.sse("s", message("program", &json!([step]).to_string())).await;
        let mut silent = web.silent.clone();
        let waits = silent.wait_for(|waits| *waits == 1);
        tokio::time::timeout(PATIENCE, waits).await.expect("it asks").expect("the server");
        let (status, _) =
            host.post(&format!("/api/v1/invocations/{}/cancel", stream.invocation), json!({})).await;
        assert_eq!(status, 200);
        let closed = silent.wait_for(|waits| *waits == 0);
        tokio::time::timeout(PATIENCE, closed).await.expect("it is closed").expect("the server");
    }
}
