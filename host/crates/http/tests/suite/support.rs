//! The way to servers, and what they are asked.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use rak_core::{
    Failure, HttpAnswer, HttpBody, HttpClient as _, HttpHead, HttpRequest, InvocationId, SessionKey,
};
use rak_http::{Http, HttpFile, HttpSettings, Names};

use crate::server::Server;

/// Longer than anything takes on a machine that is busy; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_mins(2);
/// What the variable `RAK_TEST_KEY` of the host is.
pub(crate) const KEY: &str = "hunter2-is-a-secret";

/// The addresses of names, as a test has them: what a name says the first time, the second time, and so on; the last for ever.
#[derive(Default)]
pub(crate) struct TestNames(Mutex<BTreeMap<String, Vec<Vec<IpAddr>>>>);

impl TestNames {
    pub(crate) fn new(names: &[(&str, &[&[&str]])]) -> Self {
        let addresses = |says: &&[&str]| says.iter().map(|address| address.parse().unwrap()).collect();
        let name =
            |(name, times): &(&str, &[&[&str]])| ((*name).to_owned(), times.iter().map(addresses).collect());
        Self(Mutex::new(names.iter().map(name).collect()))
    }
}

#[async_trait]
impl Names for TestNames {
    async fn addresses(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        let mut names = self.0.lock().unwrap();
        let times = names.get_mut(name).ok_or_else(|| std::io::Error::other("no such name"))?;
        Ok(if times.len() > 1 { times.remove(0) } else { times[0].clone() })
    }
}

pub(crate) fn settings(text: &str) -> HttpSettings {
    let file: HttpFile = toml::from_str(text).unwrap();
    file.settings(&|name| (name == "RAK_TEST_KEY").then(|| KEY.to_owned())).unwrap()
}

/// With names that all lead here.
pub(crate) fn http(text: &str) -> Http {
    let here = &[&["127.0.0.1"][..]][..];
    with_names(text, TestNames::new(&[("a.example", here), ("b.example", here), ("localhost", here)]))
}

pub(crate) fn with_names(text: &str, names: TestNames) -> Http {
    Http::with_names(settings(text), Arc::new(names))
}

/// Settings with which this server may be reached.
pub(crate) fn reaching(server: &Server) -> String {
    format!("private = ['127.0.0.1:{}']\n", server.port)
}

/// A request of somebody who may go everywhere.
pub(crate) fn get(url: impl Into<String>) -> HttpRequest {
    HttpRequest {
        method: "GET".to_owned(),
        url: url.into(),
        headers: Vec::new(),
        body: Vec::new(),
        credential: None,
        timeout: None,
        follow_redirects: true,
        allowed: ["*:*", "http://*:*"].map(|pattern| pattern.parse().unwrap()).into(),
        session: SessionKey {
            app_name: "echo".parse().unwrap(),
            user_id: "u".parse().unwrap(),
            session_id: "s".parse().unwrap(),
        },
        invocation: InvocationId::new(),
    }
}

pub(crate) fn post(url: impl Into<String>, body: &[u8]) -> HttpRequest {
    HttpRequest { method: "POST".to_owned(), body: body.to_vec(), ..get(url) }
}

pub(crate) fn with_headers(request: HttpRequest, headers: &[(&str, &str)]) -> HttpRequest {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    HttpRequest { headers, ..request }
}

pub(crate) fn trusted(request: HttpRequest, credential: &str) -> HttpRequest {
    HttpRequest { credential: Some(credential.to_owned()), ..request }
}

/// All of an answer.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) head: HttpHead,
    pub(crate) body: String,
}

impl Whole {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// Asks and reads to the end.
pub(crate) async fn ask(http: &Http, request: HttpRequest) -> Result<Whole, Failure> {
    let HttpAnswer { head, mut body } = soon(http.send(request)).await?;
    let body = String::from_utf8(read(&mut *body).await?).unwrap();
    Ok(Whole { head, body })
}

pub(crate) async fn read(body: &mut dyn HttpBody) -> Result<Vec<u8>, Failure> {
    let mut whole = Vec::new();
    while let Some(chunk) = soon(body.next()).await? {
        assert!(!chunk.is_empty(), "what is nothing is the end");
        whole.extend(chunk);
    }
    Ok(whole)
}

/// What happens without being waited for too long.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it takes too long")
}
