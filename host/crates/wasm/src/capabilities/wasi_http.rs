//! `wasi:http`: the same places as `http`, for components that know nothing of our contract.
//!
//! What wasmtime has for it stays; what differs is how it is made repeatable. A request is sent when its guest waits for the first
//! time, so that what came before it can be stored. The answer is taken in whole, and is in the journal before the guest has it. So
//! what the guest reads afterwards is there at once, and there again when the run is repeated.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::{BodyExt as _, Full};
use rak_core::{Base64, Failure, FailureKind, HttpAnswer, HttpPattern, HttpRequest, RunHost, SessionKey};
use tokio::sync::oneshot;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::p2::{DynOutputStream, OutputStream, Pollable, StreamError, StreamResult};
use wasmtime_wasi_http::p2::bindings::http::outgoing_handler::Host as _;
use wasmtime_wasi_http::p2::bindings::http::types::{
    self, ErrorCode, Host as _, HostFutureIncomingResponse as _, HostOutgoingBody as _,
};
use wasmtime_wasi_http::p2::body::HostOutgoingBody;
use wasmtime_wasi_http::p2::types::{HostFutureIncomingResponse, HostIncomingResponse, HostOutgoingRequest};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks, WasiHttpView as _};

use crate::capabilities::http::{Open, Whole, begin_entry, unknown_outcome};
use crate::gate::{Gate, PutAway, UnderWay, journal_full};
use crate::state::GuestState;
use crate::timeline::Recalled;

/// The names of the interfaces, as wasmtime links them.
const HANDLER: &str = "wasi:http/outgoing-handler@0.2.12";
const TYPES: &str = "wasi:http/types@0.2.12";
/// How much a run may send in bodies of `wasi:http`, in bytes. They are in the host's memory until they are sent, and the guest
/// can make as many as it likes.
const MAX_OUTGOING_BYTES: usize = 64 << 20;
/// How many requests a run may have sent whose answers it has not read: each is in the host's memory as a whole.
const MAX_OPEN: usize = 16;
/// What a piece of a body costs beside its bytes.
const PIECE_BYTES: usize = 64;
/// The largest piece, in bytes.
const MAX_PIECE_BYTES: usize = 64 << 10;

type Transmission = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Ended = Result<Whole, Failure>;
/// What the guest is told of a request; an error where it was told already.
type Answered = Result<Result<Resource<HostIncomingResponse>, ErrorCode>, ()>;

/// Replaces what has to be the run's own.
pub(crate) fn link(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    type Handed = (Resource<HostOutgoingRequest>, Option<Resource<types::RequestOptions>>);
    linker.instance(HANDLER)?.func_wrap(
        "handle",
        |mut store: StoreContextMut<'_, GuestState>, (request, options): Handed| {
            Ok((store.data_mut().hand_over(request, options)?,))
        },
    )?;
    let mut types = linker.instance(TYPES)?;
    types.func_wrap(
        "[method]outgoing-body.write",
        |mut store: StoreContextMut<'_, GuestState>, (body,): (Resource<HostOutgoingBody>,)| {
            Ok((store.data_mut().write_body(body)?,))
        },
    )?;
    types.func_wrap(
        "[method]future-incoming-response.get",
        |mut store: StoreContextMut<'_, GuestState>, (future,): (Resource<HostFutureIncomingResponse>,)| {
            Ok((store.data_mut().answer_of(future)?,))
        },
    )?;
    Ok(())
}

/// What a run has sent over `wasi:http`, and how.
#[derive(Default)]
pub(crate) struct WasiHttp {
    /// Requests whose answers were not taken, by the number of what the guest waits with.
    sent: BTreeMap<u32, Sent>,
    /// What the hook was given last.
    handed: Option<Sent>,
    run: Option<Run>,
    outgoing: Arc<AtomicUsize>,
    /// Held by each request, and then by its answer.
    open: Open,
}

/// On whose behalf.
#[derive(Clone)]
struct Run {
    host: Arc<dyn RunHost>,
    put_away: PutAway,
    places: Arc<[HttpPattern]>,
}

/// A request that the guest handed over.
struct Sent {
    request: HttpRequest,
    ended: Arc<OnceLock<Ended>>,
    stage: Stage,
    open: Open,
}

enum Stage {
    Handed(oneshot::Sender<Go>),
    /// It was sent in another attempt, and cut off.
    CutOff(oneshot::Sender<Go>),
    Begun,
}

/// What becomes of a request.
enum Go {
    Send(UnderWay),
    /// It is not sent.
    Refuse(Failure),
}

impl WasiHttp {
    pub(crate) fn new(host: Option<&Arc<dyn RunHost>>, gate: &Gate) -> Self {
        let run = host.map(|host| Run {
            host: host.clone(),
            put_away: gate.put_away().clone(),
            places: gate.http_places(),
        });
        Self { run, ..Self::default() }
    }

    /// Whether something that was sent has not been answered to the guest.
    pub(crate) fn is_waited_for(&self) -> bool {
        !self.sent.is_empty()
    }
}

impl WasiHttpHooks for WasiHttp {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _transmission: Transmission,
    ) -> Box<dyn Future<Output = Result<(http::Response<WasiBody>, Transmission), Error>> + Send> {
        let Some(run) = self.run.clone() else {
            return Box::new(std::future::ready(Err(Error::HttpRequestDenied)));
        };
        let (parts, body) = request.into_parts();
        let request = request_of(&parts, &run);
        let ended = Arc::new(OnceLock::new());
        let (go, goes) = oneshot::channel();
        let stage = Stage::Handed(go);
        let open = self.open.one();
        self.handed = Some(Sent { request: request.clone(), ended: ended.clone(), stage, open });
        Box::new(async move {
            let answer = match goes.await {
                Ok(Go::Send(_under_way)) => exchange(run.host.as_ref(), request, body, options).await,
                Ok(Go::Refuse(failure)) => Err(failure),
                // The run is over.
                Err(_) => std::future::pending().await,
            };
            ended.get_or_init(|| answer);
            // Its guest is given what the journal says (`answer_of`); this only says that there is something.
            let nothing = Full::new(Bytes::new()).map_err(Error::from).boxed_unsync();
            Ok((http::Response::new(nothing), done()))
        })
    }

    fn p2_outgoing_body_buffer_chunks(&mut self) -> usize {
        // Bounded by what all bodies of the run may have: a queue that is full at one time and not at another could not be repeated.
        u32::MAX as usize
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        MAX_PIECE_BYTES
    }
}

/// Sends a request, and takes its whole answer in.
async fn exchange(
    host: &dyn RunHost,
    mut request: HttpRequest,
    body: WasiBody,
    options: Option<RequestOptions>,
) -> Ended {
    let body = body.collect().await.map_err(|error| {
        Failure::new(FailureKind::InvalidArgument, format!("the body was not finished: {error}"))
    })?;
    request.body = body.to_bytes().to_vec();
    let first = options.and_then(|options| options.first_byte_timeout);
    let sending = host.send_http(request);
    let HttpAnswer { head, mut body } = match first {
        Some(first) => tokio::time::timeout(first, sending).await.map_err(|_| {
            Failure::new(FailureKind::DeadlineExceeded, format!("there was no answer within {first:?}"))
        })??,
        None => sending.await?,
    };
    let mut whole = Whole { head, body: Base64::default() };
    while let Some(bytes) = body.next().await? {
        whole.body.0.extend_from_slice(&bytes);
    }
    Ok(whole)
}

fn request_of(parts: &http::request::Parts, run: &Run) -> HttpRequest {
    // The host sets it by itself.
    let headers = parts.headers.iter().filter(|(name, _)| **name != http::header::HOST);
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let info = run.host.info();
    HttpRequest {
        method: parts.method.to_string(),
        url: parts.uri.to_string(),
        headers: headers
            .filter(|(name, _)| **name != http::header::CONTENT_LENGTH)
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
        body: Vec::new(),
        credential: None,
        timeout: None,
        // Whoever speaks this interface follows by itself, and each step comes by here.
        follow_redirects: false,
        allowed: run.places.clone(),
        session: info.session.clone(),
        invocation: info.id,
    }
}

fn done() -> Transmission {
    Box::new(std::future::ready(Ok(())))
}

/// The answer as its guest gets it, which counts as open until its body is gone.
fn response_of(ended: Ended, open: Open) -> Result<http::Response<WasiBody>, Error> {
    let whole = ended.map_err(|failure| error_of(&failure))?;
    let mut headers = HeaderMap::new();
    for (name, value) in &whole.head.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    let body = Full::new(Bytes::from(whole.body.0)).map_err(move |error| {
        let _ = &open;
        Error::from(error)
    });
    let body = body.boxed_unsync();
    let mut response = http::Response::new(body);
    *response.status_mut() =
        http::StatusCode::from_u16(whole.head.status).map_err(|_| Error::HttpProtocolError)?;
    *response.headers_mut() = headers;
    Ok(response)
}

fn error_of(failure: &Failure) -> Error {
    match failure.kind {
        FailureKind::Denied => Error::HttpRequestDenied,
        FailureKind::DeadlineExceeded => Error::ConnectionReadTimeout,
        FailureKind::LimitExceeded => Error::HttpResponseBodySize(None),
        _ => Error::InternalError(Some(failure.message.clone())),
    }
}

impl GuestState {
    fn hand_over(
        &mut self,
        request: Resource<HostOutgoingRequest>,
        options: Option<Resource<types::RequestOptions>>,
    ) -> wasmtime::Result<Result<Resource<HostFutureIncomingResponse>, ErrorCode>> {
        // What the guest dropped is waited for by nobody.
        let table = &self.table;
        let is_there = |rep| table.get(&Resource::<HostFutureIncomingResponse>::new_borrow(rep)).is_ok();
        self.wasi_http.sent.retain(|rep, _| is_there(*rep));
        if self.wasi_http.open.strong() >= MAX_OPEN {
            return Ok(Err(ErrorCode::ConnectionLimitReached));
        }
        match self.http().handle(request, options) {
            Ok(future) => {
                if let Some(sent) = self.wasi_http.handed.take() {
                    self.wasi_http.sent.insert(future.rep(), sent);
                }
                Ok(Ok(future))
            }
            Err(error) => Ok(Err(self.http().convert_error_code(error)?)),
        }
    }

    /// Sends what was handed over and not sent yet: the guest is about to wait for it.
    pub(super) async fn send_handed(&mut self) -> wasmtime::Result<()> {
        let Some(run) = self.wasi_http.run.clone() else { return Ok(()) };
        let timeline = &self.gate.timeline;
        for sent in self.wasi_http.sent.values_mut() {
            sent.stage = match std::mem::replace(&mut sent.stage, Stage::Begun) {
                Stage::Handed(go) if timeline.recall::<()>(&begin_entry(&sent.request))?.is_some() => {
                    Stage::CutOff(go)
                }
                Stage::Handed(go) => {
                    timeline.note(begin_entry(&sent.request), Ok(&()), None).map_err(journal_full)?;
                    let _ = go.send(match self.gate.keep_all(run.host.as_ref()).await {
                        Ok(()) => Go::Send(run.put_away.calls_tool(sent.request.is_repeatable())),
                        Err(failure) => Go::Refuse(failure),
                    });
                    Stage::Begun
                }
                stage => stage,
            };
        }
        if timeline.is_replaying() {
            return Ok(());
        }
        // The journal has no more of what was cut off.
        for sent in self.wasi_http.sent.values_mut() {
            sent.stage = match std::mem::replace(&mut sent.stage, Stage::Begun) {
                Stage::CutOff(go) => {
                    let repeatable = sent.request.is_repeatable();
                    let _ = go.send(if repeatable {
                        Go::Send(run.put_away.calls_tool(true))
                    } else {
                        Go::Refuse(unknown_outcome(&sent.request))
                    });
                    Stage::Begun
                }
                stage => stage,
            };
        }
        Ok(())
    }

    /// The answer to a request, where it is there: told again as it was told.
    fn answer_of(
        &mut self,
        future: Resource<HostFutureIncomingResponse>,
    ) -> wasmtime::Result<Option<Answered>> {
        const NAME: &str = "wasi.http";
        let rep = future.rep();
        let is_pending = !matches!(self.table.get(&future)?, HostFutureIncomingResponse::Consumed);
        if is_pending && let Some(sent) = self.wasi_http.sent.get(&rep) {
            let told = match self.gate.timeline.recall_unusual::<Whole>(NAME)? {
                Recalled::Usual => return Ok(None),
                Recalled::Unusual(ended) => ended,
                Recalled::New => {
                    // Its guest finds out by waiting, and only then.
                    let come = !matches!(self.table.get(&future)?, HostFutureIncomingResponse::Pending(_));
                    let Some(ended) = sent.ended.get().filter(|_| come) else { return Ok(None) };
                    self.gate.timeline.note_unusual(NAME, ended.as_ref()).map_err(journal_full)?;
                    if let Err(failure) = ended {
                        // What its guest is told has no room for the reason, and an author needs one.
                        let SessionKey { app_name: agent, .. } = &sent.request.session;
                        let (invocation, reason) = (sent.request.invocation, &failure.message);
                        tracing::warn!(%agent, %invocation, reason, "a request of wasi:http failed");
                    }
                    ended.clone()
                }
            };
            let response = response_of(told, sent.open.one()).map(|response| {
                let nothing = wasmtime_wasi::runtime::spawn(std::future::ready(()));
                (response, nothing)
            });
            *self.table.get_mut(&future)? = HostFutureIncomingResponse::Ready(response);
            self.wasi_http.sent.remove(&rep);
        }
        self.http().get(future)
    }

    fn write_body(
        &mut self,
        body: Resource<HostOutgoingBody>,
    ) -> wasmtime::Result<Result<Resource<DynOutputStream>, ()>> {
        let Ok(stream) = self.http().write(body)? else { return Ok(Err(())) };
        let outgoing = self.wasi_http.outgoing.clone();
        let slot = self.table.get_mut(&stream)?;
        let inner = std::mem::replace(slot, Box::new(Nothing));
        *slot = Box::new(Counted { inner, outgoing });
        Ok(Ok(stream))
    }
}

/// A stream whose bytes count.
struct Counted {
    inner: DynOutputStream,
    outgoing: Arc<AtomicUsize>,
}

impl Counted {
    fn left(&self) -> usize {
        MAX_OUTGOING_BYTES.saturating_sub(self.outgoing.load(Ordering::Relaxed) + PIECE_BYTES)
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Counted {
    async fn ready(&mut self) {
        self.inner.ready().await;
    }
}

#[wasmtime_wasi::async_trait]
impl OutputStream for Counted {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.outgoing.fetch_add(bytes.len() + PIECE_BYTES, Ordering::Relaxed);
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.inner.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        let left = self.left();
        if left == 0 {
            let message = format!("a run sends {MAX_OUTGOING_BYTES} bytes over wasi:http at most");
            return Err(StreamError::LastOperationFailed(wasmtime::Error::msg(message)));
        }
        Ok(self.inner.check_write()?.min(left))
    }
}

/// What is in the place of a stream for a moment.
struct Nothing;

#[wasmtime_wasi::async_trait]
impl Pollable for Nothing {
    async fn ready(&mut self) {}
}

#[wasmtime_wasi::async_trait]
impl OutputStream for Nothing {
    fn write(&mut self, _bytes: Bytes) -> StreamResult<()> {
        Err(StreamError::Closed)
    }

    fn flush(&mut self) -> StreamResult<()> {
        Err(StreamError::Closed)
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Err(StreamError::Closed)
    }
}
