//! What the store of one run holds.

use std::collections::HashMap;
use std::sync::Arc;

use chacha20::ChaCha20Rng;
use rak_core::time::UnixMicros;
use rak_core::{RunHost, Seed};
use rand_core::{Rng as _, SeedableRng as _};
use serde_json::Value;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::capabilities::http::Open;
use crate::capabilities::people::Asked;
use crate::capabilities::wasi_http::WasiHttp;
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
    /// The times that pollables of WASI wait for.
    pub(crate) timers: HashMap<u32, UnixMicros>,
    /// The number of the newest stored event.
    pub(crate) last_seq: u64,
    /// How many children were started: a run that is repeated starts the same ones under the same numbers.
    pub(crate) children: u64,
    /// How many calls of tools were planned.
    pub(crate) planned: u64,
    /// What was asked of people so far.
    pub(crate) asked: Asked,
    /// How many artifacts were saved.
    pub(crate) saved: u64,
    pub(crate) open_exchanges: Open,
    pub(crate) wasi_http: WasiHttp,
    wasi: WasiCtx,
    http: WasiHttpCtx,
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
        if let Some(journal) = gate.timeline.journal() {
            let [secure, insecure, mut seed] = streams(journal.seed());
            wasi.insecure_random_seed(u128::from(seed.next_u64()) << 64 | u128::from(seed.next_u64()));
            wasi.secure_random(secure).insecure_random(insecure);
        }
        let wasi = wasi
            .stdout(output.sink(Channel::Out))
            .stderr(output.sink(Channel::Err))
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false)
            .build();
        let config = template.config.clone();
        let wasi_http = WasiHttp::new(host.as_ref(), &gate);
        Self {
            host,
            gate,
            config,
            limiter,
            table,
            timers: HashMap::new(),
            last_seq: 0,
            children: 0,
            planned: 0,
            asked: Asked::default(),
            saved: 0,
            open_exchanges: Open::default(),
            wasi_http,
            wasi,
            http: WasiHttpCtx::new(),
        }
    }

    /// The run, for a call that passed the gate.
    pub(crate) fn host(&self) -> Result<Arc<dyn RunHost>, Refusal> {
        self.host.clone().ok_or_else(|| {
            Refusal::Failure(rak_core::Failure::new(rak_core::FailureKind::Denied, "there is no run"))
        })
    }
}

/// Random numbers that come again when the run is repeated; nobody who does not know the seed can tell them from others.
fn streams(seed: Seed) -> [ChaCha20Rng; 3] {
    [0, 1, 2].map(|stream| {
        let mut random = ChaCha20Rng::from_seed(seed);
        random.set_stream(stream);
        random
    })
}

impl WasiView for GuestState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for GuestState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.wasi_http, table: &mut self.table, ctx: &mut self.http }
    }
}
