//! A disk that is full, and one that does not flush, under a host that has runs of every kind: what is not stored is not
//! acknowledged, and when the disk is well again the host is.

use std::path::PathBuf;
use std::process::Stdio;

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Host, PATIENCE, Place, Sse, message, text};

/// How a disk fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// Nothing can be written to the files of the database.
    Full,
    /// They cannot be flushed.
    Flush,
}

impl Fault {
    /// The file that the stand-in for the disk looks for.
    fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Flush => "fsync",
        }
    }

    /// What a host is set to, so that it meets it with every commit.
    fn configuration(self) -> &'static str {
        match self {
            Self::Full => "store.synchronous = 'normal'\ndurability.longest_wait_ms = 50\n",
            Self::Flush => "store.synchronous = 'full'\ndurability.longest_wait_ms = 50\n",
        }
    }
}

/// A place whose disk fails when it is told to.
struct Disk {
    place: Place,
}

impl Disk {
    fn new(configuration: &str) -> Self {
        let place = Place::new(&["numbers", "program"]);
        place.configure(configuration);
        std::fs::create_dir(place.path("faults")).expect("a folder");
        let disk = Self { place };
        let mut compiler = std::process::Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(disk.library());
        compiler.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/disk_faults.c"));
        assert!(compiler.status().expect("a C compiler").success());
        disk
    }

    fn library(&self) -> PathBuf {
        self.place.path("disk_faults.so")
    }

    /// A host on this disk. What it says of itself goes to a file.
    async fn serve(&self) -> Host {
        let mut command = self.place.rak(&["serve", "--listen", "127.0.0.1:0"]);
        command.env("LD_PRELOAD", self.library()).env("RAK_TEST_FAULTS", self.place.path("faults"));
        let log = std::fs::File::create(self.place.path("log")).expect("a file");
        command.stderr(Stdio::from(log));
        Host::start(command).await
    }

    fn fails(&self, fault: Fault) {
        std::fs::write(self.place.path("faults").join(fault.name()), "").expect("a file");
    }

    fn is_well(&self, fault: Fault) {
        std::fs::remove_file(self.place.path("faults").join(fault.name())).expect("a file");
    }

    /// How many calls of the host it refused.
    fn refused(&self) -> u64 {
        std::fs::metadata(self.place.path("faults").join("refused")).map_or(0, |file| file.len())
    }

    /// The lines of the host's log that have this in them.
    fn log(&self, text: &str) -> Vec<String> {
        let log = std::fs::read_to_string(self.place.path("log")).expect("a log");
        log.lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
    }
}

/// A run, and what its client has seen of it.
struct Client {
    invocation: String,
    events: Vec<Value>,
}

impl Client {
    /// Starts a run that goes on without its client, and waits until that has seen so many events.
    async fn start(host: &Host, session: &str, agent: &str, input: &str, events: usize) -> (Self, Sse) {
        let mut body = message(agent, input);
        body["onDisconnect"] = "continue".into();
        body["ifBusy"] = "queue".into();
        let mut sse = host.sse(session, body).await;
        assert_eq!(sse.status, 200);
        let mut client = Self { invocation: sse.invocation.clone(), events: Vec::new() };
        while client.events.len() < events {
            client.events.push(sse.next().await.expect("an event"));
        }
        (client, sse)
    }

    fn stored(&self) -> impl Iterator<Item = &Value> {
        self.events.iter().filter(|event| event["seq"].is_u64())
    }

    /// Everything that was acknowledged is stored, once and in order. Gives all that is stored.
    async fn is_stored(&self, host: &Host) -> Vec<Value> {
        let stored = host.replay(&self.invocation, 0).await.rest().await;
        let stored: Vec<_> = stored.into_iter().filter(|event| event.get("error").is_none()).collect();
        let seqs = stored.iter().filter_map(|event| event["seq"].as_u64());
        assert!(seqs.eq(1..=stored.len() as u64), "once, in order: {stored:?}");
        assert!(self.stored().zip(&stored).all(|(seen, stored)| seen == stored), "what was seen is there");
        assert!(self.stored().count() <= stored.len(), "{:?}", self.events);
        stored
    }
}

/// Runs that are somewhere in the middle.
struct Runs {
    /// Their clients, until they are over for them, by what they do.
    clients: JoinSet<(&'static str, Client)>,
    asleep: String,
    /// Sleeps too, and is cancelled while the disk fails.
    stopped: String,
    asks: String,
    /// Waits for the session of the one that is asleep.
    queued: String,
    /// Is to go on at about the time when the disk fails.
    wakes: String,
}

/// How far those count that are on a processor: more than a second's worth, so that the disk fails in the middle.
const NUMBERS: usize = 100;
const COUNTING: usize = 8;
/// Is put away at once, and wakes in no test.
const SLEEPS: &str = r#"[{"op": "say"}, {"op": "sleep", "ms": 3600000}]"#;

impl Runs {
    async fn begin(host: &Host) -> Self {
        let mut clients = JoinSet::new();
        let mut listen = |name, (mut client, mut sse): (Client, Sse)| {
            let invocation = client.invocation.clone();
            clients.spawn(async move {
                client.events.extend(sse.rest().await);
                (name, client)
            });
            invocation
        };
        let asleep = listen("asleep", Client::start(host, "asleep", "program", SLEEPS, 1).await);
        let stopped = listen("stopped", Client::start(host, "stopped", "program", SLEEPS, 1).await);
        let asks = Client::start(host, "asks", "program", r#"[{"op": "approve"}]"#, 1).await;
        let asks = listen("asks", asks);
        let queued = listen("queued", Client::start(host, "asleep", "program", "[]", 0).await);
        let naps = r#"[{"op": "say"}, {"op": "sleep", "ms": 300}, {"op": "say"}]"#;
        let wakes = listen("wakes", Client::start(host, "wakes", "program", naps, 1).await);
        for waiting in [&asleep, &stopped, &asks] {
            until_status(host, waiting, "waiting").await;
        }
        // Last: they are not to be over before the disk fails.
        let counting = (0..COUNTING).map(|index| async move {
            Client::start(host, &format!("counts {index}"), "numbers", &NUMBERS.to_string(), 3).await
        });
        for counting in futures::future::join_all(counting).await {
            listen("counts", counting);
        }
        Self { clients, asleep, stopped, asks, queued, wakes }
    }

    /// Waits until so many runs that do this are over for their clients, and puts the others by.
    async fn over(
        &mut self,
        wanted: &str,
        count: usize,
        others: &mut Vec<(&'static str, Client)>,
    ) -> Vec<Client> {
        let mut over = Vec::new();
        let waiting = async {
            while over.len() < count {
                let (name, client) = self.clients.join_next().await.expect("a run").expect("no panic");
                if name == wanted { over.push(client) } else { others.push((name, client)) }
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("they end");
        over
    }
}

async fn until_status(host: &Host, invocation: &str, status: &str) -> Value {
    until_record(host, invocation, |record| record["status"] == status).await
}

async fn until_record(host: &Host, invocation: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let mut newest = Value::Null;
    let waiting = async {
        while newest.is_null() || !is_so(&newest) {
            newest = host.get(&format!("/api/v1/invocations/{invocation}")).await.1;
            tokio::task::yield_now().await;
        }
    };
    let came = tokio::time::timeout(PATIENCE, waiting).await;
    assert!(came.is_ok(), "{newest}");
    newest
}

async fn answer(host: &Host, invocation: &str) -> (u16, Value) {
    let decision = json!({"requestId": "approve-1", "decision": {"approved": true}});
    host.post(&format!("/api/v1/invocations/{invocation}/respond"), decision).await
}

async fn cancel(host: &Host, invocation: &str) -> Value {
    let (status, record) = host.post(&format!("/api/v1/invocations/{invocation}/cancel"), json!({})).await;
    assert_eq!((status, &record["status"]), (200, &json!("cancelled")), "{record}");
    record
}

/// What would be acknowledged is refused, and what can be answered without the disk is answered.
async fn is_refused(host: &Host, runs: &Runs) {
    let unavailable = |(status, error): (u16, Value)| {
        assert_eq!((status, &error["code"]), (503, &json!("store_unavailable")), "{error}");
    };
    let run = "/api/v1/sessions/refused/run";
    let sse = host.sse("refused", message("echo", "hi")).await;
    assert_eq!((sse.status, sse.invocation.as_str()), (503, ""));
    unavailable(host.post(run, message("echo", "hi")).await);
    let mut queues = message("program", "[]");
    queues["ifBusy"] = "queue".into();
    unavailable(host.post("/api/v1/sessions/asleep/run", queues).await);
    let session = json!({"appName": "echo", "userId": "user"});
    unavailable(host.post("/api/v1/sessions", session).await);
    unavailable(answer(host, &runs.asks).await);
    unavailable(host.get("/readiness").await);
    let record = until_status(host, &runs.asks, "waiting").await;
    assert_eq!(record["waiting"]["requests"], json!(["approve-1"]));
    // It is stopped all the same.
    unavailable(host.post(&format!("/api/v1/invocations/{}/cancel", runs.stopped), json!({})).await);
}

/// A disk that fails under runs of every kind; gives what their clients saw until then.
async fn fails_under(disk: &Disk, host: &Host, runs: &mut Runs, fault: Fault) -> Vec<(&'static str, Client)> {
    disk.fails(fault);
    is_refused(host, runs).await;
    let mut others = Vec::new();
    let counted = runs.over("counts", COUNTING, &mut others).await;
    for client in &counted {
        let last = client.events.last().expect("an end");
        assert_eq!(last["code"], "not_stored", "{last}");
        assert!(client.stored().count() < NUMBERS);
    }
    if others.iter().all(|(name, _)| *name != "stopped") {
        let stopped = runs.over("stopped", 1, &mut others).await;
        others.extend(stopped.into_iter().map(|client| ("stopped", client)));
    }
    let stopped = others.iter().find(|(name, _)| *name == "stopped").expect("it was waited for");
    let last = stopped.1.events.last().expect("an end");
    assert_eq!((&last["errorCode"], last.get("seq")), (&json!("cancelled"), None), "{last}");

    assert_eq!(
        host.client.get(format!("{}/health", host.url)).send().await.expect("an answer").status(),
        200
    );
    let failures = disk.log("the SQLite store fails");
    assert_eq!(failures.len(), 1, "{failures:?}");
    let lines = disk.log("").len();
    assert!(lines < 80, "{lines} lines");
    let refused = disk.refused();
    assert!((1..500).contains(&refused), "{refused} calls");
    others.extend(counted.into_iter().map(|client| ("counts", client)));
    others
}

/// The runs that can still end as they would have, do.
async fn the_rest_goes_on(host: &Host, runs: &Runs) {
    assert_eq!(answer(host, &runs.asks).await.0, 200);
    until_status(host, &runs.asks, "completed").await;
    // The disk may have failed before it was put away, or after it woke: then it is as those that count.
    let woke = until_record(host, &runs.wakes, |record| record["endedAt"].is_i64()).await;
    assert!(woke["status"] == "completed" || woke["reason"] == "not_stored", "{woke}");
    assert_eq!(host.get(&format!("/api/v1/invocations/{}", runs.queued)).await.1["status"], "queued");
    cancel(host, &runs.asleep).await;
    until_record(host, &runs.asleep, |record| record["endedAt"].is_i64()).await;
    until_status(host, &runs.queued, "completed").await;
}

async fn a_host_that_is_killed_meanwhile(fault: Fault) {
    let disk = Disk::new(fault.configuration());
    let mut host = disk.serve().await;
    let mut runs = Runs::begin(&host).await;
    let mut clients = fails_under(&disk, &host, &mut runs, fault).await;
    host.signal(Signal::KILL);
    host.ended().await;
    clients.extend(runs.clients.join_all().await);
    runs.clients = JoinSet::new();
    disk.is_well(fault);

    let host = disk.place.serve().await;
    if fault == Fault::Full {
        let (_, list) = host.get("/api/v1/invocations?sessionId=refused").await;
        assert_eq!(list["invocations"], json!([]), "what was refused never began");
    }
    the_rest_goes_on(&host, &runs).await;
    // A full disk takes nothing of an end. What was written last and not flushed may be there, and is whole.
    let stopped = until_record(&host, &runs.stopped, |record| record["status"] != "active").await;
    if stopped["status"] == "waiting" {
        cancel(&host, &runs.stopped).await;
    } else {
        assert_eq!((&stopped["status"], fault), (&json!("cancelled"), Fault::Flush));
    }
    for (name, client) in &clients {
        let stored = client.is_stored(&host).await;
        let (_, record) = host.get(&format!("/api/v1/invocations/{}", client.invocation)).await;
        match (*name, record["status"].as_str()) {
            ("counts", Some("completed")) => {
                let texts: Vec<_> = stored.iter().map(text).collect();
                let wanted = (1..=NUMBERS).map(|number| number.to_string()).chain(["counted".to_owned()]);
                assert!(texts.iter().cloned().eq(wanted), "{texts:?}");
            }
            ("counts", status) => assert_eq!((status, fault), (Some("failed"), Fault::Flush), "{record}"),
            _ => {}
        }
    }
    assert_eq!(clients.len(), COUNTING + 5);
}

#[tokio::test]
async fn a_host_that_is_killed_while_the_disk_is_full() {
    a_host_that_is_killed_meanwhile(Fault::Full).await;
}

#[tokio::test]
async fn a_host_that_is_killed_while_the_disk_does_not_flush() {
    a_host_that_is_killed_meanwhile(Fault::Flush).await;
}

async fn a_host_that_sees_it_pass(fault: Fault) {
    let disk = Disk::new(fault.configuration());
    let mut host = disk.serve().await;
    let mut runs = Runs::begin(&host).await;
    let mut clients = fails_under(&disk, &host, &mut runs, fault).await;
    disk.is_well(fault);

    // At once, also where a run just failed.
    for session in ["new", "refused"] {
        let events = host.sse(session, message("echo", "hi")).await.rest().await;
        assert_eq!(events.last().expect("an event")["turnComplete"], true);
    }
    let events = host.sse("counts 0", message("numbers", "1")).await.rest().await;
    assert_eq!(text(events.last().expect("an event")), "counted");
    let ready = host.client.get(format!("{}/readiness", host.url)).send().await.expect("an answer");
    assert_eq!(ready.status(), 200);
    the_rest_goes_on(&host, &runs).await;
    clients.extend(runs.clients.join_all().await);
    runs.clients = JoinSet::new();
    assert_eq!(disk.log("the SQLite store works again").len(), 1);
    // The ends that could not be stored are, in a while.
    for (name, client) in &clients {
        let record = until_record(&host, &client.invocation, |record| record["endedAt"].is_i64()).await;
        let (status, reason) = match *name {
            "counts" => ("failed", json!("not_stored")),
            "stopped" | "asleep" => ("cancelled", json!("cancelled")),
            // It was looked at.
            "wakes" => continue,
            _ => ("completed", Value::Null),
        };
        assert_eq!((&record["status"], &record["reason"]), (&json!(status), &reason), "{name}: {record}");
    }
    host.signal(Signal::KILL);
    host.ended().await;
    let host = disk.place.serve().await;
    for (_, client) in &clients {
        client.is_stored(&host).await;
    }
    assert_eq!(clients.len(), COUNTING + 5);
}

#[tokio::test]
async fn a_host_that_sees_a_full_disk_pass() {
    a_host_that_sees_it_pass(Fault::Full).await;
}

#[tokio::test]
async fn a_host_that_sees_a_disk_flush_again() {
    a_host_that_sees_it_pass(Fault::Flush).await;
}

/// Commits do not wait for the disk here, but the log moves into the file only when that has it.
#[tokio::test]
async fn a_log_that_cannot_be_flushed_stays_until_it_can() {
    let disk = Disk::new("store.synchronous = 'normal'\n");
    let mut host = disk.serve().await;
    let session = json!({"appName": "echo", "userId": "user", "sessionId": "s"});
    assert_eq!(host.post("/api/v1/sessions", session).await.0, 200);
    let log = disk.place.path(".rak/rak.db-wal");
    let log_bytes = || std::fs::metadata(&log).expect("a log").len();
    let mut round = 0;
    let mut write = async || {
        round += 1;
        // Every page of it is another one than before.
        let value = format!("{round:>8}").repeat(100_000);
        let url = format!("{}/api/v1/sessions/s", host.url);
        let body = json!({"stateDelta": {"large": value}});
        let answer = host.client.patch(url).json(&body).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        value
    };
    write().await;
    disk.fails(Fault::Flush);
    while disk.log("could not be moved").is_empty() {
        write().await;
    }
    for _ in 0..10 {
        write().await;
    }
    let refused = disk.refused();
    assert!(refused < 20, "it is not tried with each commit: {refused}");
    let unmoved = log_bytes();
    assert!(unmoved > 20 << 20, "the log goes on: {unmoved}");
    disk.is_well(Fault::Flush);
    let mut newest = String::new();
    while disk.log("the SQLite store works again").is_empty() {
        newest = write().await;
    }
    assert!(log_bytes() < unmoved, "it begins anew");
    assert_eq!(disk.log("the SQLite store fails").len(), 1);
    host.signal(Signal::KILL);
    host.ended().await;
    let host = disk.place.serve().await;
    let (_, session) = host.get("/api/v1/sessions/s").await;
    assert_eq!(session["state"]["large"], newest);
}
