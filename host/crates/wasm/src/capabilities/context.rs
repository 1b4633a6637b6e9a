//! `context`: who is asking, and what is left.

use crate::bindings::context::{Host, Info};
use crate::state::GuestState;

impl Host for GuestState {
    fn get(&mut self) -> wasmtime::Result<Info> {
        self.gate.count()?;
        let Some(host) = &self.host else { return Ok(nobody()) };
        let info = host.info();
        Ok(Info {
            invocation_id: info.id.to_string(),
            session_id: info.session.session_id.to_string(),
            user_id: info.session.user_id.to_string(),
            agent: info.session.app_name.to_string(),
            agent_version: info.agent_version.clone(),
            attempt: self.gate.attempt(info.attempt)?,
            parent_id: info.parent.map(|parent| parent.to_string()),
            traceparent: None,
            extra: None,
        })
    }

    fn config(&mut self, key: String) -> wasmtime::Result<Option<String>> {
        self.gate.count()?;
        Ok(self.config.get(&key).map(ToString::to_string))
    }

    fn config_keys(&mut self) -> wasmtime::Result<Vec<String>> {
        self.gate.count()?;
        let mut keys: Vec<_> = self.config.keys().cloned().collect();
        keys.sort_unstable();
        Ok(keys)
    }

    fn is_cancelled(&mut self) -> wasmtime::Result<bool> {
        Ok(self.gate.tells_cancelled()?)
    }

    fn remaining_ms(&mut self) -> wasmtime::Result<Option<u64>> {
        Ok(self.gate.remaining_ms()?)
    }
}

/// While a component describes itself there is no run to tell of.
fn nobody() -> Info {
    Info {
        invocation_id: String::new(),
        session_id: String::new(),
        user_id: String::new(),
        agent: String::new(),
        agent_version: String::new(),
        attempt: 0,
        parent_id: None,
        traceparent: None,
        extra: None,
    }
}
