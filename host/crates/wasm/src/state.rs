//! What the store of one run holds.

use std::sync::Arc;

use rak_core::RunHost;
use serde_json::Value;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::capabilities::http::NoHttp;
use crate::component_agent::Template;
use crate::gate::{Gate, Refusal};
use crate::limits::MemoryLimiter;
use crate::output::{Channel, Output};

/// The largest number of streams, pollables and timers a guest may hold.
const MAX_RESOURCES: usize = 10_000;

pub(crate) struct GuestState {
    /// The run; absent while the component describes itself.
    pub(crate) host: Option<Arc<dyn RunHost>>,
    pub(crate) gate: Gate,
    pub(crate) config: Arc<serde_json::Map<String, Value>>,
    pub(crate) limiter: MemoryLimiter,
    pub(crate) table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    no_http: NoHttp,
}

impl GuestState {
    pub(crate) fn new(
        host: Option<Arc<dyn RunHost>>,
        gate: Gate,
        template: &Template,
        limiter: MemoryLimiter,
        output: &Output,
    ) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(MAX_RESOURCES);
        // All of WASI is there, and none of it leads anywhere: no folder, no argument, no address, and no variable but
        // those of the manifest.
        let mut wasi = WasiCtx::builder();
        for (name, value) in template.environment.iter() {
            wasi.env(name, value);
        }
        let wasi = wasi
            .stdout(output.sink(Channel::Out))
            .stderr(output.sink(Channel::Err))
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false)
            .build();
        let config = template.config.clone();
        Self { host, gate, config, limiter, table, wasi, http: WasiHttpCtx::new(), no_http: NoHttp }
    }

    /// The run, for a call that passed the gate.
    pub(crate) fn host(&self) -> Result<Arc<dyn RunHost>, Refusal> {
        self.host.clone().ok_or_else(|| {
            Refusal::Failure(rak_core::Failure::new(rak_core::FailureKind::Denied, "there is no run"))
        })
    }
}

impl WasiView for GuestState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for GuestState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.no_http, table: &mut self.table, ctx: &mut self.http }
    }
}
