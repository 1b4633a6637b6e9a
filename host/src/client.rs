//! A host that runs, as the commands talk to it.

mod invocations;
mod run_events;
mod sse;
mod upload;

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;
use std::{fmt, io};

use rak_core::{AgentInfo, AppName, VersionInfo};
use rak_server::protocol::rest::ErrorBody;
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

pub(crate) use self::invocations::Wish;
pub(crate) use self::run_events::{Next, RunEvents, RunRequest, Said};
pub(crate) use self::upload::Upload;

/// A host that is there takes a connection at once, wherever it is.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// What is only looked up is answered in milliseconds.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// A host, by its address.
pub(crate) struct HostClient {
    url: Url,
    http: reqwest::Client,
}

/// Why a host did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    #[error("{given:?} is no address of a host, which speaks http without TLS, as in http://127.0.0.1:8080")]
    Address { given: String },
    #[error("no host answers at {url}; start one with `rak serve`, or name another one with --host URL")]
    NoHost {
        url: String,
        #[source]
        source: Cause,
    },
    #[error("the connection to the host at {url} broke")]
    Lost {
        url: String,
        #[source]
        source: Cause,
    },
    /// The host's own words.
    #[error("{error}")]
    Refused { status: StatusCode, error: String },
    #[error("what answers at {url} is not a host, or one of another version: {found}")]
    Strange { url: String, found: String },
    #[error("failed to read {}", .path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// What is at the bottom of an error of the HTTP client. What lies above it says in several ways that a request failed.
#[derive(Debug)]
pub(crate) struct Cause(reqwest::Error);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut cause: &dyn Error = &self.0;
        while let Some(next) = cause.source() {
            cause = next;
        }
        write!(f, "{cause}")
    }
}

impl Error for Cause {}

/// An answer as it was sent, and what it means.
pub(crate) struct Answer<T> {
    pub(crate) json: String,
    pub(crate) value: T,
}

/// `GET /api/v1/agents`.
#[derive(Deserialize)]
pub(crate) struct AgentList {
    pub(crate) agents: Vec<AgentInfo>,
}

/// `GET /api/v1/agents/{name}/versions`, newest first.
#[derive(Deserialize)]
pub(crate) struct VersionList {
    pub(crate) versions: Vec<VersionInfo>,
}

impl HostClient {
    /// A host at an address. Nothing is asked of it yet.
    pub(crate) fn new(given: &str) -> Result<Self, ClientError> {
        let bad = || ClientError::Address { given: given.to_owned() };
        let whole = if given.contains("://") { given.to_owned() } else { format!("http://{given}") };
        let url = Url::parse(&whole).map_err(|_| bad())?;
        // A host has no TLS of its own, and neither does this client.
        let host = url.host_str().filter(|_| url.scheme() == "http").ok_or_else(bad)?;
        let mut builder = reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT);
        if matches!(host, "localhost" | "[::1]") || host.starts_with("127.") {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|_| bad())?;
        Ok(Self { url, http })
    }

    /// The address, as it is shown.
    pub(crate) fn address(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    pub(crate) async fn agents(&self) -> Result<Answer<AgentList>, ClientError> {
        self.answer(self.request(Method::GET, &["agents"]).timeout(ANSWER_TIMEOUT)).await
    }

    pub(crate) async fn agent(&self, name: &AppName) -> Result<Answer<AgentInfo>, ClientError> {
        self.answer(self.request(Method::GET, &["agents", name.as_str()]).timeout(ANSWER_TIMEOUT)).await
    }

    pub(crate) async fn versions(&self, name: &AppName) -> Result<Answer<VersionList>, ClientError> {
        let path = ["agents", name.as_str(), "versions"];
        self.answer(self.request(Method::GET, &path).timeout(ANSWER_TIMEOUT)).await
    }

    /// Goes back to a version, or to the one before the current one.
    pub(crate) async fn rollback(
        &self,
        name: &AppName,
        to: Option<&str>,
    ) -> Result<Answer<AgentInfo>, ClientError> {
        let mut request = self.request(Method::POST, &["agents", name.as_str(), "rollback"]);
        if let Some(to) = to {
            request = request.json(&json!({"to": to}));
        }
        self.answer(request).await
    }

    /// Takes an agent away. Gives what the host says, which may be nothing.
    pub(crate) async fn remove(&self, name: &AppName) -> Result<String, ClientError> {
        let response = self.send(self.request(Method::DELETE, &["agents", name.as_str()])).await?;
        response.text().await.map_err(|error| self.lost(error))
    }

    fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "v1"]).extend(path);
        }
        self.http.request(method, url)
    }

    async fn answer<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<Answer<T>, ClientError> {
        let json = self.send(request).await?.text().await.map_err(|error| self.lost(error))?;
        match serde_json::from_str(&json) {
            Ok(value) => Ok(Answer { json, value }),
            Err(error) => Err(self.strange(error.to_string())),
        }
    }

    /// Sends a request; an answer that is no success is an error in the host's own words.
    async fn send(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        let response = request.send().await.map_err(|error| {
            if error.is_connect() {
                ClientError::NoHost { url: self.address().to_owned(), source: Cause(error) }
            } else {
                self.lost(error)
            }
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = response.text().await.unwrap_or_default();
        Err(match serde_json::from_str(&body) {
            Ok(ErrorBody { error, .. }) => ClientError::Refused { status, error },
            Err(_) => self.strange(status.to_string()),
        })
    }

    fn lost(&self, error: reqwest::Error) -> ClientError {
        ClientError::Lost { url: self.address().to_owned(), source: Cause(error) }
    }

    fn strange(&self, found: String) -> ClientError {
        ClientError::Strange { url: self.address().to_owned(), found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(base: &str, path: &[&str]) -> String {
        let host = HostClient::new(base).unwrap();
        host.request(Method::GET, path).build().unwrap().url().to_string()
    }

    #[test]
    fn an_address_may_leave_out_what_is_always_the_same() {
        for base in ["http://127.0.0.1:8080", "http://127.0.0.1:8080/", "127.0.0.1:8080"] {
            assert_eq!(url(base, &["agents", "echo"]), "http://127.0.0.1:8080/api/v1/agents/echo");
        }
        assert_eq!(url("http://proxy/rak/", &["agents"]), "http://proxy/rak/api/v1/agents");
        assert_eq!(
            url("localhost:1", &["sessions", "a/b c?"]),
            "http://localhost:1/api/v1/sessions/a%2Fb%20c%3F"
        );
        for bad in ["", "https://example.org", "http://", "unix:///run/rak", "a b"] {
            assert!(HostClient::new(bad).is_err(), "{bad}");
        }
    }
}
