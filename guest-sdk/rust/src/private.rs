//! What the expansions of the macros name. Not for authors, and without any promise.

#[cfg(target_family = "wasm")]
pub use crate::guest::{Exported, bindings};

pub use serde_json::Value;

pub use crate::function::{Args, AsFunction};
pub use crate::schema::{ObjectSchema, described, words};

/// Exports an agent from the component.
#[cfg(target_family = "wasm")]
#[doc(hidden)]
#[macro_export]
macro_rules! __export_agent {
    ($agent:ty) => {
        const _: () = {
            type Exported = $crate::__private::Exported<$agent>;
    $crate::__private::bindings::export_agent!(Exported with_types_in $crate::__private::bindings);
        };
    };
}

/// Natively there is nothing to export to; naming the two functions checks the agent and keeps it from being dead code.
#[cfg(not(target_family = "wasm"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __export_agent {
    ($agent:ty) => {
        const _: fn() -> $crate::Descriptor = <$agent as $crate::Agent>::describe;
        const _: fn(
            &$crate::Context,
            $crate::Content,
        ) -> ::core::result::Result<$crate::Outcome, $crate::Failure> = <$agent as $crate::Agent>::run;
    };
}
