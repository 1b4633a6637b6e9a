//! `events`: what the client sees.

use rak_core::{Emission, Failure, Part};

use crate::bindings::{common, events};
use crate::capabilities::answer;
use crate::convert;
use crate::gate::{Cost, Refusal};
use crate::state::GuestState;
use crate::timeline::Call;

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
        let Some(host) = self.host.clone() else {
            self.gate.admit(cost)?;
            return Ok(0);
        };
        if emissions.iter().any(Emission::is_stored) {
            let call = Call::new("events.emit", shown(&emissions), &emissions);
            self.last_seq = self.gate.emit(call, cost, host.as_ref(), emissions).await?;
        } else if self.gate.timeline.is_replaying() {
            // It was sent when the run came here first.
            self.gate.admit(cost)?;
            host.emits_again(&emissions);
        } else {
            self.last_seq = self.gate.pass(cost, host.emit(emissions)).await?;
        }
        Ok(self.last_seq)
    }
}

/// What is emitted, for a person.
fn shown(emissions: &[Emission]) -> String {
    let text = emissions.iter().find_map(|emission| match emission {
        Emission::Content(content) => content.parts.iter().find_map(|part| match part {
            Part::Text(text) => Some(format!("{text:?}")),
            _ => None,
        }),
        Emission::Custom(custom) => Some(custom.name.clone()),
        _ => None,
    });
    text.unwrap_or_default()
}
