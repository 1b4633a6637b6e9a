//! What serde is told of a type, a field or a variant, as far as a schema has to follow it.

use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, LitStr, Result};

use crate::case::Case;

/// What serde is told.
#[derive(Default)]
pub(crate) struct Serde {
    pub(crate) rename: Option<String>,
    pub(crate) rename_all: Option<Case>,
    /// It may be left out.
    pub(crate) default: bool,
    /// It is never read.
    pub(crate) skip: bool,
}

impl Serde {
    /// Reads the attributes. One that changes the shape in a way that a schema does not follow is an error.
    pub(crate) fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut read = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            attribute.parse_nested_meta(|meta| read.read_one(&meta))?;
        }
        Ok(read)
    }

    fn read_one(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
        match name.as_str() {
            "rename" => self.rename = Some(meta.value()?.parse::<LitStr>()?.value()),
            "rename_all" => {
                let case: LitStr = meta.value()?.parse()?;
                self.rename_all = Case::named(&case.value());
            }
            "default" => {
                self.default = true;
                skip_value(meta)?;
            }
            "skip" | "skip_deserializing" => self.skip = true,
            "transparent" => {}
            // What only says how it is written, or what else is read.
            "alias"
            | "borrow"
            | "bound"
            | "crate"
            | "deny_unknown_fields"
            | "expecting"
            | "into"
            | "serialize_with"
            | "skip_serializing"
            | "skip_serializing_if" => skip_value(meta)?,
            _ => {
                let message =
                    format!("no schema can be derived with `{name}`: implement `Schema` for the type");
                return Err(meta.error(message));
            }
        }
        Ok(())
    }
}

fn skip_value(meta: &ParseNestedMeta<'_>) -> Result<()> {
    if meta.input.peek(syn::Token![=]) {
        meta.value()?.parse::<Expr>()?;
    }
    Ok(())
}
