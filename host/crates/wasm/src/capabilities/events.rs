//! `events`: what the client sees.

use rak_core::{Emission, Failure};

use crate::bindings::{common, events};
use crate::capabilities::answer;
use crate::convert;
use crate::gate::{Cost, Refusal};
use crate::state::GuestState;

impl events::Host for GuestState {
    async fn emit(&mut self, events: Vec<events::Event>) -> wasmtime::Result<Result<u64, common::Failure>> {
        let emissions: Result<Vec<Emission>, Failure> =
            events.into_iter().map(convert::emission_from_wit).collect();
        let result = match emissions {
            Ok(emissions) => self.emit_all(emissions).await,
            Err(failure) => self.gate.admit(Cost::default()).and(Err(failure.into())),
        };
        answer(result)
    }
}

impl GuestState {
    async fn emit_all(&mut self, emissions: Vec<Emission>) -> Result<u64, Refusal> {
        let sizes = || emissions.iter().map(convert::emission_bytes);
        let cost = Cost {
            events: emissions.len() as u64,
            event_bytes: sizes().sum(),
            largest_event: sizes().max().unwrap_or(0),
            ..Cost::default()
        };
        let host = self.host.clone();
        self.gate
            .pass(cost, async move {
                match host {
                    Some(host) => host.emit(emissions).await,
                    None => Ok(0),
                }
            })
            .await
    }
}
