//! The clock of fairness: bumps the engines' epochs while guests run, and sleeps while none does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::Thread;
use std::time::Duration;

use wasmtime::EngineWeak;

/// A guest looks at its token and its time this often.
pub(crate) const TICK: Duration = Duration::from_millis(1);
/// After this many ticks without a guest on a processor the thread parks: an idle host costs nothing, and a busy one
/// does not wake it for every run.
const IDLE_TICKS: u32 = 50;

/// Tells the ticker that a guest is on a processor.
#[derive(Clone)]
pub(crate) struct Ticker {
    shared: Arc<Shared>,
    thread: Thread,
}

#[derive(Default)]
struct Shared {
    running: AtomicUsize,
    parked: AtomicBool,
}

impl Ticker {
    /// Starts the thread. It ends by itself soon after the engines are gone.
    pub(crate) fn start(engines: Vec<EngineWeak>) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let seen = shared.clone();
        let thread =
            std::thread::Builder::new().name("rak-epoch".into()).spawn(move || tick(&engines, &seen))?;
        Ok(Self { shared, thread: thread.thread().clone() })
    }

    /// A guest is on a processor until the answer is dropped.
    pub(crate) fn running(&self) -> Running<'_> {
        self.shared.running.fetch_add(1, Ordering::SeqCst);
        if self.shared.parked.load(Ordering::SeqCst) {
            self.thread.unpark();
        }
        Running(&self.shared)
    }
}

pub(crate) struct Running<'a>(&'a Shared);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

fn tick(engines: &[EngineWeak], shared: &Shared) {
    /// How often a parked thread looks whether its engine still exists.
    const CHECK: Duration = Duration::from_secs(5);
    let mut idle = 0;
    loop {
        std::thread::sleep(TICK);
        let alive = engines.iter().filter_map(EngineWeak::upgrade).map(|engine| engine.increment_epoch());
        if alive.count() == 0 {
            return;
        }
        idle = if shared.running.load(Ordering::SeqCst) == 0 { idle + 1 } else { 0 };
        if idle >= IDLE_TICKS {
            shared.parked.store(true, Ordering::SeqCst);
            // Looked at again after the flag is set: a guest that began in between has either been counted or sees it.
            if shared.running.load(Ordering::SeqCst) == 0 {
                std::thread::park_timeout(CHECK);
            }
            shared.parked.store(false, Ordering::SeqCst);
            idle = 0;
        }
    }
}
