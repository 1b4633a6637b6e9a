use std::fmt::Write as _;

use rak_core::{Event, InvocationId};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

/// Answers one request after the other, each with one of these texts and the end of its connection. Gives the requests.
async fn serve(listener: TcpListener, answers: Vec<String>) -> Vec<String> {
    let mut requests = Vec::new();
    for answer in answers {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !ended(&request) {
            assert!(stream.read_buf(&mut request).await.unwrap() > 0);
        }
        requests.push(String::from_utf8(request).unwrap());
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
    requests
}

/// Whether a request is there with its body.
fn ended(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.is_none_or(|length| body.len() >= length.parse::<usize>().unwrap())
}

/// A stream of events that breaks after these.
fn stream(id: InvocationId, frames: &[(Option<u64>, String)]) -> String {
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-invocation-id: {id}\r\nconnection: close\r\n\r\n"
    );
    for (seq, data) in frames {
        if let Some(seq) = seq {
            writeln!(answer, "id: {seq}").unwrap();
        }
        write!(answer, "data: {data}\n\n").unwrap();
    }
    answer
}

fn json(event: &Event) -> String {
    serde_json::to_string(event).unwrap()
}

fn request() -> RunRequest {
    RunRequest {
        agent: AppName::new("echo").unwrap(),
        session: SessionId::new("a b").unwrap(),
        user: None,
        message: Content::new_user_text("hi"),
    }
}

/// All of a run, in a few words each.
async fn read(host: &HostClient) -> Result<Vec<String>, ClientError> {
    let mut run = host.run(request()).await?;
    let mut seen = Vec::new();
    loop {
        seen.push(match run.next().await? {
            Next::Said(Said { outcome: Ok(event), .. }) => event.content.unwrap().text(),
            Next::Said(Said { outcome: Err(failure), .. }) => failure.error,
            Next::Again => "again".to_owned(),
            Next::End => return Ok(seen),
        });
    }
}

async fn place() -> (TcpListener, HostClient) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = HostClient::new(&listener.local_addr().unwrap().to_string()).unwrap();
    (listener, host)
}

#[tokio::test]
async fn a_stream_that_breaks_is_taken_up_after_what_came() {
    let id = InvocationId::new();
    let event = |text: &str| Event { content: Some(Content::new_model_text(text)), ..Event::new(id, "echo") };
    let first = [(Some(1), json(&event("one"))), (None, json(&Event { partial: true, ..event("tw") }))];
    let last = [(Some(2), json(&Event { turn_complete: true, ..event("two") }))];
    let (listener, host) = place().await;
    let answers = vec![stream(id, &first), stream(id, &last)];
    let (seen, requests) = futures::join!(read(&host), serve(listener, answers));
    assert_eq!(seen.unwrap(), ["one", "tw", "again", "two"]);
    assert!(requests[0].starts_with("POST /api/v1/sessions/a%20b/run/sse "), "{}", requests[0]);
    assert!(requests[0].contains(r#""appName":"echo""#), "{}", requests[0]);
    assert!(!requests[0].contains("userId"), "{}", requests[0]);
    assert!(requests[1].starts_with(&format!("GET /api/v1/invocations/{id}/events ")), "{}", requests[1]);
    assert!(requests[1].contains("last-event-id: 1\r\n"), "{}", requests[1]);
}

#[tokio::test]
async fn a_failure_is_an_end() {
    let id = InvocationId::new();
    let failure = format!(r#"{{"error": "boom", "code": "trapped", "invocationId": "{id}"}}"#);
    let (listener, host) = place().await;
    let answers = vec![stream(id, &[(Some(1), failure)])];
    let (seen, _) = futures::join!(read(&host), serve(listener, answers));
    assert_eq!(seen.unwrap(), ["boom"]);
}

#[tokio::test]
async fn a_run_that_nobody_knows_any_more_is_not_waited_for() {
    let id = InvocationId::new();
    let gone = r#"{"error": "there is no such invocation", "code": "invocation_not_found"}"#;
    let gone = format!("HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n{gone}");
    let (listener, host) = place().await;
    let (seen, _) = futures::join!(read(&host), serve(listener, vec![stream(id, &[]), gone]));
    assert_eq!(seen.unwrap_err().to_string(), "there is no such invocation");
}

#[tokio::test]
async fn what_is_no_host_is_said_to_be_none() {
    let (listener, host) = place().await;
    let page = "HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n<html>".to_owned();
    let (seen, _) = futures::join!(read(&host), serve(listener, vec![page]));
    assert!(matches!(seen, Err(ClientError::Strange { .. })));
    // The listener is gone, so nobody answers there any more.
    let error = read(&host).await.unwrap_err();
    assert!(
        matches!(error, ClientError::NoHost { .. }) && error.to_string().contains("rak serve"),
        "{error}"
    );
}
