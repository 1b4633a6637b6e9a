//! The macro over token streams. That the expansion compiles is tested where it is used: `guest-sdk/rust/tests`.

use proc_macro2::TokenStream;

fn tokens(code: &str) -> TokenStream {
    code.parse().unwrap()
}

fn expand(args: &str, item: &str) -> String {
    super::tool(tokens(args), &tokens(item)).to_string()
}

/// The function must be kept, or one mistake would become many messages.
#[track_caller]
fn refuses(args: &str, item: &str, message: &str) {
    let expanded = expand(args, item);
    assert!(expanded.contains(&tokens(item).to_string()), "the item is gone: {expanded}");
    assert!(expanded.contains("compile_error"), "not refused: {expanded}");
    assert!(expanded.contains(message), "another message: {expanded}");
}

#[test]
fn a_function_is_kept_without_the_docs_of_its_parameters() {
    let expanded = expand("", "/// Adds.\nfn add(cx: &Context, /// One.\n a: u8, b: u8) -> u8 { a + b }");
    assert!(expanded.contains("fn add (cx : & Context , a : u8 , b : u8) -> u8 { a + b }"), "{expanded}");
    assert!(expanded.contains("enum add { }"), "{expanded}");
}

#[test]
fn names_and_docs_are_what_the_model_reads() {
    let expanded = expand("", "/// Adds\n/// two numbers.\nfn add(/** One. */ a: u8, r#type: u8) {}");
    assert!(expanded.contains(r#"with_schema ("add" , "Adds\ntwo numbers.""#), "{expanded}");
    assert!(expanded.contains(r#". with :: < u8 > ("a" , "One." , false)"#), "{expanded}");
    assert!(expanded.contains(r#". with :: < u8 > ("type" , "" , false)"#), "{expanded}");
    let named = expand(r#"name = "sum", crate = crate::sdk"#, "/// Adds.\nfn add() {}");
    assert!(named.contains(r#"crate :: sdk :: Function :: with_schema ("sum""#), "{named}");
    assert!(!named.contains(":: rak"), "{named}");
}

#[test]
fn functions_that_no_model_can_call_are_refused() {
    refuses("", "fn add(a: u8) {}", "a tool has a doc comment");
    refuses("", "#[doc = \" Adds.\"] fn add(&self) {}", "no `self`");
    refuses("", "#[doc = \" Adds.\"] async fn add() {}", "drop `async`");
    refuses("", "#[doc = \" Adds.\"] unsafe fn add() {}", "a safe function");
    refuses("", "#[doc = \" Adds.\"] fn add<T>(a: T) {}", "cannot be generic");
    refuses("", "#[doc = \" Adds.\"] fn add(a: &str) {}", "take `String`");
    refuses("", "#[doc = \" Adds.\"] fn add((a, b): (u8, u8)) {}", "by its name");
    refuses("", "struct Add;", "goes on a function");
    refuses("nmae = \"x\"", "#[doc = \" Adds.\"] fn add() {}", "is not an argument of `tool`");
}
