//! The web of a test behaves like the contract says the web does, and what was asked is kept.

use std::io::{self, Read};
use std::time::Duration;

use serde_json::json;

use super::HttpAnswer;
use crate::testing::FakeHost;
use crate::{Context, Failure, FailureKind, HttpExchange, HttpRequest};

const SECOND: Duration = Duration::from_secs(1);
const URL: &str = "https://example.com/a";

fn get(seconds: u32) -> HttpRequest {
    HttpRequest::get(URL).with_timeout(seconds * SECOND)
}

fn ask(cx: &Context, url: String) -> Result<String, Failure> {
    Ok(cx.http().fetch(url)?.text())
}

fn slow() -> HttpAnswer {
    HttpAnswer::pieces(["one ", "two ", "three ", "four"]).takes(4 * SECOND)
}

fn host() -> FakeHost {
    FakeHost::new().http("GET", URL, |_| slow())
}

#[test]
fn an_answer_says_what_it_is() {
    fn run(cx: &Context, url: String) -> Result<String, Failure> {
        let answer = cx.http().fetch(url)?;
        Ok(format!("{} {} {}", answer.status, answer.header("Content-Type").unwrap_or("-"), answer.text()))
    }
    let host = FakeHost::new()
        .http("GET", "https://a/text", |_| "hi")
        .http("GET", "https://a/json", |_| json!({"a": 1}))
        .http("GET", "https://a/bytes", |_| vec![b'x'])
        .http("GET", "https://a/missing", |_| HttpAnswer::from("nothing").with_status(404))
        .http("GET", "https://a/empty", |_| HttpAnswer::status(204));
    for (url, wanted) in [
        ("https://a/text", "200 text/plain; charset=utf-8 hi"),
        ("https://a/json", "200 application/json {\"a\":1}"),
        ("https://a/bytes", "200 application/octet-stream x"),
        ("https://a/missing", "404 text/plain; charset=utf-8 nothing"),
        ("https://a/empty", "204 - "),
    ] {
        assert_eq!(host.run(run, url).answer(), wanted);
    }
}

#[test]
fn an_answer_comes_from_where_it_says() {
    fn run(cx: &Context, url: String) -> Result<String, Failure> {
        Ok(cx.http().open(url)?.head()?.url)
    }
    let host = FakeHost::new()
        .http("GET", URL, |_| "")
        .http("GET", "https://a", |_| HttpAnswer::from("").with_url("https://b"));
    assert_eq!(
        (host.run(run, URL).answer().as_str(), host.run(run, "https://a").answer().as_str()),
        (URL, "https://b")
    );
}

#[test]
fn the_answer_that_says_most_is_given() {
    let host = FakeHost::new()
        .http("GET", "https://a/*", |_| "all")
        .http("GET", "https://a/b/*", |request| request.url.clone())
        .http("GET", "https://a/b/c", |_| "one")
        .http("GET", "https://a/b/c", |_| "one, said again")
        .http("POST", "https://a/b/c", |_| "posted");
    for (url, wanted) in
        [("https://a/x", "all"), ("https://a/b/d?q", "https://a/b/d?q"), ("https://a/b/c", "one, said again")]
    {
        assert_eq!(host.run(ask, url).answer(), wanted);
    }
}

#[test]
fn a_place_without_an_answer_is_denied_and_the_others_are_named() {
    let run = FakeHost::new()
        .http("GET", "https://a", |_| "")
        .http("PUT", "https://b/*", |_| "")
        .run(ask, "https://b/c");
    assert_eq!(run.failure().kind, FailureKind::Denied);
    let wanted =
        "the agent may not ask `GET https://b/c` in this test; there is `GET https://a`, `PUT https://b/*`";
    assert_eq!(run.failure().message, wanted);
    assert!(run.http_calls.is_empty());
}

#[test]
fn what_was_asked_is_kept() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let request = HttpRequest::post(URL).with_header("X-A", "b").with_body("text").with_credential("c");
        cx.http().fetch(request.with_timeout(SECOND).without_redirects().with_extra(1)).map(drop)
    }
    let run = FakeHost::new().http("POST", URL, |_| "").run(run, "");
    let [call] = run.http_calls.as_slice() else { panic!("{:?}", run.http_calls) };
    let request = HttpRequest {
        method: "POST".into(),
        url: URL.into(),
        headers: vec![("X-A".into(), "b".into())],
        body: b"text".to_vec(),
        credential: Some("c".into()),
        timeout: Some(SECOND),
        follow_redirects: false,
        extra: Some(json!(1)),
    };
    assert_eq!((&call.request, call.cancelled), (&request, false));
}

#[test]
fn a_request_without_an_answer_fails() {
    let host = FakeHost::new().http("GET", URL, |_| Failure::unavailable("nobody is there"));
    assert_eq!(host.run(ask, URL).failure(), &Failure::unavailable("nobody is there"));
    let host = FakeHost::new()
        .http("GET", URL, |_| HttpAnswer::from("a").broken_by(Failure::unavailable("cut off")));
    assert_eq!(host.run(ask, URL).failure().message, "cut off");
}

#[test]
fn an_answer_comes_piece_by_piece() {
    fn run(cx: &Context, url: String) -> Result<(), Failure> {
        let exchange = cx.http().open(url)?;
        assert!(!exchange.waitable().ready());
        assert_eq!((exchange.head()?.status, exchange.head()?.url.as_str()), (200, URL));
        assert_eq!(exchange.read_some(100)?, b"one ");
        assert_eq!(cx.wait_any(&[exchange.waitable()], Some(SECOND / 2)), [0; 0]);
        assert_eq!(cx.wait_any(&[exchange.waitable()], None), [0]);
        assert_eq!((exchange.read_some(3)?, exchange.waitable().ready()), (b"two".to_vec(), true));
        let rest: Vec<_> = exchange.pieces().collect::<Result<_, _>>()?;
        assert_eq!(rest, [&b" "[..], b"three ", b"four"]);
        assert!(exchange.waitable().ready() && exchange.read_some(1)?.is_empty());
        Ok(())
    }
    let run = host().run(run, URL);
    run.outcome();
    assert_eq!(run.slept, 4 * SECOND);
}

#[test]
fn several_are_asked_at_once() {
    fn run(cx: &Context, url: String) -> Result<String, Failure> {
        let exchanges = [cx.http().open(url.as_str())?, cx.http().open(url)?];
        let texts: Vec<_> = exchanges.iter().map(io::read_to_string).collect::<Result<_, _>>()?;
        Ok(texts.join(","))
    }
    let run = host().run(run, URL);
    assert_eq!((run.answer().as_str(), run.slept), ("one two three four,one two three four", 4 * SECOND));
}

#[test]
fn a_failure_comes_after_what_came_before_it() {
    fn run(cx: &Context, url: String) -> Result<(), Failure> {
        let mut exchange = cx.http().open(url)?;
        assert_eq!(exchange.head()?.status, 200);
        let mut buffer = [0; 8];
        assert_eq!((exchange.read(&mut buffer)?, &buffer[..3]), (3, &b"one"[..]));
        assert!(exchange.pieces().next().unwrap().unwrap_err().is_interrupted());
        exchange.read_to_end(&mut Vec::new())?;
        Ok(())
    }
    let host =
        FakeHost::new().http("GET", URL, |_| HttpAnswer::pieces(["one"]).broken_by(Failure::interrupted()));
    assert_eq!(host.run(run, URL).failure(), &Failure::interrupted());
}

#[test]
fn an_answer_that_takes_longer_than_it_may_is_too_late() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        assert_eq!(cx.http().fetch(get(4))?.body.len(), 18);
        let failure = cx.http().fetch(get(2)).unwrap_err();
        assert_eq!(failure.kind, FailureKind::DeadlineExceeded);
        let exchange = cx.http().open(get(2))?;
        let pieces: Vec<_> = exchange.pieces().collect();
        assert_eq!(pieces, [Ok(b"one ".to_vec()), Ok(b"two ".to_vec()), Err(failure.clone())]);
        assert_eq!(cx.http().open(get(0))?.head().unwrap_err(), failure);
        Ok(())
    }
    let run = host().run(run, URL);
    run.outcome();
    assert_eq!((run.slept, run.http_calls.iter().any(|call| call.cancelled)), (8 * SECOND, false));
}

#[test]
fn exchanges_are_cancelled_and_given_up() {
    fn run(cx: &Context, _: String) -> Result<(), Failure> {
        let open = || -> Result<HttpExchange, Failure> { cx.http().open(URL) };
        let (stopped, given_up, finished) = (open()?, open()?, open()?);
        cx.sleep(2 * SECOND);
        stopped.cancel();
        assert!(stopped.waitable().ready());
        assert_eq!((stopped.head()?.status, stopped.read_some(100)?), (200, b"one ".to_vec()));
        assert_eq!(stopped.read_some(100)?, b"two ");
        let failure = stopped.read_some(100).unwrap_err();
        assert_eq!((failure.kind, failure.code.as_deref()), (FailureKind::Failed, Some("cancelled")));
        let early = open()?;
        early.cancel();
        assert_eq!(early.head().unwrap_err(), failure);
        drop(given_up);
        assert_eq!(finished.pieces().count(), 4);
        Ok(())
    }
    let run = host().run(run, URL);
    run.outcome();
    let cancelled: Vec<_> = run.http_calls.iter().map(|call| call.cancelled).collect();
    assert_eq!(cancelled, [true, true, false, true]);
}

#[test]
fn a_cancelled_or_late_run_waits_for_no_answer() {
    let cancelled = host().cancel_after(SECOND).run(ask, URL);
    assert_eq!((cancelled.failure(), cancelled.slept), (&Failure::cancelled(), SECOND));
    assert!(cancelled.http_calls[0].cancelled);
    let late = host().deadline(SECOND).run(ask, URL);
    assert_eq!((late.failure(), late.slept), (&Failure::deadline_exceeded(), SECOND));
    let from_the_beginning = host().cancel_after_calls(0).run(ask, "https://denied");
    assert_eq!(from_the_beginning.failure(), &Failure::cancelled());
}

#[test]
fn every_call_counts() {
    fn run(cx: &Context, url: String) -> Result<(), Failure> {
        cx.http().fetch(url.as_str())?;
        let exchange = cx.http().open(url)?;
        exchange.head()?;
        exchange.read_some(1)?;
        exchange.waitable();
        exchange.cancel();
        exchange.read_some(1).map(drop)
    }
    let host = FakeHost::new().http("GET", URL, |_| "hello");
    assert!(host.clone().cancel_after_calls(7).run(run, URL).outcome.is_ok());
    assert_eq!(host.cancel_after_calls(6).run(run, URL).failure(), &Failure::cancelled());
}
