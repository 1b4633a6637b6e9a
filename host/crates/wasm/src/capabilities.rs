//! The interfaces a guest may import, one file each.
//!
//! A capability says what a call costs and what its effect is; the [`gate`](crate::gate) does the rest.

pub(crate) mod agents;
pub(crate) mod artifacts;
pub(crate) mod clocks;
pub(crate) mod context;
pub(crate) mod events;
pub(crate) mod http;
pub(crate) mod log;
pub(crate) mod models;
pub(crate) mod people;
pub(crate) mod session;
pub(crate) mod tools;
pub(crate) mod wait;
pub(crate) mod wasi_http;

use rak_core::{Failure, FailureKind};
use wasmtime::component::{HasSelf, Linker};
use wasmtime_wasi::p2::bindings::clocks::{monotonic_clock, wall_clock};
use wasmtime_wasi::p2::bindings::io::poll;

use crate::bindings::{Agent, common};
use crate::convert;
use crate::gate::Refusal;
use crate::state::GuestState;

/// Links the contract and all of WASI 0.2: components of some languages import all of it, whether they use it or not.
pub(crate) fn link(linker: &mut Linker<GuestState>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)?;
    // What tells time or reaches others is the run's own, so that it can be repeated.
    linker.allow_shadowing(true);
    wall_clock::add_to_linker::<_, HasSelf<GuestState>>(linker, |state| state)?;
    monotonic_clock::add_to_linker::<_, HasSelf<GuestState>>(linker, |state| state)?;
    poll::add_to_linker::<_, HasSelf<GuestState>>(linker, |state| state)?;
    wasi_http::link(linker)?;
    linker.allow_shadowing(false);
    Agent::add_to_linker::<_, HasSelf<GuestState>>(linker, |state| state)
}

impl common::Host for GuestState {}

/// Whether a call failed because the run is being stopped, whatever it asked for.
fn is_of_the_run(failure: &Failure) -> bool {
    failure.details.is_none()
        && matches!(failure.kind, FailureKind::Cancelled | FailureKind::DeadlineExceeded)
}

/// The answer of a host function: what the guest sees inside, what ends the guest outside.
fn answer<T>(result: Result<T, Refusal>) -> wasmtime::Result<Result<T, common::Failure>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Refusal::Failure(failure)) => Ok(Err(convert::failure_to_wit(failure))),
        Err(Refusal::Stop(stop)) => Err(wasmtime::Error::new(stop)),
    }
}
