//! `session`: the conversation so far, and the state kept with it.

use rak_core::{Failure, FailureKind, RunHost, scope_of};
use serde_json::Value;
use std::sync::Arc;

use crate::bindings::{common, session};
use crate::capabilities::answer;
use crate::convert;
use crate::gate::{Cost, Need, Refusal};
use crate::state::GuestState;
use crate::timeline::Call;

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
        let cost = Cost { need: Need::History, ..Cost::default() };
        let page = self.gate.read_unchanging("session.history", cost, read).await;
        answer(page.map(convert::history_to_wit))
    }

    fn get(&mut self, key: String) -> wasmtime::Result<Result<Option<String>, common::Failure>> {
        let call = Call::new("session.get", &key, &key);
        let value =
            self.host().and_then(|host| self.gate.answer_now(call, for_key(&key), || host.state(&key)));
        answer(value.map(|value| value.map(|value| value.to_string())))
    }

    fn set(&mut self, key: String, value: String) -> wasmtime::Result<Result<(), common::Failure>> {
        let cost = Cost { state_bytes: (key.len() + value.len()) as u64, ..for_key(&key) };
        let result = self.admitted(cost).and_then(|host| {
            let value: Value = convert::json_from_wit(&value, "the value")?;
            Ok(host.set_state(&key, value)?)
        });
        answer(result)
    }

    fn remove(&mut self, key: String) -> wasmtime::Result<Result<(), common::Failure>> {
        answer(self.admitted(for_key(&key)).and_then(|host| Ok(host.set_state(&key, Value::Null)?)))
    }

    fn keys(&mut self, prefix: String) -> wasmtime::Result<Result<Vec<String>, common::Failure>> {
        let call = Call::new("session.keys", &prefix, &prefix);
        let keys = self
            .host()
            .and_then(|host| self.gate.answer_now(call, Cost::default(), || host.state_keys(&prefix)));
        // Of a scope that is not granted, not even the names are seen.
        let granted = |key: &String| scope_of(key).is_ok_and(|(scope, _)| self.gate.grants_state(scope));
        answer(keys.map(|keys| keys.into_iter().filter(granted).collect()))
    }
}

/// What a key needs. One that cannot be a key is refused by whoever reads it, with the reason.
fn for_key(key: &str) -> Cost {
    let need = scope_of(key).map_or(Need::Nothing, |(scope, _)| Need::State(scope));
    Cost { need, ..Cost::default() }
}

impl GuestState {
    /// The run, for a call that is answered at once.
    fn admitted(&self, cost: Cost) -> Result<Arc<dyn RunHost>, Refusal> {
        self.gate.admit(cost)?;
        self.host()
    }
}
