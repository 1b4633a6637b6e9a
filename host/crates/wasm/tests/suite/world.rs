//! The world outside the hosts: tools, and what was done with them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use rak_core::{Failure, FailureKind, ToolAnswer, ToolCall, ToolHints, ToolSpec, Toolbox};
use serde_json::{Value, json};
use tokio::sync::watch;

/// What stays when a host ends.
#[derive(Default)]
pub(crate) struct World {
    calls: Mutex<Vec<Called>>,
    /// Whether `waits` and `writes_slowly` may answer.
    open: watch::Sender<bool>,
}

/// A call that came.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Called {
    pub(crate) name: String,
    pub(crate) args: Value,
    pub(crate) key: String,
}

impl World {
    fn calls(&self) -> MutexGuard<'_, Vec<Called>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn called(&self) -> Vec<Called> {
        self.calls().clone()
    }

    /// How often each tool was called.
    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        self.calls().iter().fold(BTreeMap::new(), |mut counts, call| {
            *counts.entry(call.name.clone()).or_default() += 1;
            counts
        })
    }

    /// What waits may answer from now on.
    pub(crate) fn let_answer(&self) {
        self.open.send_replace(true);
    }
}

/// The world, as a host reaches it.
pub(crate) struct Tools(pub(crate) std::sync::Arc<World>);

const READ_ONLY: ToolHints = ToolHints {
    read_only: true,
    destructive: false,
    idempotent: false,
    open_world: false,
    needs_approval: false,
};
const WRITES: ToolHints = ToolHints { read_only: false, destructive: true, ..READ_ONLY };

#[async_trait]
impl Toolbox for Tools {
    fn specs(&self) -> Vec<ToolSpec> {
        let spec = |name: &str, hints| ToolSpec {
            name: name.into(),
            description: format!("It {name}."),
            parameters: json!({"type": "object", "properties": {"n": {"type": "integer"}}}),
            hints,
        };
        vec![
            spec("asks", ToolHints { needs_approval: true, ..WRITES }),
            spec("fails", READ_ONLY),
            spec("looks", READ_ONLY),
            spec("puts", ToolHints { idempotent: true, ..WRITES }),
            spec("waits", READ_ONLY),
            spec("writes", WRITES),
            spec("writes_slowly", WRITES),
        ]
    }

    fn asks_before(&self, name: &str) -> bool {
        name == "agent.second"
    }

    async fn call(&self, call: ToolCall) -> Result<ToolAnswer, Failure> {
        let ToolCall { name, args, idempotency_key: key, .. } = call;
        self.0.calls().push(Called { name: name.clone(), args: args.clone(), key });
        match name.as_str() {
            "fails" => Ok(ToolAnswer { response: json!({"error": "as asked"}), failed: true }),
            "waits" | "writes_slowly" => {
                let _ = self.0.open.subscribe().wait_for(|open| *open).await;
                Ok(ToolAnswer { response: json!({"did": args}), failed: false })
            }
            "nowhere" => Err(Failure::new(FailureKind::NotFound, "no such tool")),
            _ => Ok(ToolAnswer { response: json!({"did": args}), failed: false }),
        }
    }
}
