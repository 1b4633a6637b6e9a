//! HTTP.

use std::io;

use rak::{Content, Context, Failure, HttpRequest, HttpResponse, Outcome};

use crate::{Answer, kind_and_code, split, text};

pub(crate) fn run(cx: &Context, name: &str, argument: &str, _input: &Content) -> Answer {
    Some(match name {
        "http" => http(cx, argument),
        "http-send" => http_send(cx, argument),
        "http-header" => http_header(cx, argument),
        "http-stays" => http_stays(cx, argument),
        "http-secret" => http_secret(cx, argument),
        "http-stream" => http_stream(cx, argument),
        "http-two" => http_two(cx, argument),
        "http-drop" => http_drop(cx, argument),
        "http-fails" => http_fails(cx, argument),
        _ => return None,
    })
}

fn http(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    text(shown(&cx.http().fetch(asked(argument))?))
}

fn http_send(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    let (url, body) = split(argument);
    text(shown(&cx.http().fetch(HttpRequest::post(url).with_header("X-Sent", "1").with_body(body))?))
}

fn http_header(cx: &Context, url: &str) -> Result<Outcome, Failure> {
    text(cx.http().fetch(url)?.header("X-KIND").unwrap_or_default())
}

fn http_stays(cx: &Context, url: &str) -> Result<Outcome, Failure> {
    let answer = cx.http().fetch(HttpRequest::get(url).without_redirects())?;
    text(format!("{} {}", answer.status, answer.header("location").is_some()))
}

fn http_secret(cx: &Context, url: &str) -> Result<Outcome, Failure> {
    text(shown(&cx.http().fetch(HttpRequest::get(url).with_credential("sesame"))?))
}

fn http_stream(cx: &Context, url: &str) -> Result<Outcome, Failure> {
    let exchange = cx.http().open(url)?;
    let status = exchange.head()?.status;
    let mut all = String::new();
    for piece in exchange.pieces() {
        let piece = String::from_utf8(piece?)?;
        all.push_str(&piece);
        cx.events().text_delta(piece)?;
    }
    text(format!("{status} {all}"))
}

fn http_two(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    let (first, second) = split(argument);
    let (first, second) = (cx.http().open(first)?, cx.http().open(second)?);
    text(format!("{},{}", io::read_to_string(first)?, io::read_to_string(second)?))
}

fn http_drop(cx: &Context, url: &str) -> Result<Outcome, Failure> {
    drop(cx.http().open(url)?);
    text("dropped")
}

fn http_fails(cx: &Context, argument: &str) -> Result<Outcome, Failure> {
    match cx.http().fetch(asked(argument)) {
        Ok(answer) => text(shown(&answer)),
        Err(failure) => text(kind_and_code(&failure)),
    }
}

/// The request that `METHOD URL` asks for.
fn asked(argument: &str) -> HttpRequest {
    let (method, url) = split(argument);
    HttpRequest::new(method, url)
}

fn shown(answer: &HttpResponse) -> String {
    format!("{} {}", answer.status, answer.text())
}
