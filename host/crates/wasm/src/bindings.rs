//! The only `bindgen!`: the contract as Rust types and traits.

#[allow(unreachable_pub, clippy::pedantic, clippy::indexing_slicing, reason = "generated code")]
mod generated {
    wasmtime::component::bindgen!({
        path: "../../../wit",
        world: "agent",
        imports: {
            // What answers at once stays a plain function: no future is made for it.
            "rak:agent/context": trappable,
            "rak:agent/log": trappable,
            "rak:agent/session.get": trappable,
            "rak:agent/session.set": trappable,
            "rak:agent/session.remove": trappable,
            "rak:agent/session.keys": trappable,
            "rak:agent/wait.timer": trappable,
            default: async | trappable,
        },
        exports: { default: async },
        require_store_data_send: true,
        with: {
            "rak:agent/wait.waitable": crate::capabilities::wait::Waitable,
            "rak:agent/agents.child": crate::capabilities::agents::Child,
            "rak:agent/tools.running": crate::capabilities::tools::Running,
            "rak:agent/http.exchange": crate::capabilities::http::Exchange,
            "rak:agent/models.completion": crate::capabilities::models::Completion,
        },
    });
}

pub(crate) use generated::exports::rak::agent::entry;
pub(crate) use generated::rak::agent::{
    agents, artifacts, common, context, events, http, log, models, people, session, tools, wait,
};
pub(crate) use generated::{Agent, AgentPre};
