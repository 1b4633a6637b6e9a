//! What `#[rak::agent]` turns a function, a type or an `impl` into: itself, and an export beside it.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Error, FnArg, Generics, Item, ItemFn, ItemImpl, Path, Result, Signature, Token, Type, parse_quote,
};

use crate::args::Args;

/// The whole macro. The item is always kept, even beside an error, so that one mistake is one message.
pub(crate) fn agent(args: TokenStream, item: &TokenStream) -> TokenStream {
    let added = syn::parse2(args).and_then(|args| added(&args, syn::parse2(item.clone())?));
    added.map_or_else(
        |error| {
            let error = error.into_compile_error();
            quote!(#item #error)
        },
        |added| {
            let Added { allow, export } = added;
            quote!(#allow #item #export)
        },
    )
}

/// What stands before and after the item.
struct Added {
    allow: TokenStream,
    export: TokenStream,
}

impl Added {
    /// For a type, which needs nothing before it.
    fn export(sdk: &Path, agent: &impl ToTokens) -> Self {
        Self { allow: TokenStream::new(), export: quote!(#sdk::__export_agent!(#agent);) }
    }
}

/// What is added to the item.
fn added(args: &Args, item: Item) -> Result<Added> {
    let sdk = args.krate.clone().unwrap_or_else(|| parse_quote!(::rak));
    match item {
        Item::Fn(function) => from_function(args, &sdk, &function),
        Item::Impl(block) => from_impl(args, &sdk, &block),
        Item::Struct(item) => from_type(args, &sdk, &item.ident, &item.generics),
        Item::Enum(item) => from_type(args, &sdk, &item.ident, &item.generics),
        other => Err(Error::new_spanned(
            first_token(&other),
            "`agent` goes on a function, on an `impl Agent for …`, or on a type that implements `Agent`",
        )),
    }
}

/// A hidden type that implements `Agent` by the function, and its export.
fn from_function(args: &Args, sdk: &Path, function: &ItemFn) -> Result<Added> {
    let input = input_type(&function.sig)?;
    let name = &function.sig.ident;
    let describe = describe(args, sdk);
    // The spans of the author's types, so that a type that does not fit is underlined where it stands.
    let input = quote_spanned!(input.span()=> <#input as #sdk::FromInput>::from_input(input)?);
    let output = match &function.sig.output {
        syn::ReturnType::Default => function.sig.ident.span(),
        syn::ReturnType::Type(_, output) => output.span(),
    };
    let outcome = quote_spanned!(output=> #sdk::IntoOutcome::into_outcome(outcome));
    // Its signature is the contract's matter: it may have to take by value what it only reads.
    let allow = quote!(#[allow(clippy::needless_pass_by_value, clippy::unnecessary_wraps)]);
    let export = quote! {
        const _: () = {
            struct __Agent;

            impl #sdk::Agent for __Agent {
                fn describe() -> #sdk::Descriptor {
                    #describe
                }

                fn run(
                    cx: &#sdk::Context,
                    input: #sdk::Content,
                ) -> ::core::result::Result<#sdk::Outcome, #sdk::Failure> {
                    let input = #input;
                    let outcome = #name(cx, input);
                    #outcome
                }
            }

            #sdk::__export_agent!(__Agent);
        };
    };
    Ok(Added { allow, export })
}

fn from_impl(args: &Args, sdk: &Path, block: &ItemImpl) -> Result<Added> {
    only_for_functions(args)?;
    no_generics(&block.generics)?;
    let named = |path: &Path| path.segments.last().is_some_and(|last| last.ident == "Agent");
    match &block.trait_ {
        Some((path, _)) if named(path) => {}
        _ => {
            let message = "`agent` goes on the `impl` of the trait `Agent`: write `impl rak::Agent for …`";
            return Err(Error::new_spanned(&block.self_ty, message));
        }
    }
    Ok(Added::export(sdk, &block.self_ty))
}

fn from_type(args: &Args, sdk: &Path, agent: &syn::Ident, generics: &Generics) -> Result<Added> {
    only_for_functions(args)?;
    no_generics(generics)?;
    Ok(Added::export(sdk, agent))
}

/// The body of `describe` for a function.
fn describe(args: &Args, sdk: &Path) -> TokenStream {
    if let Some(path) = &args.describe {
        return quote_spanned!(path.span()=> #path());
    }
    let name = args.name.iter().map(|name| quote_spanned!(name.span()=> .with_name(#name)));
    let description =
        args.description.iter().map(|text| quote_spanned!(text.span()=> .with_description(#text)));
    let version = args.version.iter().map(|version| quote_spanned!(version.span()=> .with_version(#version)));
    quote!(#sdk::descriptor!() #(#name)* #(#description)* #(#version)*)
}

/// The type of the second parameter, where the function is one that can be an agent.
fn input_type(signature: &Signature) -> Result<&Type> {
    let refuse = |at: &dyn ToTokens, message: &str| Err(Error::new_spanned(at, message));
    if let Some(asyncness) = &signature.asyncness {
        return refuse(asyncness, "an agent is not async: a call that waits suspends it, so drop `async`");
    }
    if !matches!(signature.safety, syn::Safety::Default) {
        return refuse(&signature.safety, "an agent is a safe function");
    }
    if let Some(abi) = &signature.abi {
        return refuse(abi, "an agent is a plain function: `agent` exports it by itself");
    }
    no_generics(&signature.generics)?;
    let parameters: Vec<_> = signature.inputs.iter().collect();
    match parameters.as_slice() {
        [FnArg::Typed(_), FnArg::Typed(input)] => Ok(&input.ty),
        [FnArg::Receiver(receiver), ..] => refuse(
            receiver,
            "an agent has no `self`: put `agent` on a free function, or on `impl Agent for …`",
        ),
        _ => refuse(&parameters_of(signature), "an agent takes two parameters: `cx: &Context` and its input"),
    }
}

/// What to underline where the parameters are wrong: they, or the name where there are none.
fn parameters_of(signature: &Signature) -> TokenStream {
    let inputs: &Punctuated<FnArg, Token![,]> = &signature.inputs;
    if inputs.is_empty() { signature.ident.to_token_stream() } else { inputs.to_token_stream() }
}

fn no_generics(generics: &Generics) -> Result<()> {
    if generics.params.is_empty() {
        Ok(())
    } else {
        Err(Error::new_spanned(generics, "an agent is one type: it cannot be generic"))
    }
}

fn only_for_functions(args: &Args) -> Result<()> {
    match &args.for_functions {
        None => Ok(()),
        Some((key, span)) => {
            let message = format!("`{key}` is for functions: `Agent::describe` of the type says it here");
            Err(Error::new(*span, message))
        }
    }
}

/// The first token of an item, which is enough to underline.
fn first_token(item: &Item) -> TokenStream {
    item.to_token_stream().into_iter().take(1).collect()
}

#[cfg(test)]
mod tests;
