//! The least it can cost: wasmtime alone, configured as the host's engine is, with a host that answers at once. No
//! limits, no gate, no threads of the guests, no stop.

mod imports;

use futures::FutureExt as _;
use http::{Request, Response};
use rak_wasm::EngineSettings;
use wasmtime::component::{Component, HasSelf, Linker, ResourceTable};
use wasmtime::error::Context as _;
use wasmtime::{Engine, Result, Store, ensure};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    Error as HttpError, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};

use super::{ANSWER, INPUT, LIVE};
use crate::measure;
use imports::{Agent, AgentPre, Content, Part};

/// What a store holds.
pub(super) struct State {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    no_http: NoHttp,
    table: ResourceTable,
    /// Whether `emit` answers; a guest that it does not answer lives on.
    answers: bool,
    /// How often the guest has emitted something.
    emissions: u32,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.no_http, table: &mut self.table, ctx: &mut self.http }
    }
}

/// Some engines import HTTP; nobody uses it.
struct NoHttp;

type Transmission = Box<dyn Future<Output = std::result::Result<(), HttpError>> + Send>;

impl WasiHttpHooks for NoHttp {
    fn send_request(
        &mut self,
        _request: Request<WasiBody>,
        _options: Option<RequestOptions>,
        _transmission: Transmission,
    ) -> Box<dyn Future<Output = std::result::Result<(Response<WasiBody>, Transmission), HttpError>> + Send>
    {
        Box::new(std::future::ready(Err(HttpError::HttpRequestDenied)))
    }
}

/// A compiled component.
pub(crate) struct Floor {
    engine: Engine,
    pre: AgentPre<State>,
}

impl Floor {
    pub(crate) fn new(settings: EngineSettings, component: &[u8]) -> Result<Self> {
        let engine = Engine::new(&settings.wasmtime_config())?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
        Agent::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
        let component = Component::new(&engine, component)?;
        let pre = AgentPre::new(linker.instantiate_pre(&component)?)?;
        Ok(Self { engine, pre })
    }

    /// One fresh run.
    pub(crate) async fn run(&self) -> Result<()> {
        self.run_with(true).await
    }

    /// What the process holds more for each instance that waits in its first event.
    pub(super) fn live_bytes(&self) -> u64 {
        let before = measure::private_bytes();
        let mut runs: Vec<_> = (0..LIVE).map(|_| Box::pin(self.run_with(false))).collect();
        for run in &mut runs {
            // It comes as far as its first event, and stays there.
            let _ = run.as_mut().now_or_never();
        }
        measure::private_bytes().saturating_sub(before) / u64::from(LIVE)
    }

    async fn run_with(&self, answers: bool) -> Result<()> {
        let state = State {
            wasi: WasiCtx::builder().build(),
            http: WasiHttpCtx::new(),
            no_http: NoHttp,
            table: ResourceTable::new(),
            answers,
            emissions: 0,
        };
        let mut store = Store::new(&self.engine, state);
        store.set_epoch_deadline(1);
        let agent = self.pre.instantiate_async(&mut store).await?;
        let input = Content { role: "user".to_owned(), parts: vec![Part::Text(INPUT.to_owned())] };
        let outcome = agent.rak_agent_entry().call_run(&mut store, &input).await?;
        let outcome = outcome.ok().context("the agent failed")?;
        let parts = outcome.content.map(|content| content.parts).unwrap_or_default();
        ensure!(matches!(parts.as_slice(), [Part::Text(text)] if text == ANSWER), "the answer is {parts:?}");
        ensure!(store.data().emissions == 2, "there are {} deltas", store.data().emissions);
        Ok(())
    }
}
