//! `http`: what the agent asks the world outside.
//!
//! That something is about to be asked is in the journal, and so is everything that the agent was told of the answer. What was
//! cut off is asked again where that does no harm and the agent was told nothing yet.

mod sent;

use rak_core::{Base64, Failure, FailureKind, HttpHead, HttpRequest};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use wasmtime::component::Resource;

use crate::bindings::common;
use crate::bindings::http::{Head, Host, HostExchange, Request, Response};
use crate::capabilities::wait::Waitable;
use crate::capabilities::{answer, is_of_the_run};
use crate::gate::{Cost, Gate, Refusal};
use crate::state::GuestState;
use crate::timeline::Call;

pub(crate) use sent::Sent;

/// The largest piece that is read at once, in bytes.
const MAX_PIECE_BYTES: u32 = 1 << 20;
/// How many answers an agent may have open at once: each has a connection, and bytes that were not read yet.
const MAX_OPEN: usize = 64;

/// An answer as it comes, as the guest holds it.
#[derive(Debug)]
#[expect(unreachable_pub, reason = "the generated module re-exports it")]
pub struct Exchange {
    sent: Sent,
    /// How it began, where the guest knows.
    head: Option<Result<HttpHead, Failure>>,
    /// How it ended, where the guest knows.
    ended: Option<Result<(), Failure>>,
}

/// A whole answer, as it is kept.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Whole {
    pub(super) head: HttpHead,
    pub(super) body: Base64,
}

impl Host for GuestState {
    async fn fetch(&mut self, request: Request) -> wasmtime::Result<Result<Response, common::Failure>> {
        let whole = self.fetch_whole(request).await;
        let to_wit = |whole: Whole| Response { head: head_to_wit(whole.head), body: whole.body.0 };
        answer(whole.map(to_wit))
    }

    async fn open(
        &mut self,
        request: Request,
    ) -> wasmtime::Result<Result<Resource<Exchange>, common::Failure>> {
        match self.begin_request(request).await {
            Ok(sent) => Ok(Ok(self.table.push(Exchange { sent, head: None, ended: None })?)),
            Err(refusal) => answer(Err(refusal)),
        }
    }
}

impl HostExchange for GuestState {
    async fn head(&mut self, this: Resource<Exchange>) -> wasmtime::Result<Result<Head, common::Failure>> {
        let Exchange { sent, head, .. } = self.table.get(&this)?;
        if let Some(head) = head.clone() {
            self.gate.count()?;
            return answer(head.map(head_to_wit).map_err(Refusal::from));
        }
        let sent = sent.clone();
        let call = Call::new("http.head", "", &());
        let head = self.gate.answer_soon(call, Cost::default(), sent.head()).await;
        if head.is_ok() {
            sent.was_told();
        }
        self.table.get_mut(&this)?.head = known(&head);
        answer(head.map(head_to_wit))
    }

    async fn read(
        &mut self,
        this: Resource<Exchange>,
        max: u32,
    ) -> wasmtime::Result<Result<Vec<u8>, common::Failure>> {
        let Exchange { sent, ended, .. } = self.table.get(&this)?;
        if let Some(ended) = ended.clone() {
            self.gate.count()?;
            return answer(ended.map(|()| Vec::new()).map_err(Refusal::from));
        }
        let sent = sent.clone();
        let max = max.clamp(1, MAX_PIECE_BYTES);
        let piece = async { Ok(Base64(sent.piece(max as usize).await?)) };
        let piece = self.gate.answer_soon(Call::new("http.read", "", &max), Cost::default(), piece).await;
        if piece.is_ok() {
            sent.was_told();
        }
        let ended = match &piece {
            Ok(Base64(bytes)) => bytes.is_empty().then_some(Ok(())),
            Err(_) => known(&piece).map(|end| end.map(drop)),
        };
        self.table.get_mut(&this)?.ended = ended;
        answer(piece.map(|Base64(bytes)| bytes))
    }

    async fn cancel(&mut self, this: Resource<Exchange>) -> wasmtime::Result<()> {
        self.gate.count()?;
        self.table.get(&this)?.sent.give_up();
        Ok(())
    }

    async fn subscribe(&mut self, this: Resource<Exchange>) -> wasmtime::Result<Resource<Waitable>> {
        self.gate.count()?;
        let sent = self.table.get(&this)?.sent.clone();
        Ok(self.table.push(Waitable::Http(sent))?)
    }

    async fn drop(&mut self, this: Resource<Exchange>) -> wasmtime::Result<()> {
        self.table.delete(this)?.sent.give_up();
        Ok(())
    }
}

/// What the guest knows of an answer from now on; nothing where the call itself was refused.
fn known<T: Clone>(answer: &Result<T, Refusal>) -> Option<Result<T, Failure>> {
    match answer {
        Ok(value) => Some(Ok(value.clone())),
        Err(Refusal::Failure(failure)) if !is_of_the_run(failure) => Some(Err(failure.clone())),
        Err(_) => None,
    }
}

impl GuestState {
    async fn fetch_whole(&mut self, request: Request) -> Result<Whole, Refusal> {
        let sent = self.begin_request(request).await?;
        let whole = self.gate.answer_soon(Call::new("http.fetch", "", &()), Cost::default(), sent.whole());
        whole.await
    }

    /// Sends a request, whose answer comes while the guest goes on.
    async fn begin_request(&mut self, request: Request) -> Result<Sent, Refusal> {
        let host = self.host()?;
        let info = host.info();
        let request = HttpRequest {
            method: request.method,
            url: request.url,
            headers: request.headers,
            body: request.body,
            credential: request.credential,
            timeout: request.timeout_ms.map(std::time::Duration::from_millis),
            follow_redirects: request.follow_redirects,
            allowed: self.gate.http_places(),
            session: info.session.clone(),
            invocation: info.id,
        };
        // What is in the journal was sent in another attempt, and cut off with it.
        let was_sent = self.gate.timeline.is_replaying();
        let gate = &self.gate;
        let open = self.open_exchanges.strong();
        let checked = async { check(gate, &request, open) };
        gate.answer_soon(begin_entry(&request), Cost::default(), checked).await?;
        let kept = async { if was_sent { Ok(()) } else { gate.keep_all(host.as_ref()).await } };
        gate.answer_soon(Call::new("http.kept", "", &()), Cost::default(), kept).await?;
        let sent = Sent::new(host, request, gate.put_away().clone(), self.open_exchanges.one());
        if was_sent {
            sent.was_cut_off();
        } else {
            sent.begin();
        }
        Ok(sent)
    }
}

/// How many answers are open: each holds one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Open(std::sync::Arc<()>);

impl Open {
    pub(super) fn one(&self) -> Self {
        self.clone()
    }

    pub(super) fn strong(&self) -> usize {
        std::sync::Arc::strong_count(&self.0) - 1
    }
}

/// Whether the run may send a request. Where it may go is looked at by who sends it.
fn check(gate: &Gate, request: &HttpRequest, open: usize) -> Result<(), Failure> {
    if let Some(credential) = request.credential.as_deref().filter(|name| !gate.grants_credential(name)) {
        let message = format!(
            "the agent may not use the credential {credential:?}: its agent.toml does not name it in `credentials` of [grants]"
        );
        return Err(Failure::new(FailureKind::Denied, message));
    }
    if open >= MAX_OPEN {
        let message = format!(
            "the agent has {open} answers open; {MAX_OPEN} are allowed at once: read them, or drop them"
        );
        return Err(Failure::new(FailureKind::LimitExceeded, message));
    }
    Ok(())
}

/// What is kept before a request is sent.
pub(super) fn begin_entry(request: &HttpRequest) -> Call {
    let HttpRequest { method, url, headers, credential, .. } = request;
    let body: [u8; 32] = Sha256::digest(&request.body).into();
    let arguments = (method, url, headers, credential, request.follow_redirects, body);
    Call::new("http.begin", shown(request), &arguments)
}

/// A request as a person sees it. What comes behind the path may be nobody's business.
fn shown(request: &HttpRequest) -> String {
    let url = request.url.split(['?', '#']).next().unwrap_or_default();
    format!("{} {url}", request.method)
}

pub(super) fn unknown_outcome(request: &HttpRequest) -> Failure {
    let message = format!(
        "the host ended during {}, so nobody knows whether it was done; it is not sent again",
        shown(request)
    );
    Failure { code: Some("unknown_outcome".into()), ..Failure::new(FailureKind::Conflict, message) }
}

fn head_to_wit(head: HttpHead) -> Head {
    Head { status: head.status, url: head.url, headers: head.headers, extra: None }
}
