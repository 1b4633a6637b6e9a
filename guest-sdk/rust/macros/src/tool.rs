//! What `#[rak::tool]` turns a function into: itself, and beside it a type of the same name that knows how a model calls it.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::Parser as _;
use syn::spanned::Spanned;
use syn::{Error, FnArg, Ident, ItemFn, LitStr, Pat, PatType, Path, Result, Type, meta, parse_quote};

use crate::docs;

/// The whole macro. The function is always kept, even beside an error, so that one mistake is one message.
pub(crate) fn tool(args: TokenStream, item: &TokenStream) -> TokenStream {
    let Ok(mut function) = syn::parse2::<ItemFn>(item.clone()) else {
        let error = Error::new_spanned(first_token(item), "`tool` goes on a function");
        let error = error.into_compile_error();
        return quote!(#item #error);
    };
    let parameters: Result<Vec<Parameter>> = function.sig.inputs.iter_mut().map(Parameter::take).collect();
    let added = Args::parse(args).and_then(|args| added(&args, &function, &parameters?));
    // Its signature is the model's matter: it may have to take by value what it only reads.
    let allow = quote!(#[allow(clippy::needless_pass_by_value, clippy::unnecessary_wraps)]);
    let added = added.unwrap_or_else(Error::into_compile_error);
    quote!(#allow #function #added)
}

/// What stands between the parentheses of `#[rak::tool(…)]`.
struct Args {
    /// What the model calls it; otherwise the name of the function.
    name: Option<LitStr>,
    /// Where the SDK is.
    krate: Path,
}

impl Args {
    fn parse(tokens: TokenStream) -> Result<Self> {
        let mut args = Self { name: None, krate: parse_quote!(::rak) };
        let one = meta::parser(|meta| {
            if meta.path.is_ident("name") {
                args.name = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("crate") {
                args.krate = meta.value()?.parse()?;
            } else {
                return Err(meta.error("this is not an argument of `tool`: use `name` or `crate`"));
            }
            Ok(())
        });
        one.parse2(tokens)?;
        Ok(args)
    }
}

/// A parameter of the function.
enum Parameter {
    /// The `&Context`, which no model sees.
    Context,
    /// What a model gives.
    Argument { name: Ident, ty: Box<Type>, description: String },
}

impl Parameter {
    /// Reads a parameter, and takes its doc comments away, which have no place there in Rust itself.
    fn take(input: &mut FnArg) -> Result<Self> {
        let PatType { attrs, pat, ty, .. } = match input {
            FnArg::Typed(typed) => typed,
            FnArg::Receiver(receiver) => {
                return Err(Error::new_spanned(
                    receiver,
                    "a tool has no `self`: put `tool` on a free function",
                ));
            }
        };
        let description = docs::text(attrs);
        attrs.retain(|attribute| !docs::is_doc(attribute));
        if let Type::Reference(reference) = &**ty {
            return if is_context(&reference.elem) {
                Ok(Self::Context)
            } else {
                Err(Error::new_spanned(
                    ty,
                    "a model gives values: take `String` for `&str`, `Vec<T>` for `&[T]`",
                ))
            };
        }
        match &**pat {
            Pat::Ident(pat) if pat.subpat.is_none() => {
                Ok(Self::Argument { name: pat.ident.clone(), ty: ty.clone(), description })
            }
            pat => Err(Error::new_spanned(pat, "the model calls an argument by its name: give it one")),
        }
    }
}

fn is_context(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Context"))
}

/// What stands after the function.
fn added(args: &Args, function: &ItemFn, parameters: &[Parameter]) -> Result<TokenStream> {
    check(function)?;
    let (vis, ident, sdk) = (&function.vis, &function.sig.ident, &args.krate);
    let name = args.name.as_ref().map_or_else(|| plain(ident), LitStr::value);
    let description = docs::text(&function.attrs);
    let schema = parameters.iter().filter_map(|parameter| match parameter {
        Parameter::Context => None,
        Parameter::Argument { name, ty, description } => {
            let name = plain(name);
            Some(quote_spanned!(ty.span()=> .with::<#ty>(#name, #description, false)))
        }
    });
    let values = parameters.iter().map(|parameter| match parameter {
        Parameter::Context => quote!(cx),
        Parameter::Argument { name, .. } => name.to_token_stream(),
    });
    let taken = parameters.iter().filter_map(|parameter| match parameter {
        Parameter::Context => None,
        Parameter::Argument { name, ty, .. } => {
            let key = plain(name);
            Some(quote_spanned!(ty.span()=> let #name = args.take::<#ty>(#key)?;))
        }
    });
    let output = match &function.sig.output {
        syn::ReturnType::Default => ident.span(),
        syn::ReturnType::Type(_, output) => output.span(),
    };
    let response = quote_spanned!(output=> #sdk::IntoResponse::into_response(answer));
    Ok(quote! {
        // In the namespace of types, where the function is not: both are found by the one name.
        #[doc(hidden)]
        #[allow(non_camel_case_types, unreachable_pub)]
        #vis enum #ident {}

        impl #sdk::__private::AsFunction for #ident {
            fn function() -> #sdk::Function<'static> {
                let parameters = #sdk::__private::ObjectSchema::new("") #(#schema)*;
                #sdk::Function::with_schema(#name, #description, parameters.build(), |cx, args| {
                    let _ = cx;
                    let mut args = #sdk::__private::Args::new(args)?;
                    #(#taken)*
                    args.finish()?;
                    let answer = #ident(#(#values),*);
                    #response
                })
            }
        }
    })
}

/// Whether it is a function that a model can call.
fn check(function: &ItemFn) -> Result<()> {
    let signature = &function.sig;
    let refuse = |at: &dyn ToTokens, message: &str| Err(Error::new_spanned(at, message));
    if let Some(asyncness) = &signature.asyncness {
        return refuse(
            asyncness,
            "a tool is not async: a call that waits suspends the agent, so drop `async`",
        );
    }
    if !matches!(signature.safety, syn::Safety::Default) {
        return refuse(&signature.safety, "a tool is a safe function");
    }
    if !signature.generics.params.is_empty() {
        return refuse(&signature.generics, "a tool is one function: it cannot be generic");
    }
    if docs::text(&function.attrs).is_empty() {
        let message = "a tool has a doc comment: it says to the model what it does, and when to use it";
        return refuse(&signature.ident, message);
    }
    Ok(())
}

/// The name without the `r#` of one that is a keyword.
fn plain(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
}

/// The first token of an item, which is enough to underline.
fn first_token(item: &TokenStream) -> TokenStream {
    item.clone().into_iter().take(1).collect()
}

#[cfg(test)]
mod tests;
