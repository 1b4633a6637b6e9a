//! What stands between the parentheses of `#[rak::agent(…)]`.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, Ident, Path, Result, Token};

/// The arguments, each at most once.
#[derive(Default)]
pub(crate) struct Args {
    /// A `&str`; otherwise the author's crate gives it.
    pub(crate) name: Option<Expr>,
    /// A `&str`; otherwise the author's crate gives it.
    pub(crate) description: Option<Expr>,
    /// A `&str`; otherwise the author's crate gives it.
    pub(crate) version: Option<Expr>,
    /// A `fn() -> Descriptor`.
    pub(crate) describe: Option<Path>,
    /// Where the SDK is, if not at `::rak`.
    pub(crate) krate: Option<Path>,
    /// Where the first argument stands that belongs to a function only.
    pub(crate) for_functions: Option<(Ident, Span)>,
}

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut args = Self::default();
        while !input.is_empty() {
            args.parse_one(input)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        args.check()?;
        Ok(args)
    }
}

impl Args {
    fn parse_one(&mut self, input: ParseStream<'_>) -> Result<()> {
        let key = Ident::parse_any(input)?;
        let twice = match key.to_string().as_str() {
            "name" => self.name.replace(value(input)?).is_some(),
            "description" => self.description.replace(value(input)?).is_some(),
            "version" => self.version.replace(value(input)?).is_some(),
            "describe" => self.describe.replace(value(input)?).is_some(),
            "crate" => self.krate.replace(value(input)?).is_some(),
            _ => {
                let known = "`name`, `description`, `version`, `describe` or `crate`";
                return Err(Error::new(
                    key.span(),
                    format!("`{key}` is not an argument of `agent`: use {known}"),
                ));
            }
        };
        if twice {
            return Err(Error::new(key.span(), format!("`{key}` is given twice")));
        }
        if key != "crate" && self.for_functions.is_none() {
            let span = key.span();
            self.for_functions = Some((key, span));
        }
        Ok(())
    }

    /// `describe` says everything, so nothing else may.
    fn check(&self) -> Result<()> {
        let other = [&self.name, &self.description, &self.version].into_iter().flatten().next();
        match other {
            Some(other) if self.describe.is_some() => Err(Error::new_spanned(
                other,
                "`describe` already says this: drop it here, or use `rak::descriptor!()` there",
            )),
            _ => Ok(()),
        }
    }
}

/// `= value`
fn value<T: Parse>(input: ParseStream<'_>) -> Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

#[cfg(test)]
mod tests {
    use syn::parse_str;

    use super::*;

    fn error(args: &str) -> String {
        parse_str::<Args>(args).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn all_arguments_are_optional() {
        assert!(parse_str::<Args>("").is_ok());
        let args: Args = parse_str("name = \"a\", version = env!(\"V\"), crate = crate::sdk,").unwrap();
        assert!(args.name.is_some() && args.version.is_some() && args.krate.is_some());
        assert!(args.description.is_none() && args.describe.is_none());
    }

    #[test]
    fn mistakes_are_named() {
        assert!(error("nmae = \"a\"").contains("`nmae` is not an argument"));
        assert!(error("name = \"a\", name = \"b\"").contains("`name` is given twice"));
        assert!(error("name \"a\"").contains("expected `=`"));
        assert!(error("describe = d, name = \"a\"").contains("`describe` already says this"));
    }
}
