//! Credentials, which are seen where they are for, and nowhere else.

use std::fmt::Write as _;
use std::io::Write;
use std::sync::{Arc, Mutex};

use rak_core::{FailureKind, HttpClient as _, HttpRequest};
use tracing_subscriber::fmt::MakeWriter;

use crate::server::{Reply, Server};
use crate::support::{KEY, ask, get, http, reaching, read, soon, trusted, with_headers};

/// Settings with a credential of each kind for a server.
fn credentials(server: &Server) -> String {
    let port = server.port;
    format!(
        "private = ['127.0.0.1']\n\
         [credentials.bearer]\nhosts = ['http://127.0.0.1:{port}']\nvalue = 'Bearer ${{RAK_TEST_KEY}}'\n\
         [credentials.own]\nhosts = ['http://127.0.0.1:{port}', 'http://a.example:*']\nheader = 'X-Key'\nvalue = '${{RAK_TEST_KEY}}'\n\
         [credentials.query]\nhosts = ['http://127.0.0.1:{port}']\nquery = 'key'\nvalue = '${{RAK_TEST_KEY}}'\n"
    )
}

#[tokio::test]
async fn a_credential_is_added_on_the_way() {
    let server = Server::saying(Reply::text("")).await;
    let http = http(&credentials(&server));
    let request = || {
        let own = [("authorization", "mine"), ("x-key", "mine"), ("accept-encoding", "gzip, br")];
        with_headers(get(server.url("/a?key=mine&b=%20")), &own)
    };
    let seen = async |credential: &str| {
        ask(&http, trusted(request(), credential)).await.unwrap();
        server.seen().pop().unwrap()
    };
    let bearer = seen("bearer").await;
    assert_eq!(bearer.header("authorization"), Some(&*format!("Bearer {KEY}")));
    assert_eq!((bearer.header("x-key"), bearer.target.as_str()), (Some("mine"), "/a?key=mine&b=%20"));
    assert_eq!(bearer.header("accept-encoding"), Some("identity"));
    let own = seen("own").await;
    assert_eq!((own.header("authorization"), own.header("x-key")), (Some("mine"), Some(KEY)));
    assert_eq!(seen("query").await.target, format!("/a?b=%20&key={KEY}"));
}

#[tokio::test]
async fn a_credential_is_known_and_for_this_place() {
    let server = Server::saying(Reply::text("")).await;
    let other = Server::saying(Reply::text("")).await;
    let http = http(&credentials(&server));
    let failure = ask(&http, trusted(get(server.url("/")), "none")).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert_eq!(failure.message, "there is no credential \"none\"; there are: bearer, own, query");
    let failure = ask(&http, trusted(get(other.url("/")), "bearer")).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Denied);
    let reason = format!("the credential \"bearer\" is not for http://127.0.0.1:{}", other.port);
    assert!(failure.message.starts_with(&reason), "{failure}");
    assert_eq!(server.connections() + other.connections(), 0);
    // In halves it could not be found in what comes back.
    let halves = with_headers(get(server.url("/")), &[("Range", "bytes=0-9")]);
    let failure = ask(&http, trusted(halves, "bearer")).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::InvalidArgument);
    let nothing = self::http(&reaching(&server));
    let failure = ask(&nothing, trusted(get(server.url("/")), "none")).await.unwrap_err();
    assert_eq!(failure.message, "there is no credential \"none\", and no other one either");
}

#[tokio::test]
async fn a_credential_is_in_nothing_that_comes_back() {
    let server = Server::start(|seen| {
        let key = seen.target.split("key=").nth(1).map(str::to_owned);
        let key =
            key.or_else(|| seen.header("authorization").or(seen.header("x-key")).map(str::to_owned)).unwrap();
        if seen.target.starts_with("/on") {
            return Reply::to(302, format!("/end?token={KEY}&key={key}"));
        }
        let headers = [("X-Echo", format!("<{key}>")), ("Set-Cookie", format!("k={KEY}; Path=/"))];
        Reply::Whole(401, headers.into(), format!("{{\"you\":\"{key}\",\"sent\":\"{KEY}\"}}").into_bytes())
    })
    .await;
    let http = http(&credentials(&server));
    for (credential, echoed) in [("bearer", "***"), ("own", "***"), ("query", "***")] {
        let answer = ask(&http, trusted(get(server.url("/on")), credential)).await.unwrap();
        assert!(answer.head.url.starts_with(&server.url("/end?token=***&key=")), "{answer:?}");
        assert_eq!(answer.header("x-echo"), Some(&*format!("<{echoed}>")));
        assert_eq!(answer.header("set-cookie"), Some("k=***; Path=/"));
        assert_eq!(answer.body, format!("{{\"you\":\"{echoed}\",\"sent\":\"***\"}}"));
        assert!(!format!("{answer:?}").contains(KEY));
    }
}

#[tokio::test]
async fn a_credential_is_found_wherever_an_answer_is_cut() {
    let echoed = format!("you are {KEY}, {KEY}");
    for place in 0..=echoed.len() {
        let (before, after) = echoed.as_bytes().split_at(place);
        let server = Server::saying(Reply::Pieces(vec![before.to_vec(), after.to_vec()])).await;
        let answer =
            ask(&http(&credentials(&server)), trusted(get(server.url("/")), "bearer")).await.unwrap();
        assert_eq!(answer.body, "you are ***, ***", "{place}");
    }
    let bytes = echoed.bytes().map(|byte| vec![byte]).collect();
    let server = Server::saying(Reply::Pieces(bytes)).await;
    let answer = ask(&http(&credentials(&server)), trusted(get(server.url("/")), "query")).await.unwrap();
    assert_eq!(answer.body, "you are ***, ***");
}

#[tokio::test]
async fn what_is_no_credential_does_not_wait_for_more() {
    let server = Server::saying(Reply::Stall(b"data: 1\n\n".to_vec())).await;
    let http = http(&credentials(&server));
    let mut answer = soon(http.send(trusted(get(server.url("/")), "bearer"))).await.unwrap();
    assert_eq!(soon(answer.body.next()).await, Ok(Some(b"data: 1\n\n".to_vec())));
}

#[tokio::test]
async fn an_answer_that_cannot_be_searched_is_refused() {
    let gzip = [("Content-Encoding", "gzip".to_owned())];
    let server = Server::saying(Reply::Whole(200, gzip.into(), b"compressed".to_vec())).await;
    let http = http(&credentials(&server));
    let failure = ask(&http, trusted(get(server.url("/")), "bearer")).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Failed);
    assert!(failure.message.contains("is compressed although that was not asked for"), "{failure}");
    let head = HttpRequest { method: "HEAD".to_owned(), ..trusted(get(server.url("/")), "bearer") };
    assert!(ask(&http, head).await.is_ok());
    assert!(ask(&http, get(server.url("/"))).await.is_ok());
}

#[tokio::test]
async fn a_credential_is_not_sent_on_to_others() {
    let other = Server::saying(Reply::text(format!("I heard of {KEY}"))).await;
    let port = other.port;
    let server = Server::start(move |seen| {
        let told = if seen.target.starts_with("/tell") { KEY } else { "" };
        Reply::to(307, format!("http://127.0.0.1:{port}/{told}"))
    })
    .await;
    let http = http(&credentials(&server));
    for credential in ["bearer", "own", "query"] {
        let answer = ask(&http, trusted(get(server.url("/")), credential)).await.unwrap();
        assert_eq!(answer.body, "I heard of ***");
        let seen = other.seen().pop().unwrap();
        assert_eq!((seen.header("authorization"), seen.header("x-key")), (None, None));
        assert_eq!(seen.target, "/");
        let failure = ask(&http, trusted(get(server.url("/tell")), credential)).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Denied);
        assert!(failure.message.contains("has the credential in it") && !failure.message.contains(KEY));
    }
    assert_eq!(other.seen().len(), 3);
    // It is sent on where it is for both.
    let second = Server::start(|seen| Reply::text(format!("<{}>", seen.header("x-key").unwrap()))).await;
    let port = second.port;
    let first = Server::saying(Reply::to(302, format!("http://a.example:{port}/"))).await;
    let http = self::http(&credentials(&first));
    assert_eq!(ask(&http, trusted(get(first.url("/")), "own")).await.unwrap().body, "<***>");
}

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

#[tokio::test]
async fn a_credential_is_shown_nowhere() {
    let troubles = [
        Reply::text(format!("you are {KEY}")),
        Reply::Raw(format!("HTTP/1.1 {KEY}\r\n\r\n")),
        Reply::Raw(format!("HTTP/1.1 200 OK\r\n{KEY}\r\n\r\n")),
        Reply::Raw(format!("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{KEY}")),
        Reply::Raw(String::new()),
        Reply::to(302, format!("ftp://{KEY}/{KEY}")),
        Reply::to(302, format!("http://{KEY}.example/")),
        Reply::to(302, format!("http://{KEY}:{KEY}@elsewhere.example/{KEY}")),
    ];
    let logged = Logged::default();
    let subscriber =
        tracing_subscriber::fmt().with_writer(logged.clone()).with_max_level(tracing::Level::TRACE);
    // Logs of this thread, on which a test of one thread does all that it does.
    let guard = tracing::subscriber::set_default(subscriber.finish());
    let mut shown = String::new();
    for trouble in troubles {
        let server = Server::saying(trouble).await;
        let http = http(&credentials(&server));
        for credential in ["bearer", "own", "query"] {
            match soon(http.send(trusted(get(server.url("/")), credential))).await {
                Ok(mut answer) => {
                    let read = read(&mut *answer.body).await;
                    let _ = write!(shown, "{answer:?} {:?}", read.map(String::from_utf8));
                }
                Err(failure) => {
                    let _ = write!(shown, "{failure:?}");
                }
            }
        }
    }
    drop(guard);
    assert!(shown.contains("you are ***") && !shown.contains(KEY), "{shown}");
    let logged = String::from_utf8(logged.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("rak::http"), "{logged}");
    // Whatever the level, and whoever wrote it: libraries as well.
    let telling: Vec<_> = logged.lines().filter(|line| line.contains(KEY)).collect();
    assert!(telling.is_empty(), "{telling:#?}");
}
