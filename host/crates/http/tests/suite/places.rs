//! Where somebody may go.

use std::sync::Arc;

use rak_core::{FailureKind, HttpRequest};
use rak_http::{Http, HttpSettings};

use crate::server::{Reply, Server};
use crate::support::{TestNames, ask, get, http, reaching, with_names};

fn allowing(patterns: &[&str], request: HttpRequest) -> HttpRequest {
    HttpRequest { allowed: patterns.iter().map(|pattern| pattern.parse().unwrap()).collect(), ..request }
}

#[tokio::test]
async fn an_agent_goes_where_its_manifest_allows_it() {
    let server = Server::saying(Reply::text("hello")).await;
    let http = http(&reaching(&server));
    let (url, port) = (server.url("/a"), server.port);
    let place = format!("http://127.0.0.1:{port}");
    for allowed in [place.clone(), "http://127.0.0.1:*".to_owned(), "http://*:*".to_owned()] {
        let answer = ask(&http, allowing(&[&allowed], get(&url))).await.unwrap();
        assert_eq!(
            (answer.head.status, answer.head.url.as_str(), answer.body.as_str()),
            (200, &*url, "hello")
        );
    }
    let by_name = ask(&http, allowing(&["http://a.example:*"], get(format!("http://A.example:{port}/"))));
    assert_eq!(by_name.await.unwrap().body, "hello");
    for allowed in [&[][..], &["http://127.0.0.1"], &["*:*"], &["http://localhost:*", "http://a.example:*"]] {
        let failure = ask(&http, allowing(allowed, get(&url))).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Denied);
        let reason =
            format!("the agent may not ask {place} over HTTP: its agent.toml does not name it in `http`");
        assert!(failure.message.starts_with(&reason), "{failure}");
    }
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn a_private_address_is_refused_however_it_is_written() {
    let server = Server::saying(Reply::text("secret")).await;
    let port = server.port;
    let http = http("");
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "127%2e0.0.1",
        "１２７.0.0.1",
        "127。0。0。1",
        "0.0.0.0",
        "0",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "localhost",
        "LOCALHOST",
        "a.example",
    ] {
        let failure = ask(&http, get(format!("http://{host}:{port}/"))).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Denied, "{host}: {failure}");
        assert!(failure.message.contains("`private` in [http]"), "{host}: {failure}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn this_machine_is_refused_by_its_own_name_of_itself() {
    let server = Server::saying(Reply::text("secret")).await;
    let http = Http::new(HttpSettings::default());
    let failure = ask(&http, get(format!("http://localhost:{}/", server.port))).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Denied, "{failure}");
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_name_with_one_private_address_is_refused() {
    let server = Server::saying(Reply::text("secret")).await;
    let names = TestNames::new(&[("mixed.example", &[&["192.0.2.1", "127.0.0.1"], &["1.1.1.1", "::1"]])]);
    let http = with_names("", names);
    for what in ["an address of documentation", "this machine"] {
        let failure = ask(&http, get(format!("http://mixed.example:{}/", server.port))).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Denied);
        assert!(failure.message.contains(&format!("leads to {what}")), "{failure}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_name_that_leads_elsewhere_the_next_time_is_refused_then() {
    // The exception is for the name's first address only, as if that were a public one.
    let server = Server::saying(Reply::Raw("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na".to_owned())).await;
    let names = TestNames::new(&[("turning.example", &[&["127.0.0.1"], &["127.0.0.2"], &["127.0.0.1"]])]);
    let http = with_names(&reaching(&server), names);
    let url = format!("http://turning.example:{}/", server.port);
    assert_eq!(ask(&http, get(&url)).await.unwrap().body, "a");
    let failure = ask(&http, get(&url)).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Denied, "{failure}");
    assert_eq!(ask(&http, get(&url)).await.unwrap().body, "a");
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn what_the_operator_names_is_reached_at_its_port() {
    let server = Server::saying(Reply::text("hello")).await;
    let other = Server::saying(Reply::text("other")).await;
    let port = server.port;
    let names = || TestNames::new(&[("a.example", &[&["127.0.0.1"]]), ("b.example", &[&["127.0.0.1"]])]);
    for (private, reached) in [
        (format!("127.0.0.1:{port}"), &["127.0.0.1", "127.1", "a.example", "b.example"][..]),
        ("127.0.0.0/8".to_owned(), &["127.0.0.1", "a.example"]),
        (format!("a.example:{port}"), &["a.example"]),
        ("a.example".to_owned(), &["a.example"]),
    ] {
        let http = with_names(&format!("private = ['{private}']"), names());
        let is_any_port = !private.contains(':');
        for host in ["127.0.0.1", "127.1", "a.example", "b.example"] {
            let answer = ask(&http, get(format!("http://{host}:{port}/"))).await;
            let is_reached = reached.contains(&host) || private.contains('/');
            assert_eq!(answer.is_ok(), is_reached, "{private} {host}: {answer:?}");
            let answer = ask(&http, get(format!("http://{host}:{}/", other.port))).await;
            assert_eq!(answer.is_ok(), is_reached && is_any_port, "{private} {host}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn who_is_not_there_is_unavailable() {
    // Taken, so that no other test has it, and nobody listens.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = socket.local_addr().unwrap().port();
    let http = http(&format!("private = ['127.0.0.1:{port}']"));
    let failure = ask(&http, get(format!("http://127.0.0.1:{port}/?key=secret"))).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert!(
        failure.message.starts_with(&format!("http://127.0.0.1:{port} cannot be reached: ")),
        "{failure}"
    );
    assert!(!failure.message.contains("secret"));
    let failure = ask(&http, get("http://nowhere.example/")).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert_eq!(failure.message, "http://nowhere.example cannot be reached: no such name");
}

#[tokio::test]
async fn two_agents_share_a_connection_and_not_what_they_may() {
    let server = Server::saying(Reply::text("hello")).await;
    let http = Arc::new(http(&reaching(&server)));
    ask(&http, get(server.url("/"))).await.unwrap();
    assert_eq!(ask(&http, allowing(&[], get(server.url("/")))).await.unwrap_err().kind, FailureKind::Denied);
    ask(&http, get(server.url("/"))).await.unwrap();
    assert_eq!((server.connections(), server.seen().len()), (1, 2));
}
