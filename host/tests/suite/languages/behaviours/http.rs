//! HTTP: a server on loopback, which the agent may reach.

use anyhow::ensure;

use super::{Behaviour, answers};
use crate::languages::subject::Subject;

pub(super) fn all(subject: &Subject) -> Vec<Behaviour<'_>> {
    let asks = |said: &str, path: &str, expected: &'static str| -> Behaviour<'_> {
        let said = format!("{said} {}", subject.web.url(path));
        ("http", Box::pin(async move { answers(subject, &said, expected).await }))
    };
    let sends = format!("http-send {} some text", subject.web.url("/echo"));
    let two = format!("http-two {} {}", subject.web.url("/hello"), subject.web.url("/pieces"));
    vec![
        asks("http GET", "/hello", "200 hello"),
        asks("http DELETE", "/echo", "200 DELETE - "),
        asks("http GET", "/missing", "404 nothing here"),
        asks("http GET", "/away", "200 hello"),
        asks("http GET", "/secret", "401 stay out"),
        ("http-send", Box::pin(async move { answers(subject, &sends, "200 POST 1 some text").await })),
        asks("http-header", "/hello", "greeting"),
        asks("http-stays", "/away", "302 true"),
        asks("http-secret", "/secret", "200 let in"),
        ("http-stream", Box::pin(streams(subject))),
        ("http-two", Box::pin(async move { answers(subject, &two, "hello,onetwothree").await })),
        asks("http-drop", "/silent", "dropped"),
        ("http-fails", Box::pin(answers(subject, "http-fails GET https://example.com/", "denied -"))),
        ("http-fails", Box::pin(answers(subject, "http-fails GET http://127.0.0.1:1/", "denied -"))),
        asks("http-fails GET", "/metadata", "denied -"),
        ("http-fails", Box::pin(answers(subject, "http-fails GET ://", "invalid-argument -"))),
    ]
}

async fn streams(subject: &Subject) -> anyhow::Result<()> {
    let said = format!("http-stream {}", subject.web.url("/pieces"));
    let ran = subject.run(&said).await?;
    ensure!(ran.answer()? == "200 onetwothree", "{said:?} answers {:?}", ran.answer()?);
    let parts = ran.events.iter().filter(|event| event["partial"] == true);
    let text: String = parts.filter_map(|event| event["content"]["parts"][0]["text"].as_str()).collect();
    ensure!(text == "onetwothree", "{said:?} streams {text:?}");
    Ok(())
}
