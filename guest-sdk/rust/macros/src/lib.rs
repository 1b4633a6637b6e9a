//! The macros of `rak-sdk`. Use them as `#[rak::agent]`, `#[rak::tool]` and `#[derive(rak::Schema)]`.

mod args;
mod case;
mod docs;
mod expand;
mod schema;
mod serde;
mod tool;

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

/// Lets a model call a function: `LlmAgent::with_tools(rak::tools![…])`.
///
/// ```ignore
/// /// Tells the weather of a city.
/// #[rak::tool]
/// fn weather(
///     cx: &Context,
///     /// The city, for example `Rome`.
///     city: String,
///     days: Option<u8>,
/// ) -> Result<String, Failure> {
///     // …
/// }
/// ```
///
/// The function stays as it is. The model reads its name, its doc comment and those of its parameters, and gives the
/// arguments: a type of each that is `Schema` and `DeserializeOwned`; an `Option` may be left out. A `&Context` among them is the
/// agent's own. It returns anything that is `IntoResponse`; a failure is told to the model, which may try something else.
///
/// - `name = "…"` is what the model calls it, if not the function's name.
/// - `crate = some::path` says where the SDK is, if not at `::rak`.
#[proc_macro_attribute]
pub fn tool(args: TokenStream, item: TokenStream) -> TokenStream {
    tool::tool(args.into(), &item.into()).into()
}

/// Implements `Schema`: the JSON Schema of what serde reads a type from.
///
/// ```ignore
/// /// A ticket for the team that answers.
/// #[derive(serde::Deserialize, rak::Schema)]
/// struct Ticket {
///     /// One of the teams.
///     team: Team,
///     note: Option<String>,
/// }
/// ```
///
/// It goes on a struct with named fields, on one with a single field without a name, and on an enum of names alone. Doc comments are
/// descriptions, and `#[serde(rename, rename_all, default, skip)]` are followed; what changes the shape otherwise is refused.
/// `#[rak(crate = some::path)]` says where the SDK is, if not at `::rak`.
#[proc_macro_derive(Schema, attributes(rak, serde))]
pub fn schema(item: TokenStream) -> TokenStream {
    schema::derive(item.into()).into()
}
