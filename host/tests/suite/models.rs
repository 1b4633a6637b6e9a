//! Models, as clients and operators see them: the shipped assistant, and a provider on loopback.

use std::path::Path;

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Host, PATIENCE, Place, finish, message, text};

const KEY: &str = "sk-hunter2-hunter2";
const GRANTS: &str = "[grants]\nmodels = ['*']\nhistory = true\nstate = ['session']\nlog = true\n";

/// A place where the fixture that does what it is told may ask models.
fn place(configuration: &str) -> Place {
    let place = Place::new(&[]);
    place.configure(configuration);
    std::fs::create_dir(place.path("agents").join("program")).expect("a folder");
    place.put("program/agent.toml", GRANTS);
    place.put(
        "program/program.wasm",
        std::fs::read(rak_test_guests::fixture("program")).expect("the component"),
    );
    place
}

/// A provider that speaks as `OpenAI` does, one request at a time.
struct Provider {
    listener: TcpListener,
}

/// A request that came.
struct Asked {
    head: String,
    body: Value,
    stream: TcpStream,
}

impl Provider {
    async fn new() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.expect("a port") }
    }

    /// What makes it the model `remote`.
    fn configuration(&self) -> String {
        let address = self.listener.local_addr().expect("an address");
        format!(
            "[models.remote]\nprovider = 'openai'\nmodel = 'any'\nbase_url = 'http://{address}/v1'\n\
             api_key = '${{MODEL_KEY}}'\nretries = 0\n"
        )
    }

    async fn asked(&self) -> Asked {
        let asked = async {
            let (mut stream, _) = self.listener.accept().await.expect("a connection");
            let mut read = Vec::new();
            loop {
                let mut piece = [0; 4096];
                let length = stream.read(&mut piece).await.expect("a request");
                assert_ne!(length, 0, "the request is cut off");
                read.extend_from_slice(&piece[..length]);
                let all = String::from_utf8_lossy(&read);
                if let Some((head, body)) = all.split_once("\r\n\r\n")
                    && let Ok(body) = serde_json::from_str(body)
                {
                    return Asked { head: head.to_lowercase(), body, stream };
                }
            }
        };
        tokio::time::timeout(PATIENCE, asked).await.expect("a request")
    }
}

impl Asked {
    async fn write(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.expect("it is read");
    }

    async fn begin(&mut self) {
        self.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n").await;
    }

    async fn say(&mut self, text: &str) {
        let piece =
            json!({"id": "1", "model": "any-1", "choices": [{"index": 0, "delta": {"content": text}}]});
        self.write(&format!("data: {piece}\n\n")).await;
    }

    async fn end(mut self) {
        let last = json!({"id": "1", "model": "any-1",
            "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 5, "completion_tokens": 2}});
        self.write(&format!("data: {last}\n\ndata: [DONE]\n\n")).await;
    }

    /// Refuses it with a text.
    async fn refuse(mut self, status: &str, text: &str) {
        let length = text.len();
        self.write(&format!(
            "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}"
        ))
        .await;
    }

    /// Returns when nobody listens any more.
    async fn given_up(mut self) {
        let gone = async { while self.stream.read(&mut [0; 64]).await.is_ok_and(|length| length > 0) {} };
        tokio::time::timeout(PATIENCE, gone).await.expect("it is closed");
    }
}

async fn serve(place: &Place) -> Host {
    let mut command = place.rak(&["serve", "--listen", "127.0.0.1:0", "--log", "debug"]);
    let log = std::fs::OpenOptions::new().create(true).append(true).open(place.path("log")).expect("a file");
    command.env("MODEL_KEY", KEY).stderr(log);
    Host::start(command).await
}

fn steps(steps: &Value) -> Value {
    let mut body = message("program", &steps.to_string());
    body["onDisconnect"] = "continue".into();
    body["streaming"] = true.into();
    body
}

fn saw(events: &[Value]) -> Value {
    let last = events.last().expect("an event");
    assert!(last.get("errorCode").is_none(), "{last}");
    serde_json::from_str(&text(last)).expect("what it saw")
}

/// A host with the demo's configuration, and these of its agents with what they may do.
async fn demo(agents: &[&str]) -> (Place, Host) {
    let place = Place::new(&[]);
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../agents");
    let folder = place.path("agents");
    for agent in agents {
        let partial = folder.join(format!("{agent}.d"));
        std::fs::create_dir(&partial).expect("a folder");
        std::fs::copy(shipped.join(agent).join("agent.toml"), partial.join("agent.toml")).expect("a copy");
        let component = format!("{agent}.wasm");
        std::fs::rename(folder.join(&component), partial.join(&component)).expect("a move");
        std::fs::rename(&partial, folder.join(agent)).expect("a move");
    }
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--agents", "agents", "--data", ".rak", "--config"];
    let mut command = place.rak(&arguments);
    command.arg(shipped.join("demo.toml"));
    let host = Host::start(command).await;
    (place, host)
}

/// The demo's configuration makes the shipped assistant answer without a key.
#[tokio::test]
async fn the_assistant_answers_without_a_key() {
    let (_place, host) = demo(&["assistant"]).await;
    let events = host.sse("s", message("assistant", "note that I need milk")).await.rest().await;
    let parts: Vec<_> = events
        .iter()
        .filter(|event| event["seq"].is_u64())
        .map(|event| &event["content"]["parts"][0])
        .collect();
    assert_eq!(parts[0]["functionCall"]["name"], "add_note", "{events:?}");
    assert_eq!(parts[1]["functionResponse"]["name"], "add_note");
    assert!(parts[2]["text"].as_str().is_some_and(|text| text.starts_with("I noted it.")), "{events:?}");
    let events = host.sse("s", message("assistant", "both")).await.rest().await;
    let answers = events[1]["content"]["parts"].as_array().expect("the answers");
    assert_eq!(answers.len(), 2, "{events:?}");
    assert_eq!(answers[1]["functionResponse"]["response"]["result"], "42");
}

/// The researcher plans, calls the assistant, may write, and answers from what it kept; the library of the demo is not there, and it
/// goes on without.
#[tokio::test]
async fn the_researcher_answers_without_a_key() {
    let (_place, host) = demo(&["assistant", "researcher"]).await;
    let mut stream = host.sse("s", message("researcher", "how do honey bees find their way?")).await;
    let asked = loop {
        let event = stream.next().await.expect("an event");
        if event["inputRequired"].is_object() {
            break event;
        }
    };
    assert_eq!(asked["inputRequired"]["details"]["notes"], 3, "{asked}");
    let path = format!("/api/v1/invocations/{}/respond", stream.invocation);
    let decision = json!({"requestId": asked["inputRequired"]["requestId"], "decision": "approve"});
    assert_eq!(host.post(&path, decision).await.0, 200);
    let events = stream.rest().await;
    let answer = text(events.last().expect("an event"));
    let name = "reports/how-honey-bees-find-their-way.md";
    assert!(answer.ends_with(&format!("The report is {name}, version 1.")), "{events:?}");
    assert!(host.say("researcher", "what did you find?").await.ends_with(&format!("{name}.")));
}

/// The client sees the text while it is written, the key goes to the provider and nowhere else, whatever that says.
#[tokio::test]
async fn a_key_is_seen_by_its_provider_only() {
    let provider = Provider::new().await;
    let place = place(&provider.configuration());
    let mut host = serve(&place).await;
    let ask = json!({"op": "complete", "text": "hello", "relay": true});
    let mut stream = host.sse("s", steps(&json!([ask, ask, {"op": "print"}]))).await;
    let mut asked = provider.asked().await;
    assert!(asked.head.contains(&format!("authorization: bearer {KEY}")), "{}", asked.head);
    assert!(asked.head.starts_with("post /v1/chat/completions "), "{}", asked.head);
    assert_eq!(asked.body["messages"][0]["content"], "hello", "{}", asked.body);
    asked.begin().await;
    asked.say("good ").await;
    let first = stream.next().await.expect("an event");
    assert_eq!((text(&first), &first["partial"]), ("good ".to_owned(), &json!(true)));
    asked.say("day").await;
    asked.end().await;
    let again = provider.asked().await;
    again
        .refuse("401 Unauthorized", &format!(r#"{{"error":{{"message":"{KEY} is no key of ours"}}}}"#))
        .await;
    let events = stream.rest().await;
    let expected = json!([["complete", ["good day", "stop", 2, []]], ["complete", {"failure": "unavailable"}], ["print", null]]);
    let seen = saw(&events);
    assert_eq!(seen[0], expected[0]);
    assert_eq!(seen[2], expected[2]);
    assert!(seen[1][1]["failure"].is_string(), "{seen}");

    let (_, journal) = host.get(&format!("/api/v1/invocations/{}/journal", stream.invocation)).await;
    assert!(journal.to_string().contains("models.complete"), "{journal}");
    let (_, record) = host.get(&format!("/api/v1/invocations/{}", stream.invocation)).await;
    assert_eq!(
        (&record["usage"]["inputTokens"], &record["usage"]["outputTokens"]),
        (&json!(5), &json!(2)),
        "{record}"
    );
    host.signal(Signal::TERM);
    host.ended().await;
    let log = std::fs::read_to_string(place.path("log")).expect("the log");
    let database = std::fs::read(place.path(".rak/rak.db")).expect("the database");
    let found = |bytes: &[u8]| bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes());
    for (what, bytes) in [
        ("events", json!([first, events]).to_string().into_bytes()),
        ("journal", journal.to_string().into_bytes()),
        ("log", log.into_bytes()),
        ("database", database),
    ] {
        assert!(!found(&bytes), "the key is in the {what}");
    }
}

/// Nobody pays for what nobody wants any more.
#[tokio::test]
async fn a_cancellation_closes_the_connection_to_the_provider() {
    let provider = Provider::new().await;
    let place = place(&provider.configuration());
    let host = serve(&place).await;
    let mut stream = host.sse("s", steps(&json!([{"op": "complete", "text": "hello", "relay": true}]))).await;
    let mut asked = provider.asked().await;
    asked.begin().await;
    asked.say("well, ").await;
    stream.next().await.expect("an event");
    let (status, _) =
        host.post(&format!("/api/v1/invocations/{}/cancel", stream.invocation), json!({})).await;
    assert_eq!(status, 200);
    asked.given_up().await;
    let events = stream.rest().await;
    assert_eq!(events.last().expect("an event")["errorCode"], "cancelled");
}

/// The host is killed while a model writes, and the next one asks again, and only that.
#[tokio::test]
async fn an_answer_that_was_cut_off_is_asked_for_again() {
    let provider = Provider::new().await;
    let place = place(&provider.configuration());
    let mut host = serve(&place).await;
    let ask = |text: &str| json!({"op": "complete", "text": text, "relay": true});
    let mut stream = host.sse("s", steps(&json!([ask("one"), ask("two")]))).await;
    let mut asked = provider.asked().await;
    asked.begin().await;
    asked.say("first").await;
    asked.end().await;
    let mut asked = provider.asked().await;
    assert_eq!(asked.body["messages"][0]["content"], "two");
    asked.begin().await;
    asked.say("never ").await;
    while text(&stream.next().await.expect("an event")) != "never " {}
    host.signal(Signal::KILL);
    host.ended().await;
    let host = serve(&place).await;
    let mut asked = provider.asked().await;
    assert_eq!(asked.body["messages"][0]["content"], "two", "the first answer is known");
    asked.begin().await;
    asked.say("second").await;
    asked.end().await;
    let events = host.replay(&stream.invocation, 0).await.rest().await;
    let expected = json!([["complete", ["first", "stop", 2, []]], ["complete", ["second", "stop", 2, []]]]);
    assert_eq!(saw(&events), expected);
}

/// A component brings along what it may do, and `rak run` asks the models of the configuration.
#[tokio::test]
async fn a_run_in_the_terminal_asks_models() {
    let script = "[[reply]]\ntext = 'good day to you'\n";
    let place = place("[models.small]\nprovider = 'scripted'\nscript = 'small.toml'\n");
    std::fs::write(place.path("small.toml"), script).expect("a script");
    let ended = finish(place.rak(&[
        "run",
        "agents/program/program.wasm",
        r#"[{"op": "complete", "text": "hello"}]"#,
    ]))
    .await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("good day to you"), "{}", ended.out);
}

/// What cannot be used in the configuration is said before anything is served.
#[tokio::test]
async fn a_key_that_is_not_there_is_named() {
    let place = place("[models.remote]\nprovider = 'openai'\nmodel = 'any'\napi_key = '${NO_SUCH_KEY}'\n");
    let mut command = place.rak(&["serve", "--listen", "127.0.0.1:0"]);
    command.env_remove("NO_SUCH_KEY");
    let ended = finish(command).await;
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert!(
        ended.err.contains("models.remote.api_key") && ended.err.contains("NO_SUCH_KEY"),
        "{}",
        ended.err
    );
}
