//! The macro over token streams. That the expansion compiles is tested where it is used: `guest-sdk/rust/tests`.

use proc_macro2::TokenStream;

fn expand(item: &str) -> String {
    super::derive(item.parse::<TokenStream>().unwrap()).to_string()
}

#[track_caller]
fn refuses(item: &str, message: &str) {
    let expanded = expand(item);
    assert!(expanded.contains("compile_error") && expanded.contains(message), "{expanded}");
}

#[test]
fn fields_have_the_names_that_serde_reads() {
    let expanded = expand(
        r#"#[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Order {
            /// How many.
            item_count: u32,
            #[serde(rename = "to")]
            r#final: String,
            #[serde(default = "none", alias = "b")]
            note: String,
            #[serde(skip)]
            seen: bool,
        }"#,
    );
    assert!(expanded.contains(r#". with :: < u32 > ("itemCount" , "How many." , false)"#), "{expanded}");
    assert!(expanded.contains(r#". with :: < String > ("to" , "" , false)"#), "{expanded}");
    assert!(expanded.contains(r#". with :: < String > ("note" , "" , true) . build ()"#), "{expanded}");
}

#[test]
fn variants_are_words() {
    let expanded = expand(
        r#"#[serde(rename_all = "kebab-case")] enum Size { ExtraLarge, #[serde(rename = "s")] Small }"#,
    );
    assert!(expanded.contains(r#"words ("" , & ["extra-large" , "s"])"#), "{expanded}");
}

#[test]
fn a_newtype_is_what_is_in_it_and_the_crate_can_have_another_name() {
    let expanded = expand("/// In metres.\n#[rak(crate = crate::sdk)] struct Length(f64);");
    let inner = "crate :: sdk :: __private :: described (< f64 as crate :: sdk :: Schema > :: schema () , \"In metres.\")";
    assert!(expanded.contains(inner), "{expanded}");
}

#[test]
fn what_has_no_simple_shape_is_refused() {
    refuses("struct A<T> { a: T }", "generic");
    refuses("struct A;", "implement `Schema`");
    refuses("struct A(u8, u8);", "implement `Schema`");
    refuses("enum A { B(u8) }", "implement `Schema`");
    refuses("union A { b: u8 }", "implement `Schema`");
    refuses("struct A { #[serde(flatten)] b: B }", "no schema can be derived with `flatten`");
    refuses("#[rak(carte = x)] struct A { b: B }", "use `crate`");
}
