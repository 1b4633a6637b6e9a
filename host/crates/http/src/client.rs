//! The way to other machines.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rak_core::{Failure, FailureKind, HttpAnswer, HttpClient, HttpHead, HttpPattern, HttpRequest};
use reqwest::header::{CONTENT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};

use crate::body::{Body, Deadline, Source};
use crate::credential::Credential;
use crate::failure::{cause, invalid, limit, too_large};
use crate::names::{CheckedNames, Names, SystemNames};
use crate::place::Place;
use crate::redaction::Redaction;
use crate::settings::HttpSettings;
use crate::step::Step;

/// How long the way to a server may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How often an answer may lead on: more often than any server does, except in a circle.
const MAX_REDIRECTS: usize = 10;
/// How long a connection is kept for the next request: as long as most servers keep theirs.
const IDLE: Duration = Duration::from_secs(30);
/// How many of them are kept for each server.
const MAX_IDLE: usize = 8;
/// What the host calls itself where an agent does not say; some servers answer nobody without a name.
const USER_AGENT: &str = concat!("rak/", env!("CARGO_PKG_VERSION"));

/// HTTP, with what the settings allow. Nothing is opened before the first request.
pub struct Http {
    settings: HttpSettings,
    names: Arc<dyn Names>,
    clients: Mutex<BTreeMap<Way, Client>>,
}

/// What a client is for. Connections are kept within one, so all that decided whether they may be made is the same for all of
/// it: the exceptions are the settings', for whoever asks, and where whoever asks may go is looked at with each request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    tls: bool,
    /// Where an exception names it: who looks a name up is not told to which port somebody wants to go.
    port: Option<u16>,
}

impl Http {
    /// With the addresses of names as this machine knows them.
    pub fn new(settings: HttpSettings) -> Self {
        Self::with_names(settings, Arc::new(SystemNames))
    }

    /// With addresses of names that somebody else knows. They are looked at all the same.
    pub fn with_names(settings: HttpSettings, names: Arc<dyn Names>) -> Self {
        Self { settings, names, clients: Mutex::default() }
    }

    fn credential(&self, name: &str) -> Result<Arc<Credential>, Failure> {
        self.settings.credentials.get(name).cloned().ok_or_else(|| {
            let names: Vec<_> = self.settings.credentials.keys().map(String::as_str).collect();
            let message = match names.as_slice() {
                [] => format!("there is no credential {name:?}, and no other one either"),
                names => format!("there is no credential {name:?}; there are: {}", names.join(", ")),
            };
            Failure::new(FailureKind::NotFound, message)
        })
    }

    /// Asks, and goes where the answers lead.
    async fn exchange(
        &self,
        request: HttpRequest,
        credential: Option<Arc<Credential>>,
    ) -> Result<HttpAnswer, Failure> {
        let asks_for_part = request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("range"));
        if credential.is_some() && asks_for_part {
            // A server that repeats what it is sent would give the credential away in halves, which nobody can find.
            return Err(invalid(
                "a request with a credential is answered as a whole: leave the header \"range\" out",
            ));
        }
        let longest = self.settings.timeout;
        let deadline = Deadline::after(request.timeout.map_or(longest, |timeout| timeout.min(longest)));
        let (allowed, follow_redirects) = (request.allowed.clone(), request.follow_redirects);
        let (session, invocation) = (request.session.clone(), request.invocation);
        let mut step = Step::first(request, credential, self.settings.max_request_bytes)?;
        let mut response = self.ask(&step, &allowed, deadline).await?;
        let mut redirects = 0;
        while follow_redirects && let Some(url) = step.lead(response.status(), response.headers()) {
            let from = step.place.clone();
            redirects += 1;
            if redirects > MAX_REDIRECTS {
                return Err(limit(format!("{from} leads on for the {redirects}th time, as if in a circle")));
            }
            let led = |failure: Failure| {
                let message = format!("{from} leads on: {}", failure.message);
                Failure { message, ..failure }
            };
            step = step.follow(response.status(), url).map_err(led)?;
            response = self.ask(&step, &allowed, deadline).await.map_err(led)?;
        }
        tracing::debug!(
            target: "rak::http", ?session, %invocation, method = %step.method, status = response.status().as_u16(),
            "answered"
        );
        self.answer(step, response, deadline)
    }

    /// Sends one request, where that is allowed, and gives the beginning of its answer.
    async fn ask(
        &self,
        step: &Step,
        allowed: &[HttpPattern],
        deadline: Deadline,
    ) -> Result<Response, Failure> {
        step.place.check(allowed, &self.settings.exceptions)?;
        let client = self.client(&step.place)?;
        deadline.wait(&step.place, client.execute(step.request())).await
    }

    fn client(&self, place: &Place) -> Result<Client, Failure> {
        let named = self.settings.exceptions.ports().contains(&place.port);
        let way = Way { tls: place.tls, port: named.then_some(place.port) };
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&way) {
            return Ok(client.clone());
        }
        let client = self.build(way).map_err(|error| {
            let message = format!("HTTP cannot be used here: {}", cause(&error));
            Failure::new(FailureKind::Unavailable, message)
        })?;
        clients.insert(way, client.clone());
        Ok(client)
    }

    fn build(&self, way: Way) -> reqwest::Result<Client> {
        let names = CheckedNames {
            names: self.names.clone(),
            exceptions: self.settings.exceptions.clone(),
            port: way.port,
        };
        let builder = Client::builder()
            .dns_resolver(names)
            // A proxy would look names up by itself, and connect to whatever it likes.
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(MAX_IDLE)
            // An exchange that is given up takes its connection with it, which nothing else uses.
            .http1_only()
            .user_agent(USER_AGENT)
            // Bytes are given, and counted, as they come, whatever else in this program wants of the library.
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd();
        // Without TLS there is nobody to trust, and a machine without certificates will do.
        let builder = if way.tls { builder } else { builder.tls_certs_only(std::iter::empty()) };
        builder.build()
    }

    /// What whoever asked is given.
    fn answer(&self, step: Step, response: Response, deadline: Deadline) -> Result<HttpAnswer, Failure> {
        let status = response.status().as_u16();
        if !(200..=599).contains(&status) {
            let message =
                format!("{} answered with the status {status}, which is none of an answer", step.place);
            return Err(Failure::new(FailureKind::Unavailable, message));
        }
        let max_bytes = self.settings.max_bytes;
        if response.content_length().is_some_and(|length| length > max_bytes) {
            return Err(too_large(&step.place, max_bytes));
        }
        let secrets = step.credential.map(|credential| credential.secrets.clone());
        if secrets.is_some() && step.method != Method::HEAD && is_encoded(response.headers()) {
            let message = format!(
                "the answer of {} is compressed although that was not asked for, and the credential could not be found in it",
                step.place
            );
            return Err(Failure::new(FailureKind::Failed, message));
        }
        let shown = |bytes: &[u8]| match &secrets {
            Some(secrets) => secrets.shown(bytes),
            None => String::from_utf8_lossy(bytes).into_owned(),
        };
        let header = |(name, value): (&HeaderName, &HeaderValue)| {
            (shown(name.as_str().as_bytes()), shown(value.as_bytes()))
        };
        let head = HttpHead {
            status,
            url: shown(step.url.as_str().as_bytes()),
            headers: response.headers().iter().map(header).collect(),
        };
        let body = Body {
            place: step.place,
            deadline,
            max_bytes,
            left: max_bytes,
            redaction: secrets.map(Redaction::new),
            source: Source::Open(response),
        };
        Ok(HttpAnswer { head, body: Box::new(body) })
    }
}

#[async_trait]
impl HttpClient for Http {
    async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, Failure> {
        let credential = request.credential.as_deref().map(|name| self.credential(name)).transpose()?;
        let secrets = credential.as_ref().map(|credential| credential.secrets.clone());
        let answer = self.exchange(request, credential).await;
        answer.map_err(|failure| match secrets {
            Some(secrets) => secrets.failure(failure),
            None => failure,
        })
    }
}

/// Whether there is something else in it than what can be read.
fn is_encoded(headers: &HeaderMap) -> bool {
    headers.get_all(CONTENT_ENCODING).iter().any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"))
}
