//! The macro over token streams. That the expansion compiles is tested where it is used: `guest-sdk/rust/tests`.

use proc_macro2::TokenStream;

fn tokens(code: &str) -> TokenStream {
    code.parse().unwrap()
}

fn expand(args: &str, item: &str) -> String {
    super::agent(tokens(args), &tokens(item)).to_string()
}

/// The item must be kept, or one mistake would become many messages.
#[track_caller]
fn refuses(args: &str, item: &str, message: &str) {
    let expanded = expand(args, item);
    assert!(expanded.contains(&tokens(item).to_string()), "the item is gone: {expanded}");
    assert!(expanded.contains("compile_error"), "not refused: {expanded}");
    assert!(expanded.contains(message), "another message: {expanded}");
}

const FUNCTION: &str = "fn run(cx: &Context, input: String) -> String { input }";

#[test]
fn a_function_is_kept_and_exported() {
    let expanded = expand("", FUNCTION);
    assert!(expanded.contains(&tokens(FUNCTION).to_string()));
    assert!(expanded.contains(":: rak :: descriptor ! ()"));
    assert!(expanded.contains("< String as :: rak :: FromInput > :: from_input (input) ?"));
    assert!(expanded.contains(":: rak :: __export_agent ! (__Agent)"));
}

#[test]
fn arguments_reach_the_descriptor() {
    let named = expand(r#"name = "echo", version = "2""#, FUNCTION);
    assert!(named.contains(r#"descriptor ! () . with_name ("echo") . with_version ("2")"#), "{named}");
    let described = expand("describe = card::describe", FUNCTION);
    assert!(
        described.contains("fn describe () -> :: rak :: Descriptor { card :: describe () }"),
        "{described}"
    );
}

#[test]
fn the_crate_can_have_another_name() {
    let expanded = expand("crate = crate::sdk", FUNCTION);
    assert!(expanded.contains("crate :: sdk :: __export_agent !"));
    assert!(!expanded.contains("rak"));
}

#[test]
fn an_impl_or_a_type_is_exported_by_its_name() {
    for item in ["impl rak::Agent for Mine {}", "struct Mine;", "pub struct Mine { a: u8 }", "enum Mine {}"] {
        assert!(expand("", item).ends_with(":: rak :: __export_agent ! (Mine) ;"), "{item}");
    }
}

#[test]
fn functions_that_cannot_be_agents_are_refused() {
    let two_parameters = "an agent takes two parameters";
    refuses("", "fn run() {}", two_parameters);
    refuses("", "fn run(cx: &Context) {}", two_parameters);
    refuses("", "fn run(cx: &Context, a: String, b: String) {}", two_parameters);
    refuses("", "fn run(&self, input: String) {}", "no `self`");
    refuses("", "async fn run(cx: &Context, input: String) {}", "drop `async`");
    refuses("", "unsafe fn run(cx: &Context, input: String) {}", "a safe function");
    refuses("", "extern \"C\" fn run(cx: &Context, input: String) {}", "a plain function");
    refuses("", "fn run<T: FromInput>(cx: &Context, input: T) {}", "cannot be generic");
}

#[test]
fn other_items_are_refused() {
    refuses("", "mod agent {}", "goes on a function");
    refuses("", "impl Mine {}", "the `impl` of the trait `Agent`");
    refuses("", "impl Display for Mine {}", "the `impl` of the trait `Agent`");
    refuses("", "struct Mine<T>(T);", "cannot be generic");
    refuses(r#"name = "x""#, "struct Mine;", "`name` is for functions");
}

#[test]
fn wrong_arguments_are_refused_and_the_item_kept() {
    refuses(r#"nmae = "x""#, FUNCTION, "`nmae` is not an argument");
}
