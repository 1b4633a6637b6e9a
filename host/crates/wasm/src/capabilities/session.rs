//! `session`: the conversation so far, and the state kept with it.

use rak_core::{Failure, FailureKind, RunHost};
use serde_json::Value;
use std::sync::Arc;

use crate::bindings::{common, session};
use crate::capabilities::answer;
use crate::convert;
use crate::gate::{Cost, Refusal};
use crate::state::GuestState;

impl session::Host for GuestState {
    async fn history(
        &mut self,
        before: Option<u64>,
        limit: u32,
    ) -> wasmtime::Result<Result<session::Page, common::Failure>> {
        let host = self.host();
        let read = async {
            let host = host.map_err(|_| Failure::new(FailureKind::Denied, "there is no run"))?;
            host.history(before, limit as usize).await
        };
        let page = self.gate.pass(Cost::default(), read).await;
        answer(page.map(convert::history_to_wit))
    }

    fn get(&mut self, key: String) -> wasmtime::Result<Result<Option<String>, common::Failure>> {
        let value = self.admitted(Cost::default()).and_then(|host| Ok(host.state(&key)?));
        answer(value.map(|value| value.map(|value| value.to_string())))
    }

    fn set(&mut self, key: String, value: String) -> wasmtime::Result<Result<(), common::Failure>> {
        let cost = Cost { state_bytes: (key.len() + value.len()) as u64, ..Cost::default() };
        let result = self.admitted(cost).and_then(|host| {
            let value: Value = convert::json_from_wit(&value, "the value")?;
            Ok(host.set_state(&key, value)?)
        });
        answer(result)
    }

    fn remove(&mut self, key: String) -> wasmtime::Result<Result<(), common::Failure>> {
        answer(self.admitted(Cost::default()).and_then(|host| Ok(host.set_state(&key, Value::Null)?)))
    }

    fn keys(&mut self, prefix: String) -> wasmtime::Result<Result<Vec<String>, common::Failure>> {
        answer(self.admitted(Cost::default()).and_then(|host| Ok(host.state_keys(&prefix)?)))
    }
}

impl GuestState {
    /// The run, for a call that is answered at once.
    fn admitted(&self, cost: Cost) -> Result<Arc<dyn RunHost>, Refusal> {
        self.gate.admit(cost)?;
        self.host()
    }
}
