//! What `#[derive(rak::Schema)]` makes of a type: the JSON Schema of what serde reads it from.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Data, DataEnum, DeriveInput, Error, Fields, FieldsNamed, Path, Result, parse_quote};

use crate::docs;
use crate::serde::Serde;

/// The whole macro.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    syn::parse2(item).and_then(|item| implementation(&item)).unwrap_or_else(Error::into_compile_error)
}

fn implementation(item: &DeriveInput) -> Result<TokenStream> {
    if !item.generics.params.is_empty() {
        return Err(Error::new_spanned(&item.generics, "no schema can be derived for a generic type"));
    }
    let sdk = sdk(&item.attrs)?;
    let description = docs::text(&item.attrs);
    let container = Serde::read(&item.attrs)?;
    let schema = match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => object(&sdk, &description, &container, fields)?,
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                let inner = fields.unnamed.iter().map(|field| &field.ty);
                quote!(#sdk::__private::described(#(<#inner as #sdk::Schema>::schema())*, #description))
            }
            fields => return Err(Error::new_spanned(fields_or_name(fields, item), NO_SHAPE)),
        },
        Data::Enum(data) => words(&sdk, &description, &container, data)?,
        Data::Union(_) => return Err(Error::new_spanned(&item.ident, NO_SHAPE)),
    };
    let name = &item.ident;
    Ok(quote! {
        impl #sdk::Schema for #name {
            fn schema() -> #sdk::__private::Value {
                #schema
            }
        }
    })
}

const NO_SHAPE: &str = "a schema can be derived for a struct with named fields or one field without a name, and for an \
                        enum of names alone: implement `Schema` for the type";

/// An object, with what each field is.
fn object(sdk: &Path, description: &str, container: &Serde, fields: &FieldsNamed) -> Result<TokenStream> {
    let mut properties = Vec::new();
    for field in &fields.named {
        let told = Serde::read(&field.attrs)?;
        if told.skip {
            continue;
        }
        let ident = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        let ident = ident.strip_prefix("r#").unwrap_or(&ident);
        let name = told.rename.unwrap_or_else(|| {
            container.rename_all.map_or_else(|| ident.to_owned(), |case| case.of_field(ident))
        });
        let (ty, docs) = (&field.ty, docs::text(&field.attrs));
        let default = told.default || container.default;
        properties.push(quote_spanned!(ty.span()=> .with::<#ty>(#name, #docs, #default)));
    }
    Ok(quote!(#sdk::__private::ObjectSchema::new(#description) #(#properties)* .build()))
}

/// One of several words.
fn words(sdk: &Path, description: &str, container: &Serde, data: &DataEnum) -> Result<TokenStream> {
    let mut words = Vec::new();
    for variant in &data.variants {
        let told = Serde::read(&variant.attrs)?;
        if told.skip {
            continue;
        }
        if !matches!(variant.fields, Fields::Unit) {
            return Err(Error::new_spanned(variant, NO_SHAPE));
        }
        let ident = variant.ident.to_string();
        words.push(told.rename.unwrap_or_else(|| {
            container.rename_all.map_or_else(|| ident.clone(), |case| case.of_variant(&ident))
        }));
    }
    Ok(quote!(#sdk::__private::words(#description, &[#(#words),*])))
}

/// Where the SDK is: `#[rak(crate = path)]`, if not at `::rak`.
fn sdk(attributes: &[Attribute]) -> Result<Path> {
    let mut sdk = parse_quote!(::rak);
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("rak")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("crate") {
                sdk = meta.value()?.parse()?;
                Ok(())
            } else {
                Err(meta.error("this is not an argument of `rak`: use `crate`"))
            }
        })?;
    }
    Ok(sdk)
}

/// What to underline where the fields are not what a schema can be made of.
fn fields_or_name(fields: &Fields, item: &DeriveInput) -> TokenStream {
    let name = &item.ident;
    if fields.is_empty() { quote!(#name) } else { quote!(#fields) }
}

#[cfg(test)]
mod tests;
