//! The attribute macro of `rak-sdk`. Use it as `#[rak::agent]`.

mod args;
mod expand;

use proc_macro::TokenStream;

/// Makes a component out of an agent.
///
/// It goes on one item of a crate, which stays as it is, and beside it exports the agent from the component. In a native
/// build nothing is exported, and the item can be given to `rak::testing::FakeHost::run`.
///
/// # On a function
///
/// ```ignore
/// #[rak::agent]
/// fn run(cx: &Context, input: String) -> Result<String, Failure> {
///     Ok(input)
/// }
/// ```
///
/// It takes a `&Context` and anything that is `FromInput`, and returns anything that is `IntoOutcome`. The arguments say
/// what the agent is:
///
/// - `name`, `description`, `version`: a `&str` each; otherwise the crate's own, from its `Cargo.toml`.
/// - `describe`: the path of a `fn() -> Descriptor` that says all of it, in place of these three.
///
/// # On a type
///
/// ```ignore
/// #[rak::agent]
/// impl Agent for MyAgent {
///     // `describe` and `run`
/// }
/// ```
///
/// On the `impl` of `Agent`, or on the type itself where the `impl` is elsewhere. Its `describe` says what it is.
///
/// # On both
///
/// `crate = some::path` says where the SDK is, if not at `::rak`.
#[proc_macro_attribute]
pub fn agent(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::agent(args.into(), &item.into()).into()
}
