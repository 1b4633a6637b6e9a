//! What one run of a guest may use.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use wasmtime::ResourceLimiter;

/// A limit that asks for more than the host gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("limits.{limit} is {wanted}, and this host allows {allowed}")]
pub struct LimitTooHigh {
    /// Its name.
    pub limit: &'static str,
    /// What was asked for.
    pub wanted: u64,
    /// What there is.
    pub allowed: u64,
}

macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident: $kind:ty = $default:expr,)*) => {
        /// The limits of one run. [`Default`] gives the numbers that each field names.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Limits {
            $($(#[$doc])* pub $field: $kind,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        /// Some limits of one agent; those it leaves out are the host's.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct LimitsOverride {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$kind>,)*
        }

        impl LimitsOverride {
            /// The host's limits with these in their place.
            #[must_use]
            pub fn over(self, host: Limits) -> Limits {
                Limits { $($field: self.$field.unwrap_or(host.$field),)* }
            }

            /// The same, where none of them is higher than the host's.
            pub fn within(self, host: Limits) -> Result<Limits, LimitTooHigh> {
                $(if let Some(wanted) = self.$field.filter(|wanted| *wanted > host.$field) {
                    return Err(LimitTooHigh {
                        limit: stringify!($field),
                        wanted: wanted.into(),
                        allowed: host.$field.into(),
                    });
                })*
                Ok(self.over(host))
            }
        }
    };
}

limits! {
    /// Linear memory and tables together, in bytes: 256 MiB. A Python or JavaScript guest needs 20 to 40 of them.
    memory_bytes: u64 = 256 << 20,
    /// Memories of all modules in the component together: 8.
    memories: u32 = 8,
    /// Tables likewise: 64. A stubbed Python guest has one for each of its modules.
    tables: u32 = 64,
    /// Core instances likewise: 64. Python has up to 38.
    instances: u32 = 64,
    /// Time on a processor, in milliseconds: 5 minutes.
    cpu_time_ms: u64 = 5 * 60 * 1000,
    /// Time from admission to the end, in milliseconds: 1 hour. While a durable run is put away, it does not count.
    wall_time_ms: u64 = 60 * 60 * 1000,
    /// Calls that the journal of a durable run may hold: 50 000.
    journal_entries: u64 = 50_000,
    /// Their size, in bytes: 50 MB.
    journal_bytes: u64 = 50_000_000,
    /// Bytes that one call may hand to the host: 16 MiB.
    host_call_bytes: u64 = 16 << 20,
    /// Calls to the host: 10 million.
    host_calls: u64 = 10_000_000,
    /// Events, stored or only sent: 100 000.
    events: u64 = 100_000,
    /// The text and data of all events together, in bytes: 64 MiB.
    events_bytes: u64 = 64 << 20,
    /// One event, in bytes: 4 MiB.
    event_bytes: u64 = 4 << 20,
    /// What it may write to its output and error output together, in bytes: 4 MiB.
    output_bytes: u64 = 4 << 20,
    /// Lines it may write to the host's log: 10 000. Later ones are dropped.
    log_lines: u64 = 10_000,
    /// State it may set, in bytes of JSON over all calls: 16 MiB.
    state_bytes: u64 = 16 << 20,
    /// Tokens that models may read and write for it: 10 million. With the one that goes past it they are asked no more.
    model_tokens: u64 = 10_000_000,
}

impl Limits {
    /// What `describe` may use when a component is loaded: enough for a Python interpreter to start.
    pub(crate) fn for_describe(self) -> Self {
        Self { cpu_time_ms: 2_000, wall_time_ms: 5_000, output_bytes: 64 << 10, ..self }
    }

    pub(crate) fn cpu_time(&self) -> Duration {
        Duration::from_millis(self.cpu_time_ms)
    }

    pub(crate) fn wall_time(&self) -> Duration {
        Duration::from_millis(self.wall_time_ms)
    }
}

/// Counts memory as the guest grows; outlives the store, so that the peak can be read when it is gone.
#[derive(Clone, Default)]
pub(crate) struct MemoryGauge {
    inner: Arc<Gauge>,
}

#[derive(Default)]
struct Gauge {
    current: AtomicU64,
    peak: AtomicU64,
    refused: AtomicBool,
}

impl MemoryGauge {
    pub(crate) fn peak(&self) -> u64 {
        self.inner.peak.load(Ordering::Relaxed)
    }

    /// Whether the guest was refused memory. What it does then is its own affair, but a trap that follows is most
    /// likely for that reason.
    pub(crate) fn was_refused(&self) -> bool {
        self.inner.refused.load(Ordering::Relaxed)
    }
}

/// The store's limiter: all memories and tables of the run together.
pub(crate) struct MemoryLimiter {
    limits: Limits,
    gauge: MemoryGauge,
}

impl MemoryLimiter {
    pub(crate) fn new(limits: Limits, gauge: MemoryGauge) -> Self {
        Self { limits, gauge }
    }

    fn grow(&self, bytes: usize) -> bool {
        let gauge = &self.gauge.inner;
        let current = gauge.current.load(Ordering::Relaxed).saturating_add(bytes as u64);
        if current > self.limits.memory_bytes {
            gauge.refused.store(true, Ordering::Relaxed);
            return false;
        }
        gauge.current.store(current, Ordering::Relaxed);
        gauge.peak.fetch_max(current, Ordering::Relaxed);
        true
    }
}

impl ResourceLimiter for MemoryLimiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _max: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.grow(desired.saturating_sub(current)))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _max: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.grow(desired.saturating_sub(current).saturating_mul(size_of::<usize>())))
    }

    fn instances(&self) -> usize {
        self.limits.instances as usize
    }

    fn tables(&self) -> usize {
        self.limits.tables as usize
    }

    fn memories(&self) -> usize {
        self.limits.memories as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_and_tables_are_counted_together() {
        let gauge = MemoryGauge::default();
        let mut limiter =
            MemoryLimiter::new(Limits { memory_bytes: 1000, ..Limits::default() }, gauge.clone());
        assert!(limiter.memory_growing(0, 600, None).unwrap());
        assert!(limiter.table_growing(0, 50, None).unwrap());
        assert!(!gauge.was_refused());
        assert!(!limiter.memory_growing(600, 601, None).unwrap());
        assert!(gauge.was_refused());
        assert_eq!(gauge.peak(), 1000);
    }
}
