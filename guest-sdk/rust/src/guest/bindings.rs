//! The only bindings of the contract. Nothing outside `guest` names them but the `export` macro.
#![allow(
    missing_docs,
    unsafe_code,
    unreachable_pub,
    dead_code,
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "generated: the component ABI is unsafe by nature, and its style is the generator's"
)]

wit_bindgen::generate!({
    path: "../../wit",
    world: "agent",
    pub_export_macro: true,
    export_macro_name: "export_agent",
});
